package racewalk.machine;

/**
 * {@code seqcount_t}: writers, already serialised by a lock of their own, make it odd and even again; a reader whose
 * section saw it change starts over.
 */
public final class SeqCount {

    private static final Guard EVEN = Guard.clear(1);

    private final Word word;

    SeqCount(Machine machine, String name) {
        this.word = machine.gate(name, 0, Word.Format.DECIMAL);
    }

    /** {@code write_seqcount_begin}. */
    public void writeBegin() {
        word.access(Access.always("write_seqcount_begin", Change.add(1), Observe.NOTHING, Order.FULL));
    }

    /** {@code write_seqcount_end}. */
    public void writeEnd() {
        word.access(Access.always("write_seqcount_end", Change.add(1), Observe.NOTHING, Order.RELEASE));
    }

    /** {@code read_seqcount_begin}: waits while a writer is inside; returns the number for {@link #readRetry}. */
    public long readBegin() {
        return word.access(Access.await("read_seqcount_begin", EVEN, Change.KEEP, Observe.OLD, Order.ACQUIRE));
    }

    /** {@code raw_seqcount_try_begin}: does not wait; -1 if a writer is inside. */
    public long tryBegin() {
        long number = word.access(Access.read("raw_seqcount_try_begin", -1L, Order.ACQUIRE));
        return EVEN.open(number) ? number : -1;
    }

    /** {@code read_seqcount_retry}: true if a writer has been inside since {@code begin}. */
    public boolean readRetry(long begin) {
        return word.access(Access.attempt(
                        "read_seqcount_retry", Guard.is(begin), Change.KEEP, Observe.SUCCESS, Order.ACQUIRE))
                == 0;
    }

    /** The counter's word, for invariants: odd while a writer is inside. */
    public Word word() {
        return word;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
