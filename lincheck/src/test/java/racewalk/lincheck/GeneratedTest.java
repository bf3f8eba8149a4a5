package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.lincheck.Result.Status;
import racewalk.specs.Cell;
import racewalk.specs.Ledger;
import racewalk.specs.Operation;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;
import racewalk.specs.Verdict;

/**
 * Scenarios that nobody wrote: Lincheck puts together what the actors of the committed ones do, where a pair of designs
 * is proved.
 */
class GeneratedTest {

    private static final List<Scenario> SCENARIOS = ScenarioReader.readAll(Path.of("../specs/scenarios"));

    private static final Ledger LEDGER = new Ledger(Path.of("../specs/ledger"));

    private static boolean isProved(Scenario scenario, String designs) {
        return scenario.cells().stream()
                .filter(cell -> cell.toString().endsWith("/" + designs))
                .anyMatch(cell -> LEDGER.find(scenario.id(), cell.ids())
                        .filter(entry -> entry.verdict() == Verdict.PROVED)
                        .isPresent());
    }

    /** Every actor has the operations that the actors of its kind have where {@code proved} is proved. */
    private static Case menu(String designs, String proved) {
        Map<Boolean, Set<Operation>> known = new LinkedHashMap<>();
        for (Scenario scenario : SCENARIOS) {
            if (scenario.processes().count() == 1 && isProved(scenario, proved)) {
                scenario.actors()
                        .forEach((actor, operations) -> known.computeIfAbsent(
                                        Scenario.isCpu(actor), _ -> new LinkedHashSet<>())
                                .addAll(operations));
            }
        }
        Scenario dontneed = SearchTest.DONTNEED;
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        int turn = 0;
        for (String actor : dontneed.actors().keySet()) {
            List<Operation> all = List.copyOf(known.get(Scenario.isCpu(actor)));
            List<Operation> some = new ArrayList<>();
            for (int i = 0; i < CellStructure.MENU; i++) {
                some.add(all.get((turn + i) % all.size()));
            }
            actors.put(actor, some);
            turn += CellStructure.MENU;
        }
        Scenario scenario = new Scenario(
                dontneed.file(),
                "generated",
                "what Lincheck puts together",
                dontneed.tier(),
                dontneed.memory(),
                dontneed.boot(),
                actors,
                dontneed.cells(),
                dontneed.invariants(),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
        Cell cell = scenario.cells().stream()
                .filter(candidate -> candidate.toString().endsWith("/" + designs))
                .findFirst()
                .orElseThrow();
        return Case.of(scenario, cell);
    }

    @Test
    void designThatIsProvedIsNotRefutedByScenariosThatNobodyWrote() {
        Result result = Search.generated(menu("piggin/gru-ptlock-rule", "piggin/gru-ptlock-rule"), 20, 200);
        assertEquals(Status.SAMPLED, result.status(), () -> result.what() + "\n" + result.trace());
        assertTrue(result.runs() > 20 * 100, result.runs() + " runs");
    }

    @Test
    void racyDesignIsRefutedByScenariosThatNobodyWrote() {
        Result result = Search.generated(menu("lameter/gru-lockless", "piggin/gru-ptlock-rule"), 20, 500);
        assertEquals(Status.VIOLATED, result.status());
    }
}
