package racewalk.machine;

import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * {@code struct rw_semaphore}. A writer first queues, which keeps new readers out, and then waits for those inside: so
 * a reader behind a queued writer behind a reader is found where it deadlocks.
 *
 * <p>The word holds three bytes: the set of readers, the writer's id plus one, the set of queued writers.
 */
public final class RwSemaphore {

    private static final long READERS = 0xFFL;
    private static final int WRITER_SHIFT = 8;
    private static final long WRITER = 0xFFL << WRITER_SHIFT;
    private static final int QUEUED_SHIFT = 16;
    private static final long QUEUED = 0xFFL << QUEUED_SHIFT;
    private static final Guard NO_WRITER = Guard.clear(WRITER | QUEUED);
    private static final Guard NOBODY_INSIDE = Guard.clear(READERS | WRITER);
    private static final Access UP_WRITE =
            Access.always("up_write", Change.clear(WRITER), Observe.NOTHING, Order.RELEASE);

    private static final Word.Format FORMAT = new Word.Format() {
        @Override
        public String show(long value) {
            if (value == 0) {
                return "free";
            }
            long writer = (value & WRITER) >>> WRITER_SHIFT;
            String held = writer != 0
                    ? "held for write by task " + (writer - 1)
                    : "held for read by " + Long.bitCount(value & READERS);
            return (value & QUEUED) == 0 ? held : held + ", writer queued";
        }

        @Override
        public long holders(long value) {
            long inside = (value & READERS) | LockWords.exclusiveHolders((value & WRITER) >>> WRITER_SHIFT);
            return inside | (value & QUEUED) >>> QUEUED_SHIFT;
        }

        @Override
        public LongUnaryOperator renaming(IntUnaryOperator tasks) {
            return value -> LockWords.renamedSet(value & READERS, tasks)
                    | LockWords.renamedOwner((value & WRITER) >>> WRITER_SHIFT, tasks) << WRITER_SHIFT
                    | LockWords.renamedSet((value & QUEUED) >>> QUEUED_SHIFT, tasks) << QUEUED_SHIFT;
        }
    };

    private final Machine machine;
    private final LockClass lockClass;
    private final Word word;

    RwSemaphore(Machine machine, LockClass lockClass, String name) {
        if (lockClass.kind() != LockClass.Kind.SLEEPING) {
            throw new IllegalArgumentException(lockClass + " is a class of spinning locks");
        }
        this.machine = machine;
        this.lockClass = lockClass;
        this.word = machine.gate(name, 0, FORMAT);
    }

    /** {@code down_read}: sleeps while a writer holds it or is queued. */
    public void downRead() {
        Task task = machine.current();
        task.lockDep().acquiring(this, lockClass, 0);
        word.access(Access.await("down_read", NO_WRITER, Change.or(task.bitInByte()), Observe.NOTHING, Order.ACQUIRE));
        task.lockDep().acquiredShared(this, lockClass);
    }

    /**
     * {@code down_read_trylock}: true if there was no writer and it is now held for read. Legal in an interrupt.
     *
     * @throws ScopeExceeded if the task holds it already: the word cannot count a recursive read
     */
    public boolean tryDownRead() {
        Task task = machine.current();
        if (task.lockDep().holds(this)) {
            throw new ScopeExceeded("a recursive read of " + this + " is not modelled");
        }
        long got = word.access(Access.attempt(
                "down_read_trylock", NO_WRITER, Change.or(task.bitInByte()), Observe.SUCCESS, Order.ACQUIRE));
        if (got == 0) {
            return false;
        }
        task.lockDep().acquiredShared(this, lockClass);
        return true;
    }

    /** {@code up_read}, by a reader. */
    public void upRead() {
        Task task = machine.current();
        task.lockDep().releasing(this, true);
        word.access(Access.always("up_read", Change.clear(task.bitInByte()), Observe.NOTHING, Order.RELEASE));
        task.lockDep().released(this);
    }

    /** {@code down_write}: queues, then sleeps while anyone holds it. */
    public void downWrite() {
        downWriteNested(0);
    }

    /** {@code down_write_nested}: as {@link #downWrite}, under another lock of the class taken at a lower level. */
    public void downWriteNested(int level) {
        Task task = machine.current();
        task.lockDep().acquiring(this, lockClass, level);
        long queued = task.bitInByte() << QUEUED_SHIFT;
        long owner = task.ownerMark() << WRITER_SHIFT;
        word.access(Access.always("down_write (queue)", Change.or(queued), Observe.NOTHING, Order.ONCE));
        word.access(
                Access.await("down_write", NOBODY_INSIDE, Change.add(owner - queued), Observe.NOTHING, Order.ACQUIRE));
        task.lockDep().acquired(this, lockClass, level);
    }

    /** {@code up_write}, by the writer. */
    public void upWrite() {
        LockDep lockDep = machine.current().lockDep();
        lockDep.releasing(this, false);
        word.access(UP_WRITE);
        lockDep.released(this);
    }

    /** {@code downgrade_write}, by the writer: from here on it is a reader, and {@link #upRead} releases it. */
    public void downgradeWrite() {
        Task task = machine.current();
        task.lockDep().releasing(this, false);
        long owner = task.ownerMark() << WRITER_SHIFT;
        word.access(
                Access.always("downgrade_write", Change.add(task.bitInByte() - owner), Observe.NOTHING, Order.RELEASE));
        task.lockDep().downgraded(this);
    }

    /** {@code mmap_assert_locked}: held by the caller, for read or for write. */
    public void assertHeld() {
        machine.current().lockDep().assertHeld(this);
    }

    /** {@code mmap_assert_write_locked}: held by the caller, for write. */
    public void assertHeldForWrite() {
        machine.current().lockDep().assertHeldExclusive(this);
    }

    /** The lock's word, for invariants: 0 when free. */
    public Word word() {
        return word;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
