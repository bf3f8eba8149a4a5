package racewalk.machine;

import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Read-copy-update. A grace period ends when every task that was in a read section when it began has left that section;
 * sections that begin later are not waited for.
 *
 * <p>One word holds eight bytes of task sets: the lowest is who is reading; byte {@code 1 + u} is whom the grace period
 * of task {@code u} still waits for.
 */
public final class Rcu implements ReadSection {

    private static final long EVERY_BYTE = 0x0101_0101_0101_0101L;

    static final Word.Format FORMAT = new Word.Format() {
        @Override
        public String show(long value) {
            return (value & 0xFF) == 0 ? "idle" : Long.bitCount(value & 0xFF) + " reading";
        }

        @Override
        public long holders(long value) {
            return value & 0xFF;
        }

        @Override
        public LongUnaryOperator renaming(IntUnaryOperator tasks) {
            return value -> {
                long renamed = LockWords.renamedSet(value & 0xFF, tasks);
                for (int waiting = 0; waiting < Long.BYTES - 1; waiting++) {
                    long set = value >>> (waiting + 1) * Byte.SIZE & 0xFF;
                    if (set != 0) {
                        int shift = (tasks.applyAsInt(waiting) + 1) * Byte.SIZE;
                        renamed |= LockWords.renamedSet(set, tasks) << shift;
                    }
                }
                return renamed;
            };
        }
    };

    private final Machine machine;
    private final Word word;

    Rcu(Machine machine, String name) {
        this.machine = machine;
        this.word = machine.gate(name, 0, FORMAT);
    }

    /** {@code rcu_read_lock}: may nest, and nothing may sleep until {@link #readUnlock}. */
    @Override
    public void readLock() {
        Task task = machine.current();
        if (task.lockDep().rcuEnter()) {
            word.access(Access.always("rcu_read_lock", Change.or(task.bitInByte()), Observe.NOTHING, Order.ACQUIRE));
        }
    }

    /** {@code rcu_read_unlock}. */
    @Override
    public void readUnlock() {
        Task task = machine.current();
        if (task.lockDep().rcuLeave()) {
            word.access(Access.always("rcu_read_unlock", leave(task), Observe.NOTHING, Order.RELEASE));
        }
    }

    /** {@code synchronize_rcu}: sleeps until every read section that had begun has ended. Not in atomic context. */
    @Override
    public void synchronize() {
        synchronize(word, machine.current(), "rcu");
    }

    /** The task reads no longer, and no grace period waits for it. */
    static Change leave(Task task) {
        return Change.clear(task.bitInByte() * EVERY_BYTE);
    }

    /** A grace period of {@code task}, of the domain with that word. */
    static void synchronize(Word word, Task task, String kind) {
        task.lockDep().mightSleep("a grace period");
        int shift = 8 * (1 + task.placeInByte());
        if (shift > 56) {
            throw new ScopeExceeded("synchronize_" + kind + " is modelled for the first seven tasks");
        }
        word.access(Access.always(
                "synchronize_" + kind + " (begin)",
                new Change(Change.Kind.SNAPSHOT, shift),
                Observe.NOTHING,
                Order.FULL));
        word.access(Access.await(
                "synchronize_" + kind, Guard.clear(0xFFL << shift), Change.KEEP, Observe.NOTHING, Order.FULL));
    }

    @Override
    public String toString() {
        return word.name();
    }
}
