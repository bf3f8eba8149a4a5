package racewalk.cli.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lincheck, in a JVM of its own: this module does without it. Its harness is in the module {@code lincheck}, if that is
 * built.
 *
 * @param module the module's folder
 */
record Lincheck(Path module) {

    /** How to build the module. */
    static final String BUILD = "mvn -q -B -DskipTests -pl lincheck -am package";

    private static final int LIMIT_MINUTES = 15;

    /** Those of {@code lincheck/pom.xml}: Lincheck attaches an agent to its own JVM. */
    private static final List<String> FLAGS =
            List.of("-Xmx3g", "-XX:+EnableDynamicAgentLoading", "--sun-misc-unsafe-memory-access=allow", "-Xshare:off");

    private static final Pattern RESULT = Pattern.compile("RESULT (\\S+) (violated|nothing) (\\d+) (\\d+)");

    /**
     * One search.
     *
     * @param cell the scenario and its designs
     * @param violated whether it found anything
     * @param runs how many interleavings it ran
     * @param nanos how long it took
     */
    record Result(String cell, boolean violated, long runs, long nanos) {}

    private Path harness() {
        return module.resolve("target/test-classes");
    }

    private Path libraries() {
        return module.resolve("target/lib");
    }

    /** Whether the module has been built. */
    boolean isBuilt() {
        return Files.exists(harness().resolve("racewalk/lincheck/BenchMain.class")) && Files.isDirectory(libraries());
    }

    /** Searches each of the harness's cells {@code searches} times, each for up to {@code budget} interleavings. */
    List<Result> search(int budget, int searches) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add("-cp");
        command.add(
                harness().toAbsolutePath() + File.pathSeparator + libraries().toAbsolutePath() + "/*");
        command.addAll(List.of("racewalk.lincheck.BenchMain", "" + budget, "" + searches));
        Path output = null;
        try {
            output = Files.createTempFile("racewalk-lincheck", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(module.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    throw new IllegalStateException("Lincheck took more than " + LIMIT_MINUTES + " minutes");
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("Lincheck failed:\n" + Files.readString(output));
            }
            try (Stream<String> lines = Files.lines(output)) {
                return results(lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            delete(output);
        }
    }

    private static List<Result> results(Stream<String> lines) {
        return lines.map(RESULT::matcher)
                .filter(line -> line.matches())
                .map(line -> new Result(
                        line.group(1),
                        line.group(2).equals("violated"),
                        Long.parseLong(line.group(3)),
                        Long.parseLong(line.group(4))))
                .toList();
    }

    private static void delete(Path output) {
        try {
            if (output != null) {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
