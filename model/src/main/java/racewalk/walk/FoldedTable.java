package racewalk.walk;

import racewalk.machine.Machine;

/**
 * The page tables of a process with the walkers of Linux: {@code mm/pagewalk.c} and {@code copy_page_range} of {@code
 * mm/memory.c}, with a function for each level, whether it is folded or not. Where a level is folded ({@code
 * include/asm-generic/pgtable-nop4d.h}), {@code p?d_none} of the one above is never true, {@code p?d_offset} gives the
 * same entry, and {@code p?d_addr_end} the end of the range: each walk still passes through its function.
 *
 * <p>Of {@code mm/pagewalk.c} that of 2023 was read. What it leaves to its callers, to lock a huge page and look at it
 * again, is here as most of them do it [R]; {@code copy_page_range} is from knowledge [R].
 */
public final class FoldedTable extends RecursiveTable {

    private final boolean[] folded;

    /** The level, of those that exist, of each. */
    private final int[] existing;

    private FoldedTable(PageTables mm) {
        super(mm);
        int levels = mm.shape().levels();
        this.folded = new boolean[levels];
        this.existing = new int[levels];
        for (int level = 0; level < levels; level++) {
            folded[level] = mm.shape().folded().contains(level);
            existing[level] = level == 0 ? 0 : existing[level - 1] + (folded[level - 1] ? 0 : 1);
        }
    }

    /** The table. */
    public static WalkedTable make(Machine machine, String name, TableShape shape) {
        return new FoldedTable(new PageTables(machine, name, shape));
    }

    @Override
    int rootLevel() {
        return mm().shape().levels() - 1;
    }

    @Override
    Ptp aboveRoot() {
        return null;
    }

    @Override
    boolean isAboveFolded(int level) {
        return level > 0 && folded[level - 1];
    }

    @Override
    Ptp offset(int level, Ptp upper, int addr) {
        if (upper == null) {
            return mm().rootOf(addr);
        }
        return folded[level] ? upper : mm().offset(upper.word().readOnce(), upper.level(), addr);
    }

    /** {@code p?d_alloc}: {@code unlikely(p?d_none(*upper)) && __p?d_alloc(...) ? NULL : p?d_offset(...)}. */
    @Override
    Ptp offsetAlloc(int level, Ptp upper, int addr) {
        if (upper != null && !folded[level] && upper.word().readOnce() == PtEntry.NONE) {
            alloc(upper);
        }
        return offset(level, upper, addr);
    }

    @Override
    int addrEnd(int level, int addr, int end) {
        return folded[level] ? end : mm().addrEnd(addr, end, existing[level]);
    }

    @Override
    void alloc(Ptp ptp) {
        mm().alloc(ptp);
    }

    @Override
    boolean trustsValue() {
        return false;
    }

    /** {@code copy_pmd_range}: "fall through". */
    @Override
    boolean copiesWhatWasSplit() {
        return true;
    }
}
