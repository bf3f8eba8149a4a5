package racewalk.walk;

import racewalk.machine.Word;

/**
 * Where {@link VpteIterator} and {@link VptePair} are: an address, the level of an entry that maps it, and the tables
 * that lead there. Levels are those that exist, so no step asks whether one is folded.
 */
public final class VptePath {

    /** What is done wrong. */
    public enum Planted {
        /** Nothing. */
        NOTHING,
        /** {@code vpte_order(vpte)}: a leaf is a huge page, and what is none is a PTE. */
        ORDER_FROM_VALUE,
        /** The order of each level is computed as if no level were folded. */
        UNCOLLAPSED,
        /** Sideways, without a look whether the table ends here. */
        SIDEWAYS_FIRST,
        /** A huge page that is split before its lock is held keeps its order, though the value is read again. */
        KEEPS_ORDER,
        /** Two locks that were dropped on the way are taken again in the other order. */
        SOURCE_FIRST,
        /** Memory is allocated under the two locks. */
        ALLOCATES_LOCKED
    }

    private final PageTables mm;
    private final Planted planted;

    /** The tables, by level, that cover the address: from {@code level} on upwards. */
    private final PtPage[] tables;

    /** What each level's entries map, and what an index is. */
    private final int[] orders;

    private final int mask;

    private int addr;
    private int level;
    private int index;

    /** At the root's entry for {@code addr}. */
    VptePath(PageTables mm, int addr, Planted planted) {
        this.mm = mm;
        this.planted = planted;
        this.addr = addr;
        this.level = mm.top();
        this.tables = new PtPage[level + 1];
        tables[level] = mm.root();
        this.orders = new int[level + 1];
        for (int of = 0; of <= level; of++) {
            orders[of] = planted == Planted.UNCOLLAPSED ? mm.uncollapsedOrder(of) : mm.order(of);
        }
        this.mask = mm.shape().entries() - 1;
        this.index = indexAt(level);
    }

    /** The address. */
    int addr() {
        return addr;
    }

    /** The entry's level. */
    int level() {
        return level;
    }

    /** The order of the entry with a value. */
    int order(long entry) {
        if (planted == Planted.ORDER_FROM_VALUE) {
            return orders[PtEntry.isLeaf(entry) ? 1 : 0];
        }
        return orders[level];
    }

    private int indexAt(int of) {
        return addr >> orders[of] & mask;
    }

    /** The entry. */
    Word word() {
        return tables[level].entry(index);
    }

    /** The entry, and what goes with it. */
    Ptp ptp() {
        return new Ptp(tables[level], index, level);
    }

    /** The first page behind the entry with a value. */
    int behind(long entry) {
        int order = order(entry);
        return (addr >> order) + 1 << order;
    }

    /** Whether all that the entry maps is in the range {@code [start, end)}. */
    boolean isWithin(int start, int end) {
        int order = orders[level];
        int first = addr >> order << order;
        return first >= start && first + (1 << order) <= end;
    }

    /** Sideways, to the entry behind: up before that, out of the tables that end there. */
    void forward(int behind) {
        addr = behind;
        index = indexAt(level);
        while (index == 0 && level < mm.top() && planted != Planted.SIDEWAYS_FIRST) {
            level++;
            index = indexAt(level);
        }
    }

    /** Down, into the table to which the entry points. */
    void down(long entry) {
        level--;
        index = indexAt(level);
        tables[level] = mm.tableOf(entry);
    }
}
