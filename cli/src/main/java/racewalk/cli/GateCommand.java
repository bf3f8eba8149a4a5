package racewalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import racewalk.machine.Mark;
import racewalk.specs.AtomicFile;
import racewalk.specs.Cell;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Ledger;
import racewalk.specs.Question;
import racewalk.specs.Scenario;

/** {@code racewalk gate}: computes every verdict again, and compares with what is expected and with the ledger. */
@Command(
        name = "gate",
        description = "Compute every verdict again; red if one differs from what is expected or from the ledger.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:all as expected",
            "1:a verdict or a count differs",
            "2:the command line or a file is malformed",
            "3:a limit was met, and nothing differs otherwise"
        })
final class GateCommand implements Callable<Integer> {

    /** The ledger's counts are those of fingerprints with this salt. */
    static final long LEDGER_SALT = 0;

    @Option(names = "--nightly", description = "Run the scenarios of the tier NIGHTLY too.")
    private boolean nightly;

    @Option(
            names = "--changed",
            description = "Skip the cells that use nothing that has changed since the ledger was accepted: neither code"
                    + " of the model and of the explorer, nor the scenario.")
    private boolean changed;

    @Option(
            names = "--accept",
            description = "Write the ledger and the pages of docs that show it from what is computed, for a reviewed"
                    + " commit.")
    private boolean accept;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Which of the known faults is planted for the other engines to find. Default: any; the gate"
                    + " prints it.")
    private Long seed;

    @Option(names = "--no-plant", description = "Plant no fault: only the explorer is asked.")
    private boolean noPlant;

    @Option(names = "--json", description = "Print an array of results as JSON instead of tables.")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where result.json and junit.xml go. Default: target/gate in the checkout.")
    private Path report;

    @Mixin
    private SearchOptions search;

    @Mixin
    private StrategyOption strategy;

    @Override
    public Integer call() {
        Home home = Home.find();
        List<Question> questions = home.questions();
        Ledger ledger = home.ledger();
        List<Run.Job> jobs = home.jobs(nightly);
        Map<Run.Job, Entry> skipped = changed ? unchanged(ledger, jobs) : Map.of();
        List<Run.Job> open =
                jobs.stream().filter(job -> !skipped.containsKey(job)).toList();
        List<CellResult> results = search.run(strategy.strategy(), LEDGER_SALT, open.size(), 1, false)
                .all(open);
        boolean complete = results.size() == open.size() && !Interrupt.isRequested();
        if (accept && complete) {
            accept(home, merge(jobs, results, skipped, CellResult::entry, (_, line) -> line));
        }
        Map<String, List<Entry>> lines = lines(ledger, jobs);
        List<Compared> compared = merge(
                jobs,
                results,
                skipped,
                result -> Compared.computed(result, lines.get(result.scenario().id())),
                Compared::skipped);
        write(home, compared);
        if (json) {
            System.out.println(JsonReport.ofCompared(compared));
        } else {
            print(compared, questions, jobs.size());
        }
        results.stream()
                .filter(result -> result.exhausted() && !result.shortest())
                .forEach(result -> System.err.println("? " + new Run.Job(result.scenario(), result.cell())
                        + ": a limit was met; its runs are not known to be the shortest"));
        if (changed) {
            System.err.println(GateReport.skipped(skipped.size(), jobs.size()));
        }
        List<String> unreached =
                complete && skipped.isEmpty() && results.stream().noneMatch(CellResult::isLimited)
                        ? unreached(results)
                        : List.of();
        unreached.forEach(
                mark -> System.err.println("! no cell reaches " + mark + ": what it marks is proved by nothing"));
        boolean found = noPlant || !complete || plant(home, jobs);
        return unreached.isEmpty() && found ? exitCode(compared, complete) : ExitCode.DIFFERS;
    }

    /** Whether the other engines find a known fault; true if none is known. */
    private boolean plant(Home home, List<Run.Job> jobs) {
        Planting planting = Planting.draw(home, jobs, seed == null ? System.nanoTime() : seed);
        if (planting == null) {
            System.err.println("no fault is planted: specs/faults.yaml has none of these cells");
            return true;
        }
        return planting.isFound(home);
    }

    private static Map<String, List<Entry>> lines(Ledger ledger, List<Run.Job> jobs) {
        Map<String, List<Entry>> lines = new HashMap<>();
        jobs.forEach(job -> lines.computeIfAbsent(job.scenario().id(), ledger::of));
        return lines;
    }

    /** The cells that need not be explored, with their lines: nothing that they use has changed since. */
    private static Map<Run.Job, Entry> unchanged(Ledger ledger, List<Run.Job> jobs) {
        String tool = CellHash.CURRENT.tool();
        Map<String, List<Entry>> lines = lines(ledger, jobs);
        lines.keySet().removeIf(scenario -> !ledger.tool(scenario).equals(tool));
        Map<Run.Job, Entry> unchanged = new LinkedHashMap<>();
        for (Run.Job job : jobs) {
            lines.getOrDefault(job.scenario().id(), List.of()).stream()
                    .filter(line -> line.designs().equals(job.cell().ids()))
                    .filter(Entry::isSettled)
                    .filter(line -> line.hash().equals(CellHash.CURRENT.of(job.scenario(), job.cell())))
                    .forEach(line -> unchanged.put(job, line));
        }
        return unchanged;
    }

    /** What is made of the computed cells and of the skipped ones, in the order of the jobs. */
    private static <T> List<T> merge(
            List<Run.Job> jobs,
            List<CellResult> results,
            Map<Run.Job, Entry> skipped,
            Function<CellResult, T> ofResult,
            BiFunction<Run.Job, Entry, T> ofSkipped) {
        Map<Run.Job, CellResult> byJob = new HashMap<>();
        results.forEach(result -> byJob.put(new Run.Job(result.scenario(), result.cell()), result));
        List<T> merged = new ArrayList<>();
        for (Run.Job job : jobs) {
            if (skipped.containsKey(job)) {
                merged.add(ofSkipped.apply(job, skipped.get(job)));
            } else if (byJob.containsKey(job)) {
                merged.add(ofResult.apply(byJob.get(job)));
            }
        }
        return merged;
    }

    /** The marks of the designs' code that no cell has reached. */
    private static List<String> unreached(List<CellResult> results) {
        List<String> unreached =
                new ArrayList<>(Designs.marks().stream().map(Mark::id).toList());
        results.forEach(result -> unreached.removeAll(result.marks()));
        return unreached;
    }

    private static void accept(Home home, List<Entry> entries) {
        Ledger ledger = home.ledger();
        Map<String, List<Entry>> byScenario = new LinkedHashMap<>();
        entries.forEach(entry -> byScenario
                .computeIfAbsent(entry.scenario(), id -> new ArrayList<>())
                .add(entry));
        for (Scenario scenario : home.scenarios()) {
            List<Entry> lines = byScenario.get(scenario.id());
            if (lines != null) {
                ledger.accept(scenario.id(), CellHash.CURRENT.tool(), withOthers(scenario, ledger, lines));
            }
        }
        try {
            NotifiersPage.write(home);
            MigrationPage.write(home);
            HmmPage.write(home);
            WalkPage.write(home);
        } catch (IOException e) {
            throw new UncheckedIOException("a page of the ledger cannot be written: " + e.getMessage(), e);
        }
    }

    /** The lines and those of the cells that were not run, which may have been computed by another tool. */
    private static List<Entry> withOthers(Scenario scenario, Ledger ledger, List<Entry> lines) {
        Map<Map<Kind, String>, Entry> byDesigns = new HashMap<>();
        boolean sameTool = ledger.tool(scenario.id()).equals(CellHash.CURRENT.tool());
        ledger.of(scenario.id()).forEach(old -> byDesigns.put(old.designs(), sameTool ? old : old.withoutHash()));
        lines.forEach(line -> byDesigns.put(line.designs(), line));
        return scenario.cells().stream()
                .map(Cell::ids)
                .map(byDesigns::get)
                .filter(Objects::nonNull)
                .toList();
    }

    private void write(Home home, List<Compared> compared) {
        Path folder = report != null ? report : home.root().resolve("target/gate");
        try {
            AtomicFile.write(folder.resolve("result.json"), JsonReport.ofCompared(compared));
            AtomicFile.write(folder.resolve("junit.xml"), JUnitReport.of(compared));
        } catch (IOException e) {
            throw new UncheckedIOException("the reports cannot be written to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void print(List<Compared> compared, List<Question> questions, int jobs) {
        List<CellResult> results =
                compared.stream().map(Compared::result).filter(Objects::nonNull).toList();
        List<Entry> entries = compared.stream().map(Compared::entry).toList();
        List<Compared> wrong =
                compared.stream().filter(c -> !c.complaints().isEmpty()).toList();
        Set<Entry> wrongEntries = wrong.stream().map(Compared::entry).collect(Collectors.toSet());
        List<Scenario> scenarios =
                compared.stream().map(c -> c.job().scenario()).distinct().toList();
        System.out.print(GateReport.matrix(entries, wrongEntries, scenarios));
        System.out.println(GateReport.refuted(results));
        for (Question question : questions) {
            System.out.println(QuestionReport.of(question, entries));
            for (CellResult shown : QuestionReport.shown(question, results).stream()
                    .map(result -> Reduction.of(result, Interrupt::isRequested))
                    .toList()) {
                System.out.println(TextReport.cell(shown));
                System.out.println(TextReport.counterexample(shown.violations().getFirst()));
            }
        }
        wrong.forEach(c -> System.out.println("! " + c.job() + ": " + String.join("; ", c.complaints())));
        System.out.println(GateReport.total(entries, jobs, wrong.size()));
    }

    private static int exitCode(List<Compared> compared, boolean complete) {
        boolean differs = false;
        boolean inconclusive = !complete;
        for (Compared cell : compared) {
            inconclusive |= cell.isLimited();
            differs |= !cell.isLimited() && !cell.complaints().isEmpty();
        }
        return differs ? ExitCode.DIFFERS : inconclusive ? ExitCode.INCONCLUSIVE : ExitCode.AS_EXPECTED;
    }
}
