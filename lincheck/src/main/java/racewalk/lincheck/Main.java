package racewalk.lincheck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Searches cells of scenarios by Lincheck. For each cell, as soon as it is known, one line with fields separated by
 * tabs: {@code RESULT}, the scenario, the CPUs, the operations, the cell, {@code violated}, {@code exhausted}, {@code
 * sampled} or {@code unsupported}, the interleavings, the nanoseconds, and what is violated or why there is no answer.
 * With {@code --trace} the run that violates something follows, in lines that begin with two spaces.
 *
 * <p>The searches are in another JVM, which is started again behind a cell that ends it or does not come to an end.
 */
public final class Main {

    /** What Lincheck needs: it attaches an agent to its own JVM. */
    private static final List<String> FLAGS = List.of(
            "-Xmx3g",
            "-Dstdout.encoding=UTF-8",
            "-XX:+EnableDynamicAgentLoading",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xshare:off");

    /** Ends the lines of a JVM that is over. */
    private static final String END = "";

    private final Arguments arguments;
    private int answered;

    private Main(Arguments arguments) {
        this.arguments = arguments;
    }

    /**
     * Exit code 0 when all cells were answered, 2 if the command line is wrong.
     *
     * @param words the command line
     */
    public static void main(String[] words) throws IOException, InterruptedException {
        System.exit(run(words));
    }

    static int run(String... words) throws IOException, InterruptedException {
        try {
            new Main(Arguments.parse(List.of(words))).answerAll();
            return 0;
        } catch (Arguments.Malformed e) {
            System.err.println(e.getMessage());
            return 2;
        }
    }

    private void answerAll() throws IOException, InterruptedException {
        while (answered < arguments.requests().size()) {
            String reason = answerSome();
            if (answered < arguments.requests().size()) {
                System.out.println(String.join(
                        "\t",
                        "RESULT",
                        arguments.requests().get(answered++).name(),
                        Result.Status.UNSUPPORTED.toString(),
                        "0",
                        "0",
                        reason));
                System.out.flush();
            }
        }
    }

    /** Starts a JVM and passes on its answers; says why the first cell that it did not answer has no answer. */
    private String answerSome() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            BlockingQueue<String> lines = new LinkedBlockingQueue<>();
            Thread.ofPlatform().daemon().start(() -> read(process, lines));
            while (true) {
                String line = lines.poll(arguments.limit().toMillis(), TimeUnit.MILLISECONDS);
                if (line == null) {
                    return "no answer within " + arguments.limit().toSeconds() + " s";
                }
                if (line.equals(END)) {
                    return "the search ended with exit code " + process.waitFor();
                }
                if (line.startsWith("RESULT\t")) {
                    answered++;
                    System.out.println(line);
                } else if (line.startsWith("  ")) {
                    System.out.println(line);
                } else {
                    System.err.println(line);
                }
                System.out.flush();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        command.addAll(arguments.from(answered));
        return command;
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        } catch (UncheckedIOException | IOException e) {
            // the JVM was ended
        }
        lines.add(END);
    }
}
