package racewalk.stress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import racewalk.specs.MalformedFileException;

/**
 * Samples cells on real CPUs and prints a line for each as soon as it is known, its fields separated by tabs:
 *
 * <pre>RESULT  scenario  cpus  operations  cell  violated|sampled|unsupported  runs  nanos  what</pre>
 *
 * <p>{@code violated} means that a run broke a rule, ended with an invariant that does not hold, gave results that no
 * order of the operations explains, or ended as no sequentially consistent run does ({@code FORBIDDEN}); {@code
 * sampled} that none did. {@code runs} are the samples. Which outcomes are good says the explorer's {@link
 * OutcomeTable}.
 *
 * <p>The cells are run in a JVM beside this one. If that ends or does not answer, the cell at hand is {@code
 * unsupported} and another JVM goes on with the next.
 */
public final class Main {

    private static final String USAGE =
            "usage: [--samples-time MILLISECONDS] [--table-time MILLISECONDS] (SCENARIO-FILE CPUS OPERATIONS CELL)...";

    private static final int SAMPLES_MILLIS = 500;
    private static final int TABLE_MILLIS = 60_000;

    /** What a cell may take beyond the time to explore and to sample: jcstress's own timeout is 30 s. */
    private static final int GRACE_MILLIS = 60_000;

    private final int samplesMillis;
    private final int tableMillis;
    private final List<String> jvm;
    private final PrintStream out;

    Main(int samplesMillis, int tableMillis, List<String> jvm, PrintStream out) {
        this.samplesMillis = samplesMillis;
        this.tableMillis = tableMillis;
        this.jvm = jvm;
        this.out = out;
    }

    /** Exit code 0 when every cell was answered, 2 with a message if the arguments are wrong. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            run(List.of(arguments));
        } catch (IllegalArgumentException | MalformedFileException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static void run(List<String> arguments) throws IOException, InterruptedException {
        int samplesMillis = SAMPLES_MILLIS;
        int tableMillis = TABLE_MILLIS;
        int next = 0;
        for (; next < arguments.size() && arguments.get(next).startsWith("--"); next += 2) {
            String option = arguments.get(next);
            if (next + 1 == arguments.size()) {
                throw new IllegalArgumentException(option + " expects a number of milliseconds; " + USAGE);
            }
            int millis = Request.number(option, arguments.get(next + 1));
            switch (option) {
                case "--samples-time" -> samplesMillis = millis;
                case "--table-time" -> tableMillis = millis;
                default -> throw new IllegalArgumentException("there is no option " + option + "; " + USAGE);
            }
        }
        List<Request> requests = Request.parse(arguments.subList(next, arguments.size()));
        requests.forEach(Request::toCase);
        new Main(samplesMillis, tableMillis, jvm(), System.out).answer(requests);
    }

    /** How the other JVM is started. */
    static List<String> jvm() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + Runtime.getRuntime().maxMemory(),
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName());
    }

    /** Prints a line for each of {@code requests}, in order. */
    void answer(List<Request> requests) throws IOException, InterruptedException {
        for (int done = 0; done < requests.size(); ) {
            done += answerSome(requests.subList(done, requests.size()));
        }
    }

    /** Starts one JVM, which ends after the last answer or with the first cell that it cannot answer. */
    private int answerSome(List<Request> requests) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(jvm);
        command.add("" + samplesMillis);
        command.add("" + tableMillis);
        requests.forEach(request -> command.addAll(request.words()));
        Process worker = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread orphan = new Thread(worker::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(orphan);
        try {
            BlockingQueue<String> lines = new LinkedBlockingQueue<>();
            Thread reader = Thread.ofPlatform().daemon().start(() -> read(worker, lines));
            int answered = 0;
            while (answered < requests.size()) {
                long start = System.nanoTime();
                String line = next(lines, reader);
                if (line == null) {
                    String why = worker.isAlive() ? "no answer in time" : "the JVM ended with code " + worker.waitFor();
                    line = requests.get(answered).result("unsupported", 0, System.nanoTime() - start, why);
                    print(line);
                    return answered + 1;
                }
                print(line);
                answered++;
            }
            return answered;
        } finally {
            Forked.end(worker);
            Runtime.getRuntime().removeShutdownHook(orphan);
        }
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    /** The next answer, or null if there is none. */
    private String next(BlockingQueue<String> lines, Thread reader) throws InterruptedException {
        long deadline =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos((long) samplesMillis + tableMillis + GRACE_MILLIS);
        while (System.nanoTime() - deadline < 0) {
            boolean over = !reader.isAlive();
            String line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line != null || over) {
                return line;
            }
        }
        return null;
    }

    private static void read(Process worker, BlockingQueue<String> lines) {
        try (BufferedReader reader = worker.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("RESULT\t")) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            // the worker has been ended
        }
    }
}
