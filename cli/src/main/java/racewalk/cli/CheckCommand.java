package racewalk.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
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

    @Option(
            names = "--design",
            paramLabel = "KIND=ID",
            description = "Take this design alone; KIND is mm, notifier or secondary. May be repeated.")
    private Map<String, String> designs = new LinkedHashMap<>();

    @Option(names = "--cpus", paramLabel = "N", description = "Only the first N CPUs.")
    private int cpus = Scenario.Scope.ALL;

    @Option(names = "--ops", paramLabel = "N", description = "Only the first N operations of each actor.")
    private int operations = Scenario.Scope.ALL;

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
        Map<Kind, Design> chosen = chosen();
        List<Run.Job> jobs = new ArrayList<>();
        for (String named : scenarios) {
            Scenario scenario = home.scenario(named).within(scope());
            cells(scenario, chosen).forEach(cell -> jobs.add(new Run.Job(scenario, cell)));
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

    private Map<Kind, Design> chosen() {
        Map<Kind, Design> chosen = new EnumMap<>(Kind.class);
        designs.forEach((key, id) -> {
            Kind kind = Stream.of(Kind.values())
                    .filter(k -> k.key().equals(key))
                    .findFirst()
                    .orElseThrow(() -> new UsageException(
                            "--design: '" + key + "' is no kind of design; expected mm, notifier or secondary"));
            chosen.put(
                    kind,
                    Designs.find(kind, id)
                            .orElseThrow(() -> new UsageException("--design: no " + kind.key() + " is called '" + id
                                    + "'; see 'racewalk list designs'")));
        });
        return chosen;
    }

    private Scenario.Scope scope() {
        if (cpus < 1 || operations < 1) {
            throw new UsageException("a scope of zero proves nothing: --cpus and --ops are at least 1");
        }
        return new Scenario.Scope(cpus, operations);
    }

    /** The cells of a scenario, or those with the chosen designs, which the scenario itself need not name. */
    private static List<Cell> cells(Scenario scenario, Map<Kind, Design> chosen) {
        return scenario.cells().stream()
                .map(cell -> new Cell(
                        (Design.Mm) chosen.getOrDefault(Kind.MM, cell.mm()),
                        (Design.Notifier) chosen.getOrDefault(Kind.NOTIFIER, cell.notifier()),
                        cell.secondary() == null
                                ? null
                                : (Design.Secondary) chosen.getOrDefault(Kind.SECONDARY, cell.secondary())))
                .distinct()
                .toList();
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
