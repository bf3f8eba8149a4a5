package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Progress;
import racewalk.explore.Strategy;
import racewalk.lincheck.Result.Status;
import racewalk.specs.RandomScenario;
import racewalk.specs.Scenario;

/** Scenarios by chance: Lincheck finds nothing where the explorer proves, and most of what it refutes. */
class RandomScenarioTest {

    private static final int SEEDS = 50;
    private static final int RUNS = 200;
    private static final long STATES = 60_000;

    @Test
    void lincheckContradictsNoVerdictOfTheExplorer() {
        int proved = 0;
        int refuted = 0;
        int found = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            Case cell = Case.of(scenario, scenario.cells().getFirst());
            Budget budget = new Budget(Duration.ofMinutes(1), STATES, 5_000, () -> false);
            Exploration explored = Explorer.explore(cell.program(), Strategy.SLEEP, budget, Progress.NONE);
            if (!explored.isExhaustive()) {
                continue; // too large, or it needs what is not modelled
            }
            Result result = Search.of(cell, Search.Strategy.MODEL_CHECKING, RUNS);
            String name = "seed " + seed + ": " + result + " and "
                    + explored.findings().keySet();
            if (explored.findings().isEmpty()) {
                proved++;
                assertTrue(result.status() == Status.SAMPLED || result.status() == Status.EXHAUSTED, name);
            } else {
                refuted++;
                found += result.status() == Status.VIOLATED ? 1 : 0;
                assertTrue(result.status() == Status.SAMPLED || result.status() == Status.VIOLATED, name);
                assertEquals(
                        result.status() == Status.VIOLATED, explored.findings().containsKey(result.what()), name);
            }
        }
        System.out.printf(
                "scenarios by chance, seeds 1 to %d: %d proved, %d refuted, Lincheck found %d of them, in %d runs%n",
                SEEDS, proved, refuted, found, RUNS);
        assertTrue(proved >= SEEDS / 4 && 2 * found >= refuted && found > 0, proved + ", " + found + " of " + refuted);
    }
}
