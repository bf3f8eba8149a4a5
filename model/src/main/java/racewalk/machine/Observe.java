package racewalk.machine;

/**
 * What an access tells its task. A task's future depends only on what it was told, so an access tells no more than the
 * kernel function uses: {@code atomic_inc} nothing, {@code atomic_dec_and_test} one bit.
 *
 * @param kind the form of the answer
 * @param mask the bits that the answer looks at
 */
public record Observe(Kind kind, long mask) {

    /** The forms of an answer. */
    public enum Kind {
        /** 0. */
        NOTHING,
        /** 1 if the guard was open and the change happened, else 0. */
        SUCCESS,
        /** The word before the access, masked. */
        OLD,
        /** 1 if the masked word is zero after the access, else 0. */
        ZERO,
        /** The number of the lowest set bit before the access, 64 if there was none. */
        LOWEST
    }

    /** The task is told nothing. */
    public static final Observe NOTHING = new Observe(Kind.NOTHING, 0);

    /** Whether the guard was open. */
    public static final Observe SUCCESS = new Observe(Kind.SUCCESS, 0);

    /** The whole old word. */
    public static final Observe OLD = new Observe(Kind.OLD, -1L);

    /** The number of the lowest set bit of the old word. */
    public static final Observe LOWEST = new Observe(Kind.LOWEST, -1L);

    /** The old word's bits under {@code mask}. */
    public static Observe old(long mask) {
        return new Observe(Kind.OLD, mask);
    }

    /** Whether the new word is zero under {@code mask}. */
    public static Observe zero(long mask) {
        return new Observe(Kind.ZERO, mask);
    }

    /** The answer of an access that found {@code old}, left {@code now}, and whose guard was {@code open}. */
    public long of(long old, long now, boolean open) {
        return of(kind, mask, old, now, open);
    }

    /** {@link #of(long, long, boolean)} without the object, for the inner loop of an engine. */
    public static long of(Kind kind, long mask, long old, long now, boolean open) {
        return switch (kind) {
            case NOTHING -> 0;
            case SUCCESS -> open ? 1 : 0;
            case OLD -> old & mask;
            case ZERO -> (now & mask) == 0 ? 1 : 0;
            case LOWEST -> Long.numberOfTrailingZeros(old);
        };
    }
}
