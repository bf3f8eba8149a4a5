package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Program;

/** Persistent sets on random programs: fewer states, and no final state, deadlock or violated invariant is lost. */
class PersistentFuzzTest {

    private static final int PROGRAMS = Integer.getInteger("racewalk.fuzz.programs", 10_000) / 2;
    private static final long FIRST_SEED = Long.getLong("racewalk.fuzz.seed", 1) + 5_000_000;
    private static final Budget BUDGET = new Budget(Budget.unlimited().time(), 20_000, 400, () -> false);

    /** What a search finds that does not end a run early. */
    private static final Set<String> OF_STATES = Set.of("NotBoth", "OneOnlyInFlight", Rule.DEADLOCK.title());

    private record Seen(Set<String> finals, Set<String> violated, long states, boolean exhaustive) {

        static Seen by(Program.Factory factory, boolean persistent) {
            World world = new World(factory, true);
            Set<String> finals = new TreeSet<>();
            Runnable onEnd = () -> finals.add((Deadlock.isOne(world) ? "deadlock " : "")
                    + Arrays.toString(Arrays.copyOf(world.values(), RandomProgram.COMPARED_WORDS))
                    + " after " + world.history());
            Exploration exploration;
            if (persistent) {
                exploration = Explorer.persistent(
                        world, Settings.of(Strategy.PERSISTENT), Budget.unlimited(), Progress.NONE, onEnd);
            } else {
                Search search = new DepthFirstSearch(world, BUDGET, Progress.NONE, DepthFirstSearch.NOTHING_COMMUTES);
                search.onEnd = onEnd;
                exploration = search.run();
            }
            return new Seen(
                    finals,
                    new TreeSet<>(exploration.findings().keySet()),
                    exploration.counts().states(),
                    exploration.isExhaustive());
        }
    }

    @Test
    void persistentSetsLoseNothingOfRandomPrograms() {
        int compared = 0;
        long seed = FIRST_SEED;
        long all = 0;
        long explored = 0;
        for (; compared < PROGRAMS; seed++) {
            RandomProgram program = new RandomProgram(seed, 3, seed % 4 == 0);
            Seen naive = Seen.by(program.factory(), false);
            if (!naive.exhaustive) {
                continue;
            }
            Seen reduced = Seen.by(program.factory(), true);
            String name = "seed " + seed + ": " + program;
            assertTrue(reduced.exhaustive, name);
            assertTrue(reduced.states <= naive.states, name);
            if (OF_STATES.containsAll(naive.violated)) {
                assertEquals(naive.finals, reduced.finals, name);
                assertEquals(naive.violated, reduced.violated, name);
            } else {
                // after a broken rule nothing is explored: what another order would have shown may be missing
                assertTrue(!reduced.violated.isEmpty() && naive.violated.containsAll(reduced.violated), name);
            }
            compared++;
            all += naive.states;
            explored += reduced.states;
        }
        System.out.printf(
                "persistent sets: %d programs, seeds %d to %d, %d of %d states%n",
                compared, FIRST_SEED, seed - 1, explored, all);
    }
}
