package racewalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import racewalk.machine.Mark;
import racewalk.specs.AtomicFile;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Ledger;
import racewalk.specs.Question;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

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

    @Option(names = "--nightly", description = "Run the scenarios of the tier NIGHTLY too.")
    private boolean nightly;

    @Option(names = "--accept", description = "Write the ledger from what is computed, for a reviewed commit.")
    private boolean accept;

    @Option(names = "--json", description = "Print an array of results as JSON instead of tables.")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where result.json and junit.xml go. Default: target/gate in the checkout.")
    private Path report;

    @Mixin
    private SearchOptions search;

    /**
     * A result and what is wrong with it.
     *
     * @param result the result
     * @param complaints how it differs from what is expected; empty if it does not
     */
    record Compared(CellResult result, List<String> complaints) {}

    @Override
    public Integer call() {
        Home home = Home.find();
        List<Question> questions = home.questions();
        List<Run.Job> jobs = new ArrayList<>();
        for (Scenario scenario : home.scenarios()) {
            if (nightly || scenario.tier() == Scenario.Tier.GATE) {
                scenario.cells().forEach(cell -> jobs.add(new Run.Job(scenario, cell)));
            }
        }
        List<CellResult> results = Run.all(search.checker(), jobs);
        boolean complete = results.size() == jobs.size() && !Interrupt.isRequested();
        if (accept && complete) {
            accept(home.ledger(), results);
        }
        List<Compared> compared = compare(home.ledger(), results);
        write(home, compared);
        if (json) {
            System.out.println(JsonReport.of(results));
        } else {
            print(compared, questions, jobs.size());
        }
        List<String> unreached =
                complete && results.stream().noneMatch(CellResult::isLimited) ? unreached(results) : List.of();
        unreached.forEach(
                mark -> System.err.println("! no cell reaches " + mark + ": what it marks is proved by nothing"));
        return unreached.isEmpty() ? exitCode(compared, complete) : ExitCode.DIFFERS;
    }

    /** The marks of the designs' code that no cell has reached. */
    private static List<String> unreached(List<CellResult> results) {
        List<String> unreached =
                new ArrayList<>(Designs.marks().stream().map(Mark::id).toList());
        results.forEach(result -> unreached.removeAll(result.marks()));
        return unreached;
    }

    private static void accept(Ledger ledger, List<CellResult> results) {
        Map<String, List<Entry>> byScenario = new LinkedHashMap<>();
        for (CellResult result : results) {
            byScenario
                    .computeIfAbsent(result.scenario().id(), id -> new ArrayList<>())
                    .add(result.entry());
        }
        byScenario.forEach(ledger::accept);
    }

    private static List<Compared> compare(Ledger ledger, List<CellResult> results) {
        Map<String, List<Entry>> committed = new LinkedHashMap<>();
        List<Compared> compared = new ArrayList<>();
        for (CellResult result : results) {
            List<Entry> lines = committed.computeIfAbsent(result.scenario().id(), ledger::of);
            compared.add(new Compared(result, complaints(result, lines)));
        }
        return compared;
    }

    private static List<String> complaints(CellResult result, List<Entry> committed) {
        List<String> complaints = new ArrayList<>();
        Verdict expected = result.scenario().expected(result.cell().ids()).orElseThrow();
        if (result.verdict() != expected) {
            complaints.add("expected " + expected + ", found " + result.verdict()
                    + (result.why() == null ? "" : ": " + result.why()));
        }
        Entry computed = result.entry();
        Optional<Entry> line = committed.stream()
                .filter(entry -> entry.designs().equals(computed.designs()))
                .findFirst();
        if (line.isEmpty()) {
            complaints.add("the ledger has no line for it: review it, and accept it by 'racewalk gate --accept'");
        } else {
            String difference = GateReport.difference(computed, line.get());
            if (difference != null) {
                complaints.add(difference);
            }
        }
        return complaints;
    }

    private void write(Home home, List<Compared> compared) {
        Path folder = report != null ? report : home.root().resolve("target/gate");
        try {
            AtomicFile.write(
                    folder.resolve("result.json"),
                    JsonReport.of(compared.stream().map(Compared::result).toList()));
            AtomicFile.write(folder.resolve("junit.xml"), JUnitReport.of(compared));
        } catch (IOException e) {
            throw new UncheckedIOException("the reports cannot be written to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void print(List<Compared> compared, List<Question> questions, int jobs) {
        List<CellResult> results = compared.stream().map(Compared::result).toList();
        List<Entry> entries = results.stream().map(CellResult::entry).toList();
        List<Compared> wrong =
                compared.stream().filter(c -> !c.complaints().isEmpty()).toList();
        Set<Entry> wrongEntries = wrong.stream().map(c -> c.result().entry()).collect(Collectors.toSet());
        System.out.print(GateReport.matrix(entries, wrongEntries));
        System.out.println(GateReport.refuted(results));
        for (Question question : questions) {
            System.out.println(QuestionReport.of(question, entries));
            for (CellResult shown : QuestionReport.shown(question, results)) {
                System.out.println(TextReport.cell(shown));
                System.out.println(
                        TextReport.counterexample(shown, shown.violations().getFirst()));
            }
        }
        wrong.forEach(
                c -> System.out.println("! " + TextReport.cell(c.result()) + ": " + String.join("; ", c.complaints())));
        System.out.println(GateReport.total(entries, jobs, wrong.size()));
    }

    private static int exitCode(List<Compared> compared, boolean complete) {
        boolean differs = false;
        boolean inconclusive = !complete;
        for (Compared cell : compared) {
            inconclusive |= cell.result().isLimited();
            differs |= !cell.result().isLimited() && !cell.complaints().isEmpty();
        }
        return differs ? ExitCode.DIFFERS : inconclusive ? ExitCode.INCONCLUSIVE : ExitCode.AS_EXPECTED;
    }
}
