package racewalk.machine;

import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Sixty-four bits of shared memory. The methods are the kernel's accessors; what each does is one {@link Access}, which
 * an engine runs, schedules or records.
 *
 * <p>Obtained from {@link Machine#word}. Any task may use any word; which lock protects it is the model's business.
 */
public abstract class Word {

    private final String name;
    private final Format format;

    /** For engines. */
    protected Word(String name, Format format) {
        this.name = name;
        this.format = format;
    }

    /** How people read a value of this word. */
    @FunctionalInterface
    public interface Format {
        /** Decimal, and negative numbers as such. */
        Format DECIMAL = Long::toString;

        /** The text for {@code value}. */
        String show(long value);

        /**
         * The tasks that hold the lock whose word has {@code value}, as bits: whom a waiter waits for. 0 if it is no
         * lock.
         */
        default long holders(long value) {
            return 0;
        }

        /**
         * What becomes of a value when tasks are renamed, as {@code tasks} says by their ids; null if values name no
         * task.
         */
        default LongUnaryOperator renaming(IntUnaryOperator tasks) {
            return null;
        }
    }

    /** What renaming the tasks makes of this word's values; null if they name none. */
    public final LongUnaryOperator renaming(IntUnaryOperator tasks) {
        return format.renaming(tasks);
    }

    /** The word's name in traces, such as {@code pte[1]}. */
    public final String name() {
        return name;
    }

    /** {@code value} as people read it. */
    public final String show(long value) {
        return format.show(value);
    }

    /**
     * The tasks, as bits, that a task which waits for this word to change from {@code value} waits for; 0 if unknown.
     */
    public final long holders(long value) {
        return format.holders(value);
    }

    /** Runs one access as one step of the calling task and returns what it tells. */
    protected abstract long access(Access access);

    /**
     * The value now, without a step: for invariants, formatters and tests. Model code that decides anything by it has
     * hidden state.
     */
    public abstract long peek();

    /** {@code READ_ONCE}. */
    public final long readOnce() {
        return access(Access.READ_ONCE);
    }

    /** {@code READ_ONCE} by a function that uses only the bits under {@code mask}. */
    public final long readOnce(long mask) {
        return access(Access.read("READ_ONCE", mask, Order.ONCE));
    }

    /** {@code smp_load_acquire}. */
    public final long loadAcquire() {
        return access(Access.LOAD_ACQUIRE);
    }

    /** {@code WRITE_ONCE}. */
    public final void writeOnce(long value) {
        access(Access.write("WRITE_ONCE", value, Order.ONCE));
    }

    /** {@code smp_store_release}. */
    public final void storeRelease(long value) {
        access(Access.write("smp_store_release", value, Order.RELEASE));
    }

    /** A read in the given order, for the tests of memory orders. */
    public final long read(Order order) {
        return access(Access.read("read", -1L, order));
    }

    /** A write in the given order, for the tests of memory orders. */
    public final void write(long value, Order order) {
        access(Access.write("write", value, order));
    }

    /** {@code xchg}: stores {@code value} and returns what it replaced. */
    public final long xchg(long value) {
        return access(Access.always("xchg", Change.set(value), Observe.OLD, Order.FULL));
    }

    /** {@code cmpxchg}: stores {@code value} if the word is {@code expected}; returns what it found. */
    public final long cmpxchg(long expected, long value) {
        return access(Access.attempt("cmpxchg", Guard.is(expected), Change.set(value), Observe.OLD, Order.FULL));
    }

    /** {@code atomic_add}: adds and learns nothing; no barrier. */
    public final void add(long delta) {
        access(Access.always("atomic_add", Change.add(delta), Observe.NOTHING, Order.ONCE));
    }

    /** {@code atomic_fetch_add}: adds and returns the old value. */
    public final long fetchAdd(long delta) {
        return access(Access.always("atomic_fetch_add", Change.add(delta), Observe.OLD, Order.FULL));
    }

    /** {@code atomic_add_and_test}: adds and returns whether the word is now zero. */
    public final boolean addAndTest(long delta) {
        return access(Access.always("atomic_add_and_test", Change.add(delta), Observe.zero(-1L), Order.FULL)) != 0;
    }

    /** {@code atomic_or}: sets bits and learns nothing. */
    public final void or(long mask) {
        access(Access.always("atomic_or", Change.or(mask), Observe.NOTHING, Order.ONCE));
    }

    /** {@code atomic_andnot}: clears bits and learns nothing. */
    public final void andNot(long mask) {
        access(Access.always("atomic_andnot", Change.clear(mask), Observe.NOTHING, Order.ONCE));
    }

    /** {@code test_and_clear_bit}: clears the bits, and returns whether one of them was set. */
    public final boolean testAndClear(long mask) {
        return access(Access.always("test_and_clear_bit", Change.clear(mask), Observe.old(mask), Order.FULL)) != 0;
    }

    /**
     * Waits until {@code guard} is open, as one step that is not enabled before; returns the word's bits under the
     * mask.
     */
    public final long await(String verb, Guard guard) {
        return access(Access.await(verb, guard, Change.KEEP, Observe.old(guard.mask()), Order.ACQUIRE));
    }

    @Override
    public final String toString() {
        return name;
    }
}
