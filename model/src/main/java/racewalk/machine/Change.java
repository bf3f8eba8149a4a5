package racewalk.machine;

/**
 * What an access does to its word, in one indivisible step. It is data and not code, so that an engine can tell which
 * changes commute.
 *
 * @param kind the form of the change
 * @param operand its right-hand side
 */
public record Change(Kind kind, long operand) {

    /** The forms of a change. */
    public enum Kind {
        /** The word stays as it is. */
        KEEP,
        /** The word becomes the operand. */
        SET,
        /** The operand is added. */
        ADD,
        /** The operand's bits are set. */
        OR,
        /** Only the operand's bits stay set. */
        AND,
        /** The lowest set bit is cleared: a free list gives its first object. */
        DROP_LOWEST,
        /** The lowest byte is copied to the byte that starts at bit {@code operand}: {@link Rcu}'s snapshot. */
        SNAPSHOT
    }

    /** No change. */
    public static final Change KEEP = new Change(Kind.KEEP, 0);

    /** The word becomes {@code value}. */
    public static Change set(long value) {
        return new Change(Kind.SET, value);
    }

    /** {@code delta} is added. */
    public static Change add(long delta) {
        return new Change(Kind.ADD, delta);
    }

    /** The bits of {@code mask} are set. */
    public static Change or(long mask) {
        return new Change(Kind.OR, mask);
    }

    /** The bits of {@code mask} are cleared. */
    public static Change clear(long mask) {
        return new Change(Kind.AND, ~mask);
    }

    /** The word after the change, if it held {@code old}. */
    public long apply(long old) {
        return apply(kind, operand, old);
    }

    /** {@link #apply(long)} without the object, for the inner loop of an engine. */
    public static long apply(Kind kind, long operand, long old) {
        return switch (kind) {
            case KEEP -> old;
            case SET -> operand;
            case ADD -> old + operand;
            case OR -> old | operand;
            case AND -> old & operand;
            case DROP_LOWEST -> old & (old - 1);
            case SNAPSHOT -> (old & ~(0xFFL << operand)) | ((old & 0xFFL) << operand);
        };
    }

    /** The bits that the change may alter, whatever the word holds. */
    public long writes() {
        return switch (kind) {
            case KEEP -> 0;
            case SET, ADD, DROP_LOWEST -> -1L;
            case OR -> operand;
            case AND -> ~operand;
            case SNAPSHOT -> 0xFFL << operand;
        };
    }

    /**
     * The bits that the new value of the altered bits is computed from, beyond those bits themselves under ADD, OR,
     * AND.
     */
    public long reads() {
        return switch (kind) {
            case KEEP, SET, ADD, OR, AND -> 0;
            case DROP_LOWEST -> -1L;
            case SNAPSHOT -> 0xFFL;
        };
    }
}
