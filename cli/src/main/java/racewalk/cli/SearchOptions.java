package racewalk.cli;

import java.time.Duration;
import picocli.CommandLine.Option;
import racewalk.explore.Budget;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;

/** The options of commands that search. */
final class SearchOptions {

    private static final int MAX_DEPTH = 20_000;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = DurationConverter.class,
            description = "How long each cell may take: 500ms, 60s, 5m, 2h. Then the verdict is UNKNOWN. Default: 5m.")
    private Duration budget;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many threads share the search of one cell. Default: one, and as many cells at once as"
                    + " there are processors; a single cell is searched by all, except by the gate.")
    private Integer workers;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "How much the visited states may take, of all cells at once: 512m, 4g. When it is full, the"
                    + " verdict is UNKNOWN. Default: three quarters of the JVM's heap.")
    private Long memory;

    @Option(
            names = "--no-symmetry",
            description = "Do not use the symmetries that a scenario declares: visit every state.")
    private boolean noSymmetry;

    /**
     * How to check cells.
     *
     * @param jobs how many
     * @param workersOfOne how many workers search a single cell, unless the user says
     * @param reduces whether to reduce counterexamples
     */
    Run run(Strategy strategy, long salt, int jobs, int workersOfOne, boolean reduces) {
        int processors = processors();
        int workersOfEach = workers != null ? workers : jobs == 1 ? workersOfOne : 1;
        if (workersOfEach < 1) {
            throw new UsageException("--workers is at least 1");
        }
        int cellsAtOnce = Math.clamp(processors / workersOfEach, 1, Math.max(1, jobs));
        Settings settings = Settings.of(strategy)
                .withWorkers(workersOfEach)
                .withMemory(Math.max(1, memory() / cellsAtOnce))
                .withSalt(salt)
                .withSymmetry(!noSymmetry);
        return new Run(new Checker(settings, budget(), reduces), cellsAtOnce);
    }

    /** How far to search each cell. */
    Budget budget() {
        return new Budget(budget, Long.MAX_VALUE, MAX_DEPTH, Interrupt::isRequested);
    }

    static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private long memory() {
        long heap = Runtime.getRuntime().maxMemory();
        if (memory == null) {
            return heap / 4 * 3;
        }
        if (memory > heap) {
            throw new UsageException(
                    "--memory is more than the JVM's heap of %d MB; a larger one is JAVA_TOOL_OPTIONS=-Xmx…"
                            .formatted(heap >> 20));
        }
        return memory;
    }
}
