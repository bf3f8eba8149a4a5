package racewalk.walk;

import java.util.function.LongUnaryOperator;

/**
 * What an operation makes of each entry of a range.
 *
 * @param fills whether it makes something of entries that map nothing
 * @param then what becomes of an entry; of {@link PtEntry#NONE} only if it fills
 */
record Change(boolean fills, LongUnaryOperator then) {

    /** Nothing is mapped any more. */
    static final Change CLEAR = new Change(false, _ -> PtEntry.NONE);

    /** Nothing can be written to any more. */
    static final Change PROTECT = new Change(false, Change::protectedEntry);

    /** Everything maps {@code value}. */
    static Change populate(long value) {
        return new Change(true, _ -> PtEntry.leaf(value));
    }

    /** The leaf without the permission to write: {@code pte_wrprotect}. */
    static long protectedEntry(long leaf) {
        return PtEntry.leaf(PtEntry.value(leaf) & ~PtEntry.WRITE);
    }

    /** What it does with entries. */
    WalkMode mode() {
        return fills ? WalkMode.FILL : WalkMode.CHANGE;
    }

    /** Whether it has anything to do with an entry that points to no table. */
    boolean concerns(long entry) {
        return fills || entry != PtEntry.NONE;
    }
}
