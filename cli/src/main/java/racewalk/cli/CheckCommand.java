package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/** {@code racewalk check}: the verdicts of chosen cells, each with its shortest counterexample. */
@Command(
        name = "check",
        description = "Check scenarios, on all their designs or on chosen ones.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every cell is proved",
            "1:some cell is refuted",
            "2:the command line or a file is malformed",
            "3:some cell is unknown, and none refuted"
        })
final class CheckCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "SCENARIO", description = "The id of a scenario, or a file.")
    private List<String> scenarios;

    @Mixin
    private DesignOptions designs;

    @Mixin
    private ScopeOptions scope;

    @Option(names = "--json", description = "Print an array of results as JSON.")
    private boolean json;

    @Mixin
    private SearchOptions search;

    @Mixin
    private StrategyOption strategy;

    @Mixin
    private CheckpointOptions checkpoints;

    @Override
    public Integer call() {
        Home home = Home.find();
        List<Run.Job> jobs = new ArrayList<>();
        for (String named : scenarios) {
            Scenario scenario = home.scenario(named).within(scope.scope());
            designs.cells(scenario).forEach(cell -> jobs.add(new Run.Job(scenario, cell)));
        }
        boolean single = jobs.size() == 1;
        Run run = checkpoints.of(
                search.run(strategy.strategy(), GateCommand.LEDGER_SALT, jobs.size(), SearchOptions.processors(), true),
                jobs);
        List<CellResult> results = run.all(jobs, result -> {
            if (!json) {
                System.out.println(single ? TextReport.full(result).stripTrailing() : TextReport.line(result));
            }
        });
        if (json) {
            System.out.println(JsonReport.of(results));
        } else if (!single) {
            System.out.println(totals(results));
        }
        return exitCode(results);
    }

    private static String totals(List<CellResult> results) {
        Map<Verdict, Long> counts =
                results.stream().collect(Collectors.groupingBy(CellResult::verdict, Collectors.counting()));
        return "%d cells: %d proved, %d refuted, %d unknown"
                .formatted(
                        results.size(),
                        counts.getOrDefault(Verdict.PROVED, 0L),
                        counts.getOrDefault(Verdict.REFUTED, 0L),
                        counts.getOrDefault(Verdict.UNKNOWN, 0L));
    }

    private static int exitCode(List<CellResult> results) {
        if (results.stream().anyMatch(result -> result.verdict() == Verdict.REFUTED)) {
            return ExitCode.DIFFERS;
        }
        return results.stream().allMatch(result -> result.verdict() == Verdict.PROVED) && !results.isEmpty()
                ? ExitCode.AS_EXPECTED
                : ExitCode.INCONCLUSIVE;
    }
}
