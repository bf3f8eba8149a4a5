package racewalk.cli.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import racewalk.explore.Budget;
import racewalk.explore.Measurement;
import racewalk.explore.Progress;

/**
 * Measures each thing several times after a warm-up, and takes the median.
 *
 * @param progress where to say what is being measured
 * @param stop whether to stop
 */
record Stopwatch(PrintStream progress, BooleanSupplier stop) {

    /** How many measurements there are after the first, which is the warm-up. */
    static final int RUNS = 3;

    private static final int MAX_DEPTH = 20_000;
    private static final long MAX_STATES = 1_000_000_000L;

    /** The user wants no more. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * The median in time of {@value #RUNS} searches after one that does not count.
     *
     * @param limit how long each may take
     */
    Measurement search(Subject subject, Measurement.Engine engine, int workers, Duration limit) {
        String what = subject.name() + ", " + engine.title() + (workers > 1 ? ", " + workers + " workers" : "");
        return median(what, () -> once(subject, engine, workers, limit), Measurement::nanos);
    }

    /** One search, with the table of an earlier one out of the way. */
    Measurement once(Subject subject, Measurement.Engine engine, int workers, Duration limit) {
        System.gc();
        Budget budget = new Budget(limit, MAX_STATES, MAX_DEPTH, stop);
        long memory = Runtime.getRuntime().maxMemory() / 4 * 3;
        return Measurement.of(subject.factory(), engine, workers, memory, budget, Progress.NONE);
    }

    /** The median of {@value #RUNS} runs of {@code run} after one that does not count. */
    <T> T median(String what, Supplier<T> run, ToLongFunction<T> nanos) {
        progress.println("bench: " + what);
        List<T> results = new ArrayList<>();
        for (int i = 0; i <= RUNS; i++) {
            if (stop.getAsBoolean()) {
                throw new Stopped();
            }
            T result = run.get();
            if (i > 0) {
                results.add(result);
            }
        }
        results.sort(Comparator.comparingLong(nanos));
        return results.get(RUNS / 2);
    }
}
