package racewalk.walk;

/**
 * The value of an entry of a page table, of any level. A leaf looks the same on every level, as on RISC-V, where it is
 * an entry with a permission: a value alone does not say how many pages it maps.
 */
public final class PtEntry {

    /** {@code p?d_none}. */
    public static final long NONE = 0;

    /** The permission to write, a bit of a leaf's value as scenarios have it. */
    public static final long WRITE = 8;

    /** The value of a swap entry whose count needs another page before it can be copied. */
    public static final long SWAP = 7;

    private static final long PRESENT = 1;
    private static final long LEAF = 2;
    private static final int SHIFT = 2;

    private PtEntry() {}

    /** A leaf with a value that is not 0; 0 is {@link #NONE}. */
    public static long leaf(long value) {
        return value == 0 ? NONE : value << SHIFT | LEAF | PRESENT;
    }

    /** An entry that points to the table with a number. */
    static long table(int number) {
        return (long) number << SHIFT | PRESENT;
    }

    /** Whether it maps something: {@code p?d_leaf}. */
    public static boolean isLeaf(long entry) {
        return (entry & LEAF) != 0;
    }

    /** Whether it is a swap entry that cannot be copied before memory is allocated. */
    static boolean needsMemory(long entry) {
        return value(entry) == SWAP && isLeaf(entry);
    }

    /** Whether it points to a table. */
    public static boolean isTable(long entry) {
        return (entry & (PRESENT | LEAF)) == PRESENT;
    }

    /** The value of a leaf, or the number of a table; 0 if it is {@link #NONE}. */
    public static long value(long entry) {
        return entry >> SHIFT;
    }

    /** How people read it. */
    static String show(long entry) {
        return isLeaf(entry) ? "leaf " + value(entry) : isTable(entry) ? "table " + value(entry) : "none";
    }
}
