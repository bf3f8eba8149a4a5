package racewalk.cli.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Spin and a C compiler, where there are both.
 *
 * @param spin the model checker
 * @param compiler what compiles its verifiers
 */
record Spin(Path spin, Path compiler) {

    private static final int MAX_DEPTH = 1_000_000;
    /** The hash table: more places than states, which is Spin at its best. */
    private static final int HASH_BITS = 24;

    private static final int LIMIT_MINUTES = 10;
    private static final Pattern STORED = Pattern.compile("(\\d+) states, stored");
    private static final Pattern TAKEN = Pattern.compile("(\\d+) transitions \\(= stored\\+matched\\)");
    private static final Pattern ERRORS = Pattern.compile("errors: (\\d+)");

    /**
     * What a verifier has printed.
     *
     * @param states the states that it has stored
     * @param transitions the steps between them
     * @param errors the violated assertions and deadlocks
     * @param exhausted whether it says so itself that nothing was left out
     * @param nanos how long it ran
     */
    record Result(long states, long transitions, long errors, boolean exhausted, long nanos) {

        /** Reads what the verifier printed. */
        static Result of(String printed, long nanos) {
            boolean exhausted = !printed.contains("Search not completed")
                    && !printed.contains("max search depth too small")
                    && !printed.contains("out of memory");
            // The first state is stored, and no step leads to it.
            return new Result(
                    number(STORED, printed), number(TAKEN, printed) - 1, number(ERRORS, printed), exhausted, nanos);
        }

        private static long number(Pattern pattern, String printed) {
            Matcher matcher = pattern.matcher(printed);
            if (!matcher.find()) {
                throw new IllegalStateException("the verifier did not say " + pattern + ":\n" + printed);
            }
            return Long.parseLong(matcher.group(1));
        }
    }

    /** Both, from the PATH. */
    static Optional<Spin> find() {
        Optional<Path> spin = onPath("spin");
        Optional<Path> compiler = Stream.of("cc", "gcc", "clang")
                .flatMap(name -> onPath(name).stream())
                .findFirst();
        return spin.isPresent() && compiler.isPresent()
                ? Optional.of(new Spin(spin.get(), compiler.get()))
                : Optional.empty();
    }

    private static Optional<Path> onPath(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Makes a verifier of {@code program} in {@code folder}, an empty one. */
    Path verifier(Path folder, Path program, List<String> defines, boolean reduced) {
        Path copy = folder.resolve("program.pml"); // Spin splits what it hands to the preprocessor at blanks
        try {
            Files.copy(program, copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> spinning = new ArrayList<>(List.of(spin.toString()));
        defines.forEach(define -> spinning.add("-D" + define));
        spinning.addAll(List.of("-a", copy.getFileName().toString()));
        run(folder, spinning);
        List<String> compiling =
                new ArrayList<>(List.of(compiler.toString(), "-O2", "-w", "-DSAFETY", "-DMEMLIM=8000"));
        if (!reduced) {
            compiling.add("-DNOREDUCE");
        }
        compiling.addAll(List.of("-o", "pan", "pan.c"));
        run(folder, compiling);
        return folder.resolve("pan");
    }

    /** Runs a verifier to the end of its search, whatever errors it meets. */
    static Result verify(Path verifier) {
        long start = System.nanoTime();
        String printed = run(
                verifier.getParent(), List.of(verifier.toString(), "-m" + MAX_DEPTH, "-w" + HASH_BITS, "-n", "-c0"));
        return Result.of(printed, System.nanoTime() - start);
    }

    private static String run(Path folder, List<String> command) {
        try {
            Path output = Files.createTempFile(folder, "output", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    throw new IllegalStateException(
                            command.getFirst() + " took more than " + LIMIT_MINUTES + " minutes");
                }
            } finally {
                process.destroyForcibly();
            }
            String printed = Files.readString(output);
            if (process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
