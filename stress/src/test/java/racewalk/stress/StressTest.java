package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs jcstress once, in processes of its own, and looks at what each test saw. jcstress itself is content with no
 * test, with no sample, and with tests that it skipped; this is not.
 */
class StressTest {

    private static final long MIN_SAMPLES = 1_000;
    private static final int MAX_SECONDS = 240;

    private static Map<String, TestResult> results;

    @BeforeAll
    static void run() throws IOException, InterruptedException, ClassNotFoundException {
        Path folder = Path.of("target/jcstress");
        deleteResults(folder);
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-r", "html", "-sc", "false", "-f", "1", "-iters", "5", "-time", "400"));
        command.addAll(List.of(
                "-jvmArgs",
                "-Xmx512m -Dracewalk.scenarios="
                        + Path.of("../specs/scenarios").toAbsolutePath().normalize()));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start();
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        results = read(folder);
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static void deleteResults(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Map<String, TestResult> read(Path folder) throws IOException, ClassNotFoundException {
        Path blob;
        try (Stream<Path> files = Files.list(folder)) {
            blob = files.filter(file -> file.getFileName().toString().endsWith(".bin.gz"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("jcstress wrote no results; see " + folder + "/output.txt"));
        }
        InProcessCollector collector = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(blob.toString(), collector);
        reader.dump();
        reader.close();
        return collector.getTestResults().stream()
                .collect(Collectors.toMap(TestResult::getName, Function.identity(), StressTest::more));
    }

    private static TestResult more(TestResult a, TestResult b) {
        return a.getTotalCount() >= b.getTotalCount() ? a : b;
    }

    private static TestResult result(Class<?> test) {
        TestResult result = results.get(test.getName());
        assertTrue(
                result != null && result.getTotalCount() >= MIN_SAMPLES,
                () -> test.getSimpleName() + " has too few samples: " + (result == null ? 0 : result.getTotalCount()));
        return result;
    }

    @Test
    void everyTestThatThereIsWasRun() {
        assertFalse(TestList.tests().isEmpty());
        assertEquals(
                List.copyOf(TestList.tests()).stream().sorted().toList(),
                results.keySet().stream().sorted().toList());
    }

    @Test
    void brokenInvariantIsSeenWhenTheBeginStopsNobody() {
        TestResult result = result(DontneedWithoutRangeActive.class);
        assertTrue(
                result.getStateKeys().stream().anyMatch(state -> !state.equals(StressedCell.OK)),
                () -> "only OK in " + result.getTotalCount() + " samples");
    }

    @Test
    void nothingIsSeenWhenTheBeginStopsTheHandler() {
        TestResult result = result(DontneedWithRangeActive.class);
        assertEquals(List.of(StressedCell.OK), List.copyOf(result.getStateKeys()));
    }
}
