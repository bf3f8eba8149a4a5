package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.machine.Guard;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.RawLock;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/** Loops that try again: those that may go on for ever under fair scheduling are found, the others are not reported. */
class LivelockTest {

    /** Takes one lock, tries the other, and backs off and starts again if it is taken. */
    private static Runnable politely(Machine machine, RawLock first, RawLock second) {
        return () -> {
            while (true) {
                machine.loopHead("both locks");
                first.lock();
                if (second.tryLock()) {
                    break;
                }
                first.unlock();
            }
            second.unlock();
            first.unlock();
        };
    }

    private static Program politePair(Machine machine) {
        RawLock a = new RawLock(machine, "a");
        RawLock b = new RawLock(machine, "b");
        return new Toy(machine)
                .task(politely(machine, a, b))
                .task(politely(machine, b, a))
                .program();
    }

    @Test
    void twoTasksThatBackOffForEachOtherMayDoSoForEver() {
        for (Strategy strategy : EnumSet.complementOf(EnumSet.of(Strategy.SOURCE_DPOR, Strategy.RANDOM))) {
            Exploration exploration = Toy.explore(LivelockTest::politePair, strategy);
            assertTrue(exploration.isExhaustive());
            assertEquals(Set.of("Livelock"), exploration.findings().keySet(), strategy.name());
        }
    }

    @Test
    void runWithoutEndIsALimitForASearchWithoutATable() {
        Budget budget = new Budget(Duration.ofDays(1), 1_000_000, 200, () -> false);
        Exploration exploration =
                Explorer.explore(LivelockTest::politePair, Strategy.SOURCE_DPOR, budget, Progress.NONE);
        assertEquals("a run of 200 steps did not end", exploration.limit());
    }

    @Test
    void livelockIsShownAsARunAndItsRound() {
        Finding livelock = Toy.explore(LivelockTest::politePair).findings().get("Livelock");
        assertTrue(
                livelock.message().matches("steps \\d+ to \\d+ may be repeated for ever by t0 and t1: .*"),
                livelock.message());
        Replay replay = Replay.of(LivelockTest::politePair, livelock.schedule());
        assertEquals(Set.of("Livelock"), replay.violations().keySet());
    }

    @Test
    void shortestSearchKeepsTheLivelock() {
        Exploration shortest = Explorer.shortest(
                LivelockTest::politePair,
                Set.of("Livelock"),
                Settings.of(Strategy.SLEEP),
                Budget.unlimited(),
                Progress.NONE);
        assertEquals(Set.of("Livelock"), shortest.findings().keySet());
    }

    /** As above, but no head of a loop is told: the locals are, and they are the same each time. */
    private static Runnable politelyTold(Machine machine, RawLock first, RawLock second) {
        return () -> {
            first.lock();
            while (!second.tryLock()) {
                first.unlock();
                machine.localsAre("nothing");
                first.lock();
            }
            second.unlock();
            first.unlock();
        };
    }

    @Test
    void livelockThroughLocalsThatAreToldIsFoundByAnyNumberOfWorkers() {
        for (int workers = 1; workers <= 2; workers++) {
            Exploration exploration = Explorer.explore(
                    machine -> {
                        RawLock a = new RawLock(machine, "a");
                        RawLock b = new RawLock(machine, "b");
                        return new Toy(machine)
                                .task(politelyTold(machine, a, b))
                                .task(politelyTold(machine, b, a))
                                .program();
                    },
                    Settings.of(Strategy.SLEEP).withWorkers(workers),
                    Budget.unlimited(),
                    Progress.NONE);
            assertEquals(Set.of("Livelock"), exploration.findings().keySet(), workers + " workers");
        }
    }

    private static Runnable spinUntilSet(Machine machine, Word flag) {
        return () -> {
            do {
                machine.loopHead("flag");
            } while (flag.readOnce() == 0);
        };
    }

