package racewalk.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import racewalk.machine.BrokenRule.Rule;

/** The primitives on real threads, in both ways of waiting. */
class LiveMachineTest {

    private static final int ROUNDS = 20_000;

    enum Waiting {
        SPINNING,
        MONITORS;

        LiveMachine machine() {
            return this == SPINNING ? LiveMachine.spinning(options -> 0) : LiveMachine.monitors(options -> 0);
        }
    }

    /** Runs each body as a task on a thread of its own, to the end. */
    private static void together(LiveMachine machine, Runnable... bodies) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Runnable body : bodies) {
            Task task = machine.task("t" + threads.size());
            Action action = new Action("body", () -> {
                body.run();
                return 0;
            });
            threads.add(new Thread(() -> machine.run(task, action)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void assertExcludes(Waiting waiting, Function<Machine, Runnable[]> lock)
            throws InterruptedException {
        LiveMachine machine = waiting.machine();
        Word count = machine.word("count", 0);
        Runnable[] enterAndLeave = lock.apply(machine);
        Runnable body = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                enterAndLeave[0].run();
                count.write(count.read(Order.PLAIN) + 1, Order.PLAIN);
                enterAndLeave[1].run();
            }
        };
        together(machine, body, body);
        assertEquals(2 * ROUNDS, count.peek());
    }

    @ParameterizedTest
    @EnumSource
    void spinLockExcludes(Waiting waiting) throws InterruptedException {
        assertExcludes(waiting, machine -> {
            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
            return new Runnable[] {lock::lock, lock::unlock};
        });
    }

    @ParameterizedTest
    @EnumSource
    void pageLockExcludes(Waiting waiting) throws InterruptedException {
        assertExcludes(waiting, machine -> {
            PageLock lock = machine.pageLock("lock");
            return new Runnable[] {lock::lock, lock::unlock};
        });
    }

    @ParameterizedTest
    @EnumSource
    void semaphoreHeldForWriteExcludes(Waiting waiting) throws InterruptedException {
        assertExcludes(waiting, machine -> {
            RwSemaphore lock = machine.rwSemaphore(LockClass.MMAP_LOCK, "lock");
            return new Runnable[] {lock::downWrite, lock::upWrite};
        });
    }

    @ParameterizedTest
    @EnumSource
    void hardwareStepsOfOneUnitExclude(Waiting waiting) throws InterruptedException {
        LiveMachine machine = waiting.machine();
        Word count = machine.word("count", 0);
        HardwareUnit unit = machine.unit("unit");
        Runnable body = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                unit.step("increment", () -> {
                    count.write(count.read(Order.PLAIN) + 1, Order.PLAIN);
                    return 0;
                });
            }
        };
        together(machine, body, body);
        assertEquals(2 * ROUNDS, count.peek());
    }

    @ParameterizedTest
    @EnumSource
    void sleeperIsWokenEachTime(Waiting waiting) throws InterruptedException {
        LiveMachine machine = waiting.machine();
        WaitQueue queue = machine.waitQueue("queue");
        Word turn = machine.word("turn", 0);
        together(machine, player(queue, turn, 0), player(queue, turn, 1));
        assertEquals(2_000, turn.peek());
    }

    /** Waits until the turn is its own, and passes it on. */
    private static Runnable player(WaitQueue queue, Word turn, int parity) {
        return () -> {
            for (int i = 0; i < 1_000; i++) {
                while (true) {
                    queue.prepareToWait();
                    if (turn.loadAcquire() % 2 == parity) {
                        break;
                    }
                    queue.schedule();
                }
                queue.finishWait();
                turn.storeRelease(turn.readOnce() + 1);
                queue.wakeUpAll();
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void gracePeriodWaitsForReaders(Waiting waiting) throws InterruptedException {
        LiveMachine machine = waiting.machine();
        Rcu rcu = machine.rcu("rcu");
        Slab<Word> slab = machine.slab("slab", 2, i -> machine.word("object" + i, 0));
        Word published = machine.word("published", 1);
        slab.alloc();
        together(
                machine,
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        rcu.readLock();
                        slab.get((int) published.loadAcquire() - 1).readOnce();
                        rcu.readUnlock();
                    }
                },
                () -> {
                    for (int i = 0; i < 500; i++) {
                        Word fresh = slab.alloc();
                        Word old = slab.get((int) published.xchg(slab.indexOf(fresh) + 1) - 1);
                        rcu.synchronize();
                        slab.free(old);
                    }
                });
    }

    @Test
    void freedMemoryIsNotUsed() {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        Slab<Word> slab = machine.slab("slab", 2, i -> machine.word("object" + i, 0));
        Word object = slab.alloc();
        object.writeOnce(1);
        slab.free(object);
        assertFalse(slab.isAllocated(object));
        assertEquals(
                Rule.USE_AFTER_FREE,
                assertThrows(BrokenRule.class, object::readOnce).rule());
        assertEquals(
                Rule.DOUBLE_FREE,
                assertThrows(BrokenRule.class, () -> slab.free(object)).rule());
        assertEquals(object, slab.alloc());
        assertTrue(slab.isAllocated(object));
    }

    @Test
    void operationThatEndsWithALockIsRefused() {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
        Task task = machine.task("t0");
        BrokenRule broken = assertThrows(
                BrokenRule.class,
                () -> machine.run(task, new Action("leak", () -> {
                    lock.lock();
                    return 0;
                })));
        assertEquals(Rule.LOCK_LEAKED, broken.rule());
    }

    @Test
    void oneTaskTooManyIsOutOfScope() {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        for (int i = 0; i < Task.MAX; i++) {
            machine.task("t" + i);
        }
        assertThrows(ScopeExceeded.class, () -> machine.task("one too many"));
    }

    @Test
    void memoryInsideMemoryIsRefused() {
        LiveMachine machine = LiveMachine.monitors(options -> 0);
        Word outer = machine.word("outer free", 1);
        Word inner = machine.word("inner free", 1);
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> machine.within(outer, 1, () -> machine.within(inner, 1, () -> machine.word("object", 0))));
        assertEquals("memory inside memory: inner free inside outer free", refused.getMessage());
    }

    @Test
    void whoWouldWaitAloneIsADeadlockAtOnce() {
        LiveMachine machine = LiveMachine.alone(options -> 0);
        Task holder = machine.task("holder");
        Word word = machine.gate("word", 0, Word.Format.DECIMAL);
        BrokenRule waits = assertThrows(
                BrokenRule.class,
                () -> machine.run(holder, new Action("await", () -> {
                    word.await("await", Guard.is(1));
                    return 0;
                })));
        assertEquals(Rule.DEADLOCK, waits.rule());
        LiveMachine other = LiveMachine.alone(options -> 0);
        BrokenRule tries = assertThrows(BrokenRule.class, () -> {
            while (true) {
                other.loopHead("again");
            }
        });
        assertEquals(Rule.LIVELOCK, tries.rule());
    }
}
