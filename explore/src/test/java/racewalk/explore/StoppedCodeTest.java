package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import racewalk.machine.LockClass;
import racewalk.machine.Program;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * The search stops a task's code in the middle, at the operation that it announces. What the code does on its way out,
 * and what it would do if the stop were an exception of its own, is no part of the run.
 */
class StoppedCodeTest {

    /** Two tasks that increment a word as {@code body} does it. */
    private static Program.Factory increments(BiConsumer<SpinLock, Word> body) {
        return machine -> {
            SpinLock lock = machine.spinLock(LockClass.LRU_LOCK, "lock");
            Word count = machine.word("count", 0);
            return new Toy(machine)
                    .task(() -> body.accept(lock, count))
                    .task(() -> body.accept(lock, count))
                    .program();
        };
    }

    private static void straight(SpinLock lock, Word count) {
        lock.lock();
        count.writeOnce(count.readOnce() + 1);
        lock.unlock();
    }

    private static void withFinally(SpinLock lock, Word count) {
        lock.lock();
        try {
            count.writeOnce(count.readOnce() + 1);
        } finally {
            lock.unlock();
        }
    }

    private static void withLockInside(SpinLock lock, Word count) {
        try {
            lock.lock();
            count.writeOnce(count.readOnce() + 1);
        } finally {
            lock.unlock();
        }
    }

    private static void withCatch(SpinLock lock, Word count) {
        lock.lock();
        try {
            count.writeOnce(count.readOnce() + 1);
        } catch (RuntimeException _) {
            count.writeOnce(100);
        }
        lock.unlock();
    }

    @Test
    void waysOutOfAStoppedTaskAreNoPartOfTheRun() {
        Exploration expected = Toy.explore(increments(StoppedCodeTest::straight));
        assertTrue(expected.isExhaustive());
        assertEquals(Map.of(), expected.findings());
        assertEquals(expected, Toy.explore(increments(StoppedCodeTest::withFinally)));
        assertEquals(expected, Toy.explore(increments(StoppedCodeTest::withLockInside)));
        assertEquals(expected, Toy.explore(increments(StoppedCodeTest::withCatch)));
    }

    @Test
    void replayThatIsNotFinishedLeavesNoThread() throws InterruptedException {
        Program.Factory factory = increments(StoppedCodeTest::withFinally);
        for (String prefix : List.of("a1", "a2", "a3", "a4b1", "a4b2")) {
            Replay.of(factory, Schedule.parse(prefix));
        }
        List<Thread> left = new ArrayList<>(Thread.getAllStackTraces().keySet());
        left.removeIf(thread -> !thread.getName().startsWith("replay "));
        for (Thread thread : left) {
            thread.join(Duration.ofSeconds(10));
            assertFalse(thread.isAlive(), thread.getName());
        }
    }
}
