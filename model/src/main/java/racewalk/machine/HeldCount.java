package racewalk.machine;

/**
 * An atomic reference count of which some references are of tasks that say so: so an invariant can tell who holds one.
 * The kernel knows the count alone.
 *
 * <p>The lowest byte of the word is the set of those tasks, the rest is the count, which may be negative.
 */
public final class HeldCount {

    private static final long HOLDERS = 0xFF;
    private static final long ONE = HOLDERS + 1;
    private static final Guard NOT_ZERO = Guard.anySet(~HOLDERS);

    private static final Access INC_NOT_ZERO =
            Access.attempt("inc_not_zero", NOT_ZERO, Change.add(ONE), Observe.SUCCESS, Order.FULL);
    private static final Access DEC_AND_TEST =
            Access.always("dec_and_test", Change.add(-ONE), Observe.zero(~HOLDERS), Order.FULL);

    private final Machine machine;
    private final Word word;

    HeldCount(Machine machine, String name, long initial) {
        this.machine = machine;
        this.word = machine.word(name, initial * ONE, HeldCount::show);
    }

    private static String show(long value) {
        long holders = value & HOLDERS;
        return (value >> Byte.SIZE) + (holders == 0 ? "" : ", held by " + Long.bitCount(holders));
    }

    /** {@code atomic_inc_not_zero} of a reference that nobody holds: true if there is one more now. */
    public boolean incNotZero() {
        return word.access(INC_NOT_ZERO) != 0;
    }

    /** {@code atomic_inc_not_zero}: true if the calling task, which held none, has a reference now. */
    public boolean holdNotZero() {
        return word.access(Access.attempt("inc_not_zero", NOT_ZERO, mine(1), Observe.SUCCESS, Order.FULL)) != 0;
    }

    /** {@code atomic_inc}: the calling task, which held none, has a reference now. */
    public void hold() {
        word.access(Access.always("atomic_inc", mine(1), Observe.NOTHING, Order.ONCE));
    }

    /** {@code atomic_dec_and_test} of a reference that nobody holds: true if it was the last one. */
    public boolean decAndTest() {
        return word.access(DEC_AND_TEST) != 0;
    }

    /** {@code atomic_dec_and_test} of the calling task's reference: true if it was the last one. */
    public boolean releaseAndTest() {
        return word.access(Access.always("dec_and_test", mine(-1), Observe.zero(~HOLDERS), Order.FULL)) != 0;
    }

    /** {@code atomic_set}, of references that nobody holds. */
    public void set(long value) {
        word.writeOnce(value * ONE);
    }

    /** {@code atomic_set(1)}: the only reference is the calling task's. */
    public void setHeld() {
        word.writeOnce(ONE + machine.current().bitInByte());
    }

    private Change mine(long sign) {
        return Change.add(sign * (ONE + machine.current().bitInByte()));
    }

    /** The count, for invariants. */
    public long peek() {
        return word.peek() >> Byte.SIZE;
    }

    /** How many tasks hold a reference, for invariants. */
    public int peekHolders() {
        return Long.bitCount(word.peek() & HOLDERS);
    }

    /** The word, for invariants. */
    public Word word() {
        return word;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
