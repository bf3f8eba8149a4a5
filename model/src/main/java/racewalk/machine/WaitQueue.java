package racewalk.machine;

import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * {@code wait_queue_head_t}: the set of tasks that are about to sleep. A sleeper wakes only when someone wakes the
 * queue, not when its condition comes true: so a wake-up that is forgotten, or that comes before the sleeper queued, is
 * found.
 *
 * <p>{@code wait_event(queue, condition)} is written out, as the kernel's macro expands:
 *
 * <pre>{@code
 * for (;;) {
 *     queue.prepareToWait();
 *     if (condition) break;
 *     queue.schedule();
 * }
 * queue.finishWait();
 * }</pre>
 */
public final class WaitQueue {

    private static final Access WAKE_UP_ALL = Access.write("wake_up_all", 0, Order.FULL);

    private static final Word.Format FORMAT = new Word.Format() {
        @Override
        public String show(long value) {
            return value == 0 ? "empty" : Long.bitCount(value) + " waiting";
        }

        @Override
        public LongUnaryOperator renaming(IntUnaryOperator tasks) {
            return value -> LockWords.renamedSet(value, tasks);
        }
    };

    private final Machine machine;
    private final Word word;

    WaitQueue(Machine machine, String name) {
        this.machine = machine;
        this.word = machine.gate(name, 0, FORMAT);
    }

    /** {@code prepare_to_wait}: from now on a wake-up counts. Not in atomic context. */
    public void prepareToWait() {
        Task task = machine.current();
        task.lockDep().mightSleep(word.name());
        word.access(Access.always("prepare_to_wait", Change.or(task.bit()), Observe.NOTHING, Order.FULL));
    }

    /** {@code schedule}: sleeps until someone has woken the queue since {@link #prepareToWait}. */
    public void schedule() {
        Task task = machine.current();
        task.lockDep().mightSleep(word.name());
        word.access(Access.await("schedule", Guard.clear(task.bit()), Change.KEEP, Observe.NOTHING, Order.ACQUIRE));
    }

    /** {@code finish_wait}. */
    public void finishWait() {
        word.access(Access.always("finish_wait", Change.clear(machine.current().bit()), Observe.NOTHING, Order.ONCE));
    }

    /** {@code wake_up_all}. */
    public void wakeUpAll() {
        word.access(WAKE_UP_ALL);
    }

    @Override
    public String toString() {
        return word.name();
    }
}
