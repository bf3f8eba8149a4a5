package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** The estimate of how much has been explored: nothing at first, everything at the end. */
class CoverageTest {

    private static Program counters(Machine machine) {
        Toy toy = new Toy(machine);
        for (Word word : machine.words("word", 3, 0, Word.Format.DECIMAL)) {
            toy.task(() -> {
                for (int i = 1; i <= 20; i++) {
                    word.writeOnce(i);
                }
            });
        }
        return toy.program();
    }

    private static World world() {
        return new World(CoverageTest::counters, true);
    }

    private static double explored(long states) {
        StateTable table = new StateTable(Long.MAX_VALUE);
        Budget budget = new Budget(Budget.unlimited().time(), states, 10_000, () -> false);
        new DepthFirstSearch(world(), budget, Progress.NONE, Footprint::commutesWith, new Crew(table)).run();
        return new Coverage(CoverageTest::world).sample(table);
    }

    @Test
    void shareGrowsWithTheSearchAndEndsWithAll() {
        assertEquals(0, new Coverage(CoverageTest::world).sample(new StateTable(Long.MAX_VALUE)));
        List<Double> shares = new ArrayList<>();
        for (long states : new long[] {1, 5_000, Long.MAX_VALUE}) {
            shares.add(explored(states));
        }
        assertTrue(shares.get(0) < shares.get(1) || shares.get(1) == 1.0, shares.toString());
        assertTrue(shares.get(0) < 1 && shares.get(0) > 0, shares.toString());
        assertEquals(1.0, shares.get(2));
    }
}
