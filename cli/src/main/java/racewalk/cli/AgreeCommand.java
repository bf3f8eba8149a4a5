package racewalk.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.cli.AnswerFile.Question;
import racewalk.explore.Outcomes;
import racewalk.explore.Strategy;
import racewalk.specs.KnownFault;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/** {@code racewalk agree}: the verdicts of all engines side by side. */
@Command(
        name = "agree",
        description = {
            "Ask all engines about the same cells: the explorer, Lincheck, jcstress, and every order of whole"
                    + " operations.",
            "One that has found what an exhaustive search denies is a disagreement; one that has run only a part and"
                    + " found nothing is none."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:no engine contradicts another",
            "1:two engines contradict each other",
            "2:the command line or a file is malformed, or an engine has not been built",
            "3:the explorer met a limit or an engine has no answer, and nothing is contradicted"
        })
final class AgreeCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "SCENARIO",
            description = "The id of a scenario, or a file. Default: every scenario of the gate.")
    private List<String> scenarios = List.of();

    @Mixin
    private DesignOptions designs;

    @Mixin
    private ScopeOptions scope;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many interleavings Lincheck may run of each cell. Default: ${DEFAULT-VALUE}.")
    private long runs;

    @Option(
            names = "--millis",
            paramLabel = "N",
            defaultValue = "500",
            description = "How long jcstress samples each cell, in milliseconds. Default: ${DEFAULT-VALUE}.")
    private long millis;

    @Option(
            names = "--accept",
            description = "Write specs/faults.yaml: what the gate plants, to see that the other engines still find it."
                    + " The faults of scenarios that are not named stay.")
    private boolean accept;

    @Option(
            names = "--keep",
            paramLabel = "FILE",
            description =
                    "Keep what Lincheck and jcstress answer in this file as it comes, and do not ask again what it"
                            + " has of cells that have not changed.")
    private Path keep;

    @Option(names = "--json", description = "Print an array with the answers about each cell as JSON.")
    private boolean json;

    @Mixin
    private SearchOptions search;

    @Override
    public Integer call() {
        if (runs < 1 || millis < 1) {
            throw new UsageException("--runs and --millis are at least 1");
        }
        if (accept && !(scope.scope().equals(Scenario.Scope.FULL) && designs.takeAll())) {
            throw new UsageException("--accept is for all cells of a scenario: leave out designs and scopes");
        }
        try (AnswerFile kept = keep == null ? null : new AnswerFile(keep)) {
            return agree(Home.find(), kept);
        }
    }

    private int agree(Home home, AnswerFile kept) {
        List<ForeignEngine> engines = List.of(ForeignEngine.lincheck(home, runs), ForeignEngine.jcstress(home, millis));
        List<Run.Job> jobs = jobs(home);
        List<CellResult> results = search.run(
                        Strategy.SLEEP, GateCommand.LEDGER_SALT, jobs.size(), SearchOptions.processors(), false)
                .all(jobs);
        Map<Run.Job, Agreement> agreements = Collections.synchronizedMap(new LinkedHashMap<>());
        results.parallelStream()
                .map(this::explored)
                .toList()
                .forEach(agreement -> agreements.put(agreement.job(), agreement));
        List<Run.Job> known = List.copyOf(agreements.keySet());
        engines.parallelStream()
                .forEach(engine -> ask(engine, known, kept, (job, answer) -> {
                    agreements.computeIfPresent(job, (_, agreement) -> agreement.with(answer));
                    System.err.println(engine.name() + ": " + job + ": " + answer.status() + " " + answer.what());
                }));
        List<Agreement> all = List.copyOf(agreements.values());
        System.out.print(json ? AgreeReport.json(all) + "\n" : AgreeReport.text(all));
        disagreements(all, engines);
        if (accept && all.size() == jobs.size() && !Interrupt.isRequested()) {
            KnownFault.accept(home.faultsFile(), merged(home.faults(), jobs, Planting.known(all)));
        }
        return exitCode(all, jobs.size());
    }

    /** Asks about the cells of which {@code kept} has no answer; null if nothing is kept. */
    private static void ask(
            ForeignEngine engine, List<Run.Job> jobs, AnswerFile kept, BiConsumer<Run.Job, EngineAnswer> each) {
        if (kept == null) {
            engine.ask(jobs, each);
            return;
        }
        String tool = CellHash.CURRENT.tool();
        Map<Run.Job, Question> left = new LinkedHashMap<>();
        for (Run.Job job : jobs) {
            Question question = Question.of(job, engine, tool);
            kept.find(question).ifPresentOrElse(answer -> each.accept(job, answer), () -> left.put(job, question));
        }
        engine.ask(List.copyOf(left.keySet()), (job, answer) -> {
            kept.add(left.get(job), answer);
            each.accept(job, answer);
        });
    }

    /** The faults of other scenarios as they were, and those of the cells that were asked about. */
    private static List<KnownFault> merged(List<KnownFault> before, List<Run.Job> jobs, List<KnownFault> found) {
        Set<String> asked = jobs.stream().map(Run.Job::toString).collect(Collectors.toSet());
        return Stream.concat(before.stream().filter(fault -> !asked.contains(fault.cell())), found.stream())
                .sorted(Comparator.comparing(KnownFault::cell))
                .toList();
    }

    private List<Run.Job> jobs(Home home) {
        List<Scenario> named = scenarios.isEmpty()
                ? home.scenarios()
                : scenarios.stream().map(home::scenario).toList();
        List<Run.Job> jobs = new ArrayList<>();
        for (Scenario whole : named) {
            Scenario scenario = whole.within(scope.scope());
            designs.cells(scenario).stream()
                    .filter(cell -> !scenarios.isEmpty() || whole.isOfGate(cell.ids()))
                    .forEach(cell -> jobs.add(new Run.Job(scenario, cell)));
        }
        return jobs;
    }

    private Agreement explored(CellResult result) {
        Run.Job job = new Run.Job(result.scenario(), result.cell());
        Outcomes outcomes = Outcomes.of(machine -> Rigs.program(machine, job.scenario(), job.cell()), search.budget());
        System.err.println("explorer: " + job + ": " + result.verdict() + ", "
                + TextReport.many(outcomes.outcomes().size(), "outcome"));
        return new Agreement(job, result, outcomes, List.of(InOrder.of(job.scenario(), job.cell())));
    }

    private static void disagreements(List<Agreement> all, List<ForeignEngine> engines) {
        for (Agreement agreement : all) {
            for (String disagreement : agreement.disagreements()) {
                System.err.println("! " + agreement.job() + ": " + disagreement);
                System.err.println(
                        "  racewalk check " + agreement.job().scenario().file());
                engines.stream()
                        .filter(engine -> disagreement.startsWith(engine.name() + " "))
                        .forEach(engine -> System.err.println("  " + engine.reproducer(agreement.job())));
            }
        }
    }

    private static int exitCode(List<Agreement> all, int jobs) {
        if (all.stream().anyMatch(agreement -> !agreement.disagreements().isEmpty())) {
            return ExitCode.DIFFERS;
        }
        boolean complete = all.size() == jobs && all.stream().noneMatch(Agreement::isInconclusive);
        boolean answered =
                all.stream().noneMatch(agreement -> AgreeReport.ENGINES.stream().anyMatch(agreement::isUnanswered));
        return complete && answered && !all.isEmpty() ? ExitCode.AS_EXPECTED : ExitCode.INCONCLUSIVE;
    }
}
