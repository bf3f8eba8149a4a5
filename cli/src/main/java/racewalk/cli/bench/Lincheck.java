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

    private static final Pattern RESULT =
            Pattern.compile("RESULT\t(\\S+)\t\\d+\t\\d+\t(\\S+)\t(violated|exhausted|sampled)\t(\\d+)\t(\\d+)\t.*");

    /**
     * One search.
     *
     * @param cell the scenario and its designs
     * @param violated whether it found anything
     * @param exhausted whether it had nothing left to try
     * @param runs how many interleavings it ran
     * @param nanos how long it took
     */
    record Result(String cell, boolean violated, boolean exhausted, long runs, long nanos) {}

    private Path harness() {
        return module.resolve("target/classes");
    }

    private Path libraries() {
        return module.resolve("target/lib");
    }

    /** Whether the module has been built. */
    boolean isBuilt() {
        return Files.exists(harness().resolve("racewalk/lincheck/Main.class")) && Files.isDirectory(libraries());
    }

    /**
     * Searches each of {@code cells} of a scenario within one CPU and one operation each, {@code searches} times for up
     * to {@code budget} interleavings.
     */
    List<Result> search(Path scenario, List<String> cells, int budget, int searches) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(
                harness().toAbsolutePath() + File.pathSeparator + libraries().toAbsolutePath() + "/*");
        command.addAll(List.of("racewalk.lincheck.Main", "--budget", "" + budget));
        for (int i = 0; i < searches; i++) {
            for (String cell : cells) {
                command.addAll(List.of(scenario.toAbsolutePath().toString(), "1", "1", cell));
            }
        }
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
                        line.group(1) + "/" + line.group(2),
                        line.group(3).equals("violated"),
                        line.group(3).equals("exhausted"),
                        Long.parseLong(line.group(4)),
                        Long.parseLong(line.group(5))))
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
