package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.RwSemaphore;
import racewalk.machine.Slab;
import racewalk.machine.Word;

/** Whatever limit a search meets, it says so and is not exhaustive. */
class LimitsTest {

    private static final Set<Strategy> EXHAUSTIVE = EnumSet.complementOf(EnumSet.of(Strategy.RANDOM));

    /** Three tasks that each write a word many times which the next one adds to: a million states. */
    private static Program large(Machine machine) {
        Toy toy = new Toy(machine);
        Word[] words = machine.words("word", 3, 0, Word.Format.DECIMAL);
        for (int t = 0; t < 3; t++) {
            Word own = words[t];
            Word other = words[(t + 1) % 3];
            toy.task(() -> {
                for (int i = 1; i <= 60; i++) {
                    own.writeOnce(i);
                    other.add(0);
                }
            });
        }
        return toy.program();
    }

    private static void assertLimited(Exploration exploration, String limit) {
        assertFalse(exploration.isExhaustive());
        assertTrue(exploration.limit().contains(limit), exploration.limit());
    }

    @Test
    void timeLimitIsReported() {
        for (Strategy strategy : Strategy.values()) {
            Budget budget = Budget.of(Duration.ofMillis(1));
            Exploration exploration = Explorer.explore(LimitsTest::large, strategy, budget, Progress.NONE);
            assertFalse(exploration.isExhaustive(), strategy.name());
        }
    }

    @Test
    void stateLimitIsReported() {
        Budget budget = new Budget(Duration.ofDays(1), 5_000, 10_000, () -> false);
        for (Strategy strategy : EXHAUSTIVE) {
            assertLimited(Explorer.explore(LimitsTest::large, strategy, budget, Progress.NONE), "states");
        }
    }

    @Test
    void depthLimitIsReported() {
        Budget budget = new Budget(Duration.ofDays(1), 100_000, 50, () -> false);
        for (Strategy strategy : EXHAUSTIVE) {
            assertLimited(Explorer.explore(LimitsTest::large, strategy, budget, Progress.NONE), "50 steps");
        }
    }

    @Test
    void requestToStopIsReported() {
        Budget budget = new Budget(Duration.ofDays(1), 10_000_000, 10_000, () -> true);
        for (Strategy strategy : EXHAUSTIVE) {
            assertLimited(Explorer.explore(LimitsTest::large, strategy, budget, Progress.NONE), "interrupted");
        }
    }

    /** A search that meets the end of the memory. */
    private static final class Hungry extends Search {

        Hungry() {
            super(new World(LimitsTest::large, true), Budget.unlimited(), Progress.NONE);
        }

        @Override
        protected void search() {
            throw new OutOfMemoryError("planted");
        }

        @Override
        protected long states() {
            return 0;
        }

        @Override
        protected Schedule path() {
            return new Schedule(List.of());
        }

        @Override
        protected int preemptions() {
            return 0;
        }
    }

    @Test
    void endOfMemoryIsReported() {
        assertLimited(new Hungry().run(), "the memory was full");
    }

    @Test
    void exhaustedSlabIsALimitAndNotAViolation() {
        for (Strategy strategy : EXHAUSTIVE) {
            Exploration exploration = Toy.explore(
                    machine -> {
                        Slab<Word> slab = machine.slab("slab", 1, i -> machine.word("object", 0));
                        return new Toy(machine)
                                .task(slab::alloc)
                                .task(slab::alloc)
                                .program();
                    },
                    strategy);
            assertLimited(exploration, "all 1 objects of slab are in use");
            assertEquals(Set.of(), exploration.findings().keySet());
        }
    }

    @Test
    void exhaustedSlabInTheBootIsALimitToo() {
        Exploration exploration = Toy.explore(machine -> {
            Slab<Word> slab = machine.slab("slab", 1, i -> machine.word("object", 0));
            slab.alloc();
            slab.alloc();
            return new Toy(machine).task(() -> {}).program();
        });
        assertLimited(exploration, "the boot: all 1 objects of slab are in use");
    }

    @Test
    void taskForWhomASemaphoreHasNoBitIsALimit() {
        Exploration exploration = Toy.explore(
                machine -> {
                    RwSemaphore semaphore = machine.rwSemaphore(LockClass.MMAP_LOCK, "semaphore");
                    Toy toy = new Toy(machine);
                    for (int t = 0; t < 8; t++) {
                        toy.task(() -> {
                            semaphore.downRead();
                            semaphore.upRead();
                        });
                    }
                    return toy.program();
                },
                Strategy.SOURCE_DPOR);
        assertLimited(exploration, "t7 is beyond the 7 tasks");
        assertEquals(Set.of(), exploration.findings().keySet());
    }

    @Test
    void moreTasksThanASleepSetHoldsAreALimit() {
        for (Strategy strategy : EnumSet.of(Strategy.NAIVE, Strategy.SLEEP, Strategy.PERSISTENT)) {
            Exploration exploration = Toy.explore(
                    machine -> {
                        Toy toy = new Toy(machine);
                        for (int t = 0; t < 9; t++) {
                            toy.task(() -> {});
                        }
                        return toy.program();
                    },
                    strategy);
            assertLimited(exploration, "at most 8 tasks");
        }
    }

    @Test
    void randomRunsNeverProve() {
        Exploration exploration = Explorer.explore(
                machine -> new Toy(machine).task(() -> {}).program(),
                Strategy.RANDOM,
                Budget.of(Duration.ofMillis(50)),
                Progress.NONE);
        assertLimited(exploration, "random runs");
    }

    @Test
    void operationWithoutAStepIsStillInvokedAndReturns() {
        Exploration exploration =
                Toy.explore(machine -> new Toy(machine).task(() -> {}).program());
        assertEquals(new Counts(2, 1, 1, 1), exploration.counts());
    }
}
