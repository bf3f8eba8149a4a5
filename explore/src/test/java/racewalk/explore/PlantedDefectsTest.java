package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import racewalk.machine.Program;
import racewalk.machine.Word;

/**
 * Defects that an explorer of this kind may have, planted, and noticed. A dropped dependence is planted in {@link
 * FuzzTest} and {@link TraceFuzzTest}, the lost pending operation of a blocked task in {@link TraceFuzzTest}, sets that
 * are not persistent in {@link PersistentFuzzTest}.
 */
class PlantedDefectsTest {

    /** More states than a short fingerprint has room for. */
    private static Program.Factory counters() {
        return machine -> {
            Toy toy = new Toy(machine);
            Word[] words = machine.words("word", 3, 0, Word.Format.DECIMAL);
            for (Word word : words) {
                toy.task(() -> {
                    for (int i = 1; i <= 40; i++) {
                        word.writeOnce(i);
                    }
                });
            }
            return toy.program();
        };
    }

    private static long states(StateTable table) {
        World world = new World(counters(), true);
        return new DepthFirstSearch(world, Budget.unlimited(), Progress.NONE, Independence.NOTHING, new Crew(table))
                .run()
                .counts()
                .states();
    }

    @Test
    void fingerprintOfSixteenBitsLosesStates() {
        assertEquals(41L * 41 * 41, states(new StateTable(Long.MAX_VALUE)));
        StateTable sixteenBits = new StateTable(Long.MAX_VALUE) {
            @Override
            int visit(long low, long high, int sleeping) {
                return super.visit(low & 0xFFFFL << 48, 1, sleeping);
            }
        };
        assertTrue(states(sixteenBits) <= 1 << 16);
    }

    /** What a search without a table finds within a preemption bound, with or without sleep sets. */
    private static final class Bounded {

        private final World world;
        private final boolean withSleepSets;
        private final Set<String> violated = new TreeSet<>();

        Bounded(Program.Factory factory, boolean withSleepSets) {
            this.world = new World(factory, true);
            this.withSleepSets = withSleepSets;
        }

        Set<String> search(int preemptions) {
            world.checkAll((property, message) -> violated.add(property));
            explore(Preemptions.NOBODY, preemptions, 0, new Footprint[world.tasks()]);
            return violated;
        }

        private void explore(int last, int left, int sleep, Footprint[] prints) {
            int asleep = sleep;
            Footprint[] known = prints.clone();
            if (Deadlock.isOne(world)) {
                violated.add("Deadlock");
            }
            for (int task = 0; task < world.tasks(); task++) {
                int cost = Preemptions.of(world, last, task);
                if (!world.isEnabled(task) || (asleep & 1 << task) != 0 || cost > left) {
                    continue;
                }
                Footprint all = new Footprint();
                for (int way = 0; way < world.ways(task); way++) {
                    all.include(step(task, way, left - cost, asleep, known));
                }
                if (withSleepSets) {
                    asleep |= 1 << task;
                    known[task] = all;
                }
            }
        }

        private Footprint step(int task, int way, int left, int asleep, Footprint[] known) {
            Footprint print = new Footprint();
            World.Snapshot here = world.snapshot();
            if (world.step(task, way, print) == World.Step.BROKEN) {
                violated.add(world.property());
            } else {
                world.checkAll((property, message) -> violated.add(property));
                if (!world.isBroken()) {
                    int still = 0;
                    for (int t = 0; t < known.length; t++) {
                        still |= (asleep & 1 << t) != 0 && known[t].commutesWith(print) ? 1 << t : 0;
                    }
                    explore(task, left, still, known);
                }
            }
            world.restore(here);
            return print;
        }
    }

    /** The run that a sleep set leaves out for another one of the same trace may be the one with fewer preemptions. */
    @Test
    void sleepSetsKeptAcrossAPreemptionBoundLoseViolations() {
        int lost = 0;
        for (long seed = 4_000_000; seed < 4_000_200; seed++) {
            Program.Factory factory = new RandomProgram(seed, 2).factory();
            Set<String> bounded = new Bounded(factory, false).search(1);
            Set<String> sleeping = new Bounded(factory, true).search(1);
            assertTrue(bounded.containsAll(sleeping), "seed " + seed);
            lost += bounded.equals(sleeping) ? 0 : 1;
            Set<String> found = new TreeSet<>();
            Toy.explore(factory, Strategy.PREEMPTION).findings().forEach((property, finding) -> {
                if (finding.preemptions() <= 1) {
                    found.add(property);
                }
            });
            assertEquals(bounded, found, "seed " + seed);
        }
        assertTrue(lost > 0, "no program shows it");
    }
}
