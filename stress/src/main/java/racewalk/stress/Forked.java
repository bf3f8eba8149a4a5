package racewalk.stress;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;

/**
 * Runs {@code org.openjdk.jcstress.Main} in processes of its own, and looks at what each test saw. jcstress itself is
 * content with no test, with no sample, and with tests that it skipped; whoever reads this result must not be.
 */
public final class Forked {

    private final Path folder;
    private final String classPath;
    private final int maxSeconds;

    /**
     * A run.
     *
     * @param folder where jcstress writes; emptied first
     * @param classPath where the tests are; the first {@code META-INF/TestList} on it counts
     * @param maxSeconds after how long it is ended, with all its children
     */
    public Forked(Path folder, String classPath, int maxSeconds) {
        this.folder = folder;
        this.classPath = Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
        this.maxSeconds = maxSeconds;
    }

    /**
     * Runs every test whose name matches.
     *
     * @param tests a regular expression of the tests' names
     * @param jvmArguments those of the JVMs that sample: with any, jcstress tries one set of flags only
     * @param options further options of jcstress
     * @return the samples of each test that has any, by the test's class
     * @throws IllegalStateException if jcstress wrote no results, or took too long
     */
    public Map<String, Samples> run(String tests, String jvmArguments, List<String> options)
            throws IOException, InterruptedException {
        Stress.delete(folder);
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-t", tests, "-r", "html", "-jvmArgs", jvmArguments));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start();
        try {
            if (!process.waitFor(maxSeconds, TimeUnit.SECONDS)) {
                throw new IllegalStateException("jcstress took more than " + maxSeconds + " s; see " + folder);
            }
        } finally {
            end(process);
        }
        return read();
    }

    /** Ends a process and all that it has started, if they still run. */
    static void end(Process process) throws InterruptedException {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly().waitFor();
        for (ProcessHandle handle : started) {
            handle.destroyForcibly();
            handle.onExit().join();
        }
    }

    private Map<String, Samples> read() throws IOException {
        Path blob;
        try (Stream<Path> files = Files.list(folder)) {
            blob = files.filter(file -> file.getFileName().toString().endsWith(".bin.gz"))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalStateException("jcstress wrote no results; see " + folder + "/output.txt"));
        }
        InProcessCollector collector = new InProcessCollector();
        try {
            DiskReadCollector reader = new DiskReadCollector(blob.toString(), collector);
            reader.dump();
            reader.close();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("these are no results of jcstress 0.16", e);
        }
        Map<String, Samples> samples = new TreeMap<>();
        collector.getTestResults().forEach(result -> samples.merge(result.getName(), Samples.of(result), Samples::and));
        return samples;
    }
}
