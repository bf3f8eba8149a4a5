package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import racewalk.lincheck.Result.Status;
import racewalk.lincheck.Search.Strategy;
import racewalk.machine.BrokenRule.Rule;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Ledger;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;
import racewalk.specs.Verdict;

/** The verdicts of the ledger, by an engine that shares nothing with the one that computed them. */
class LedgerTest {

    /** Most races are found in some dozens of runs, and a proof does not become one by more. */
    private static final int BUDGET_OF_PROVED = 100;

    private static final int BUDGET_OF_REFUTED = 1_500;

    private static final Set<String> LIVELOCK = Set.of(Rule.LIVELOCK.title());

    /** In the nightly run each cell has so many times as much. */
    private static final int NIGHTLY = 5;

    /** A cell and what the ledger says of it. */
    private record Judged(Scenario scenario, Cell cell, Entry entry) {

        /** A race of fewer preemptions comes first, what is refuted without any last; of equals the smaller. */
        static final Comparator<Judged> EASIEST =
                Comparator.comparingInt(Judged::rank).thenComparingLong(judged -> judged.entry.states());

        private int rank() {
            int preemptions = entry.violated().isEmpty()
                    ? 0
                    : Collections.min(entry.violated().values());
            return preemptions == 0 ? Integer.MAX_VALUE : preemptions;
        }

        Result search(int times) {
            int budget = entry.verdict() == Verdict.PROVED ? BUDGET_OF_PROVED : BUDGET_OF_REFUTED;
            return Search.of(Case.of(scenario, cell), Strategy.MODEL_CHECKING, times * budget);
        }
    }

    /** Every cell, but those that only a livelock refutes: a run of it has no end, and tells Lincheck nothing. */
    private static List<Judged> all() {
        Ledger ledger = new Ledger(Path.of("../specs/ledger"));
        List<Judged> all = new ArrayList<>();
        for (Scenario scenario : ScenarioReader.readAll(Path.of("../specs/scenarios"))) {
            for (Cell cell : scenario.cells()) {
                ledger.find(scenario.id(), cell.ids())
                        .filter(entry -> !entry.violated().keySet().equals(LIVELOCK))
                        .ifPresent(entry -> all.add(new Judged(scenario, cell, entry)));
            }
        }
        return all;
    }

    /**
     * For each design one cell that is proved and one that is refuted, if it has such: the easiest, unless another
     * design has brought one in.
     */
    private static Set<Judged> oneOfEach(List<Judged> all) {
        Set<Judged> chosen = new HashSet<>();
        for (Verdict verdict : List.of(Verdict.PROVED, Verdict.REFUTED)) {
            for (Design design : Designs.all()) {
                List<Judged> its = all.stream()
                        .filter(judged -> judged.entry.verdict() == verdict)
                        .filter(judged -> design.id().equals(judged.cell.ids().get(design.kind())))
                        .sorted(Judged.EASIEST)
                        .toList();
                if (!its.isEmpty() && its.stream().noneMatch(chosen::contains)) {
                    chosen.add(its.getFirst());
                }
            }
        }
        return chosen;
    }

    private static void compare(List<Judged> cells, int times) {
        StringJoiner table = new StringJoiner("\n");
        List<String> missed = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Judged judged : cells) {
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

    @Test
    void everyDesignIsAsTheLedgerHasIt() {
        Set<Judged> chosen = oneOfEach(all());
        Map<String, List<Judged>> byDesign = chosen.stream()
                .flatMap(judged -> judged.cell.ids().values().stream().map(id -> Map.entry(id, judged)))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        Set<String> inSomeCell = all().stream()
                .flatMap(judged -> judged.cell.ids().values().stream())
                .collect(Collectors.toSet());
        assertEquals(inSomeCell, byDesign.keySet());
        List<Judged> sorted = chosen.stream()
                .sorted(Comparator.comparing(judged -> judged.entry.cell()))
                .toList();
        compare(sorted, 1);
    }

    @Test
    @Tag("nightly")
    void wholeLedgerIsAsItIs() {
        compare(all(), NIGHTLY);
    }
}
