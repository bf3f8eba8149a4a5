package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import racewalk.lincheck.Result.Status;
import racewalk.lincheck.Search.Strategy;
import racewalk.machine.BrokenRule.Rule;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Ledger;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;
import racewalk.specs.Verdict;

/**
 * A cell, and what the ledger says of it.
 *
 * @param scenario the scenario
 * @param cell the cell
 * @param entry its line in the ledger
 */
record JudgedCell(Scenario scenario, Cell cell, Entry entry) {

    /** Most races are found in some dozens of runs, and a proof does not become one by more. */
    private static final int BUDGET_OF_PROVED = 300;

    private static final int BUDGET_OF_REFUTED = 1_500;

    private static final Set<String> LIVELOCK = Set.of(Rule.LIVELOCK.title());

    private static final List<JudgedCell> ALL = read();

    /** In the nightly run each cell has so many times as much. */
    static final int NIGHTLY = 5;

    /** A race of fewer preemptions comes first, what is refuted without any last; of equals the smaller. */
    private static final Comparator<JudgedCell> EASIEST =
            Comparator.comparingInt(JudgedCell::rank).thenComparingLong(judged -> judged.entry.states());

    private int rank() {
        int preemptions = entry.violated().isEmpty()
                ? 0
                : Collections.min(entry.violated().values());
        return preemptions == 0 ? Integer.MAX_VALUE : preemptions;
    }

    private Result search(int times) {
        int budget = entry.verdict() == Verdict.PROVED ? BUDGET_OF_PROVED : BUDGET_OF_REFUTED;
        return Search.of(Case.of(scenario, cell), Strategy.MODEL_CHECKING, times * budget);
    }

    /** Every cell, but those that only a livelock refutes: a run of it has no end, and tells Lincheck nothing. */
    static List<JudgedCell> all() {
        return ALL;
    }

    private static List<JudgedCell> read() {
        Ledger ledger = new Ledger(Path.of("../specs/ledger"));
        List<JudgedCell> all = new ArrayList<>();
        for (Scenario scenario : ScenarioReader.readAll(Path.of("../specs/scenarios"))) {
            Map<Map<Kind, String>, Entry> lines =
                    ledger.of(scenario.id()).stream().collect(Collectors.toMap(Entry::designs, entry -> entry));
            for (Cell cell : scenario.cells()) {
                Entry entry = lines.get(cell.ids());
                if (entry != null && !entry.violated().keySet().equals(LIVELOCK)) {
                    all.add(new JudgedCell(scenario, cell, entry));
                }
            }
        }
        return all;
    }

    /** Every cell with that verdict. */
    static List<JudgedCell> all(Verdict verdict) {
        return all().stream()
                .filter(judged -> judged.entry.verdict() == verdict)
                .toList();
    }

    /** For each design that is refuted somewhere one such cell. */
    static Collection<JudgedCell> ofRefutedDesigns() {
        return oneOfEach(all(Verdict.REFUTED), Set.of());
    }

    /** For each design that {@link #ofRefutedDesigns} has in no cell one that is proved. */
    static Collection<JudgedCell> ofOtherDesigns() {
        return oneOfEach(all(Verdict.PROVED), designs(ofRefutedDesigns()));
    }

    /** The designs of cells. */
    static Set<String> designs(Collection<JudgedCell> cells) {
        return cells.stream()
                .flatMap(judged -> judged.cell.ids().values().stream())
                .collect(Collectors.toSet());
    }

    /** For each design of {@code cells}, but some, one: the easiest, unless another design has brought one in. */
    private static Collection<JudgedCell> oneOfEach(List<JudgedCell> cells, Set<String> but) {
        Map<Entry, JudgedCell> chosen = new LinkedHashMap<>();
        for (Design design : Designs.all()) {
            List<JudgedCell> its = cells.stream()
                    .filter(judged -> !but.contains(design.id()))
                    .filter(judged -> design.id().equals(judged.cell.ids().get(design.kind())))
                    .sorted(EASIEST)
                    .toList();
            if (!its.isEmpty() && its.stream().noneMatch(judged -> chosen.containsKey(judged.entry))) {
                chosen.put(its.getFirst().entry, its.getFirst());
            }
        }
        return chosen.values();
    }

    /** Lincheck must not say anything else of {@code cells}, nor miss more than a tenth of those that are refuted. */
    static void compare(Collection<JudgedCell> cells, int times) {
        StringJoiner table = new StringJoiner("\n");
        List<String> missed = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (JudgedCell judged : cells) {
            Result result = judged.search(times);
            String line = "%-9s %-11s %,7d runs %6.1f s  %s  %s"
                    .formatted(
                            judged.entry.verdict(),
                            result.status(),
                            result.runs(),
                            result.nanos() / 1e9,
                            judged.entry.cell(),
                            result.what());
            table.add(line);
            assertNotEquals(Status.UNSUPPORTED, result.status(), line);
            if (judged.entry.verdict() == Verdict.REFUTED && result.status() != Status.VIOLATED) {
                missed.add(line);
            } else if (result.status() == Status.VIOLATED
                    && !judged.entry.violated().containsKey(result.what())) {
                wrong.add(line + "\n" + result.trace());
            } else if (judged.entry.verdict() == Verdict.REFUTED && result.status() == Status.EXHAUSTED) {
                wrong.add(line);
            }
        }
        System.out.println(table);
        assertEquals(List.of(), wrong);
        long refuted = cells.stream()
                .filter(judged -> judged.entry.verdict() == Verdict.REFUTED)
                .count();
        assertTrue(missed.size() * 10 <= refuted, () -> "not found: " + String.join("\n", missed));
    }
}
