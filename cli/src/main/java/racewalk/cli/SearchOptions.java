package racewalk.cli;

import java.time.Duration;
import picocli.CommandLine.Option;
import racewalk.explore.Budget;
import racewalk.explore.Strategy;

/** The options of commands that search. */
final class SearchOptions {

    private static final int MAX_DEPTH = 20_000;
    private static final long MAX_STATES = 100_000_000L;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = DurationConverter.class,
            description = "How long each cell may take: 500ms, 60s, 5m, 2h. Then the verdict is UNKNOWN. Default: 5m.")
    private Duration budget;

    @Option(
            names = "--strategy",
            defaultValue = "SLEEP",
            converter = StrategyConverter.class,
            paramLabel = "NAME",
            description = "How to search: naive, sleep, source-dpor, preemption or random. Default: sleep.")
    private Strategy strategy;

    Checker checker() {
        return new Checker(strategy, new Budget(budget, MAX_STATES, MAX_DEPTH, Interrupt::isRequested));
    }
}