    /** The reader goes round only while the writer, who could, does not move: that is unfair. */
    @Test
    void loopThatEndsUnderFairnessIsNotReported() {
        Exploration exploration = Toy.explore(machine -> {
            Word flag = machine.word("flag", 0);
            return new Toy(machine)
                    .task(spinUntilSet(machine, flag))
                    .task(() -> flag.writeOnce(1))
                    .program();
        });
        assertTrue(exploration.isExhaustive());
        assertEquals(Set.of(), exploration.findings().keySet());
    }

    @Test
    void loopThatNobodyEndsIsReported() {
        Exploration exploration = Toy.explore(machine -> {
            Word flag = machine.word("flag", 0);
            return new Toy(machine)
                    .task(spinUntilSet(machine, flag))
                    .task(() -> flag.readOnce())
                    .program();
        });
        assertEquals(Set.of("Livelock"), exploration.findings().keySet());
    }

    /** The kernel's locks are queued: whoever waits for one that is free again and again gets it. */
    @Test
    void waiterForALockThatIsFreeAgainAndAgainGetsIt() {
        Exploration exploration = Toy.explore(machine -> {
            RawLock lock = new RawLock(machine, "lock");
            Word flag = machine.word("flag", 0);
            return new Toy(machine)
                    .task(() -> {
                        long seen = 0;
                        while (seen == 0) {
                            machine.loopHead("poll under the lock");
                            lock.lock();
                            seen = flag.readOnce();
                            lock.unlock();
                        }
                    })
                    .task(() -> {
                        lock.lock();
                        flag.writeOnce(1);
                        lock.unlock();
                    })
                    .program();
        });
        assertTrue(exploration.isExhaustive());
        assertEquals(Set.of(), exploration.findings().keySet());
    }

    @Test
    void waitThatNobodySatisfiesIsADeadlockAndSaysSo() {
        Exploration exploration = Toy.explore(machine -> {
            Word flag = machine.word("flag", 0);
            return new Toy(machine)
                    .task(() -> flag.await("wait_for_completion", Guard.is(1)))
                    .program();
        });
        Finding deadlock = exploration.findings().get("Deadlock");
        assertEquals("t0 waits in wait_for_completion for flag, which nobody will change", deadlock.message());
    }

    @Test
    void loopWithoutAHeadMeetsTheDepthLimitAndProvesNothing() {
        Budget budget = new Budget(Duration.ofDays(1), 1_000_000, 200, () -> false);
        Exploration exploration = Explorer.explore(
                machine -> {
                    Word flag = machine.word("flag", 0);
                    return new Toy(machine)
                            .task(() -> {
                                while (flag.readOnce() == 0) {
                                    flag.readOnce();
                                }
                            })
                            .program();
                },
                Strategy.SLEEP,
                budget,
                Progress.NONE);
        assertFalse(exploration.isExhaustive());
    }

    private static Program headTwice(Machine machine, Runnable lock, Runnable unlock) {
        return new Toy(machine)
                .task(() -> {
                    machine.loopHead("twice");
                    lock.run();
                    machine.loopHead("twice");
                    unlock.run();
                })
                .program();
    }

    @Test
    void headsWithDifferentLocksHeldAreDifferentHeads() {
        Exploration exploration = Toy.explore(machine -> {
            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
            return headTwice(machine, lock::lock, lock::unlock);
        });
        assertTrue(exploration.isExhaustive());
        assertEquals(Set.of(), exploration.findings().keySet());
    }

    /** Where the second head is reached the code is not where it was at the first, and no held lock shows it. */
    @Test
    void brokenPromiseAtAHeadIsNoticedByTheRunsThatAreSampled() {
        assertThrows(
                NotDeterministicException.class,
                () -> Toy.explore(machine -> {
                    RawLock lock = new RawLock(machine, "lock");
                    return headTwice(machine, lock::lock, lock::unlock);
                }));
    }
}
