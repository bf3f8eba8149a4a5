package racewalk.machine;

/** An atomic reference count: {@code page->_refcount}, {@code struct kref}. */
public final class RefCount {

    private static final Access INC = Access.always("atomic_inc", Change.add(1), Observe.NOTHING, Order.ONCE);
    private static final Access INC_NOT_ZERO =
            Access.attempt("inc_not_zero", Guard.anySet(-1L), Change.add(1), Observe.SUCCESS, Order.FULL);
    private static final Access DEC_AND_TEST =
            Access.always("dec_and_test", Change.add(-1), Observe.zero(-1L), Order.FULL);

    private final Word word;

    RefCount(Machine machine, String name, long initial) {
        this.word = machine.word(name, initial);
    }

    /** {@code atomic_inc}: the caller has a reference already. */
    public void inc() {
        word.access(INC);
    }

    /** {@code atomic_add}: the caller has a reference already. */
    public void add(long references) {
        word.access(Access.always("atomic_add", Change.add(references), Observe.NOTHING, Order.ONCE));
    }

    /** {@code atomic_sub_and_test}: true if these were the last references. */
    public boolean subAndTest(long references) {
        return word.access(Access.always("sub_and_test", Change.add(-references), Observe.zero(-1L), Order.FULL)) != 0;
    }

    /** {@code atomic_inc_not_zero}: true if the count was not zero and is now one higher. */
    public boolean incNotZero() {
        return word.access(INC_NOT_ZERO) != 0;
    }

    /** {@code atomic_dec_and_test}: true if this was the last reference. */
    public boolean decAndTest() {
        return word.access(DEC_AND_TEST) != 0;
    }

    /** {@code atomic_read}. */
    public long read() {
        return word.readOnce();
    }

    /** {@code atomic_set}, by whoever has the object for itself. */
    public void set(long value) {
        word.writeOnce(value);
    }

    /** The count's word, for invariants. */
    public Word word() {
        return word;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
