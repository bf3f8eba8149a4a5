package racewalk.walk;

import racewalk.machine.SpinLock;

/**
 * The page tables of a process with a walker that calls itself for each level: what the page-table code of Linux, with
 * a function for each level, and Shutemov's proof of concept have in common. A subclass says what a level is.
 */
abstract class RecursiveTable extends MmTable {

    RecursiveTable(PageTables mm) {
        super(mm);
    }

    /** The root's level, from 0 for PTEs, counted as this walker counts levels. */
    abstract int rootLevel();

    /** What stands for an entry above the root. */
    abstract Ptp aboveRoot();

    /** The entry of a level for {@code addr}, below {@code upper}, which points to a table: {@code p?d_offset}. */
    abstract Ptp offset(int level, Ptp upper, int addr);

    /** The same, with a table where there is none: {@code p?d_alloc}. */
    abstract Ptp offsetAlloc(int level, Ptp upper, int addr);

    /** The page behind the entry of a level that maps {@code addr}, or the end of the range: {@code p?d_addr_end}. */
    abstract int addrEnd(int level, int addr, int end);

    /** Whether the level below is folded, so that an entry of this one is never none and never a leaf. */
    abstract boolean isAboveFolded(int level);

    /** {@code __p?d_alloc}. */
    abstract void alloc(Ptp ptp);

    /** {@code p?d_lock}. */
    final SpinLock lock(Ptp ptp) {
        SpinLock ptl = mm().lockOf(ptp);
        ptl.lock();
        return ptl;
    }

    /** What is done at an entry that points to no table: under its lock, if its mode asks for that. */
    private interface AtEntry {
        void at(Ptp ptp, int addr, long entry);
    }

    @Override
    public final void walk(int start, int end, Visitor visitor) {
        walkRange(rootLevel(), aboveRoot(), start, end, WalkMode.LOOK, (ptp, addr, entry) -> {
            if (entry != PtEntry.NONE) {
                see(0, addr, mm().order(ptp.level()), entry, end, visitor);
            }
        });
    }

    @Override
    final void change(int start, int end, Change change) {
        walkRange(rootLevel(), aboveRoot(), start, end, change.mode(), (ptp, _, entry) -> {
            if (change.concerns(entry)) {
                ptp.word().writeOnce(change.then().applyAsLong(entry));
            }
        });
    }

    /** {@code walk_pgd_range} to {@code walk_pmd_range}. */
    private void walkRange(int level, Ptp upper, int start, int end, WalkMode mode, AtEntry callback) {
        if (level == 0) {
            walkPteRange(upper, start, end, callback);
            return;
        }
        Ptp ptp = offset(level, upper, start);
        for (int addr = start, next; addr != end; ptp = ptp.next(), addr = next) {
            next = addrEnd(level, addr, end);
            if (isAboveFolded(level) || PtEntry.isTable(entry(ptp, addr, next, mode, callback))) {
                walkRange(level - 1, ptp, addr, next, mode, callback);
            }
        }
    }

    /** {@code walk_pte_range}. */
    private void walkPteRange(Ptp upper, int start, int end, AtEntry callback) {
        Ptp ptp = offset(0, upper, start);
        SpinLock ptl = lock(ptp);
        for (int addr = start; addr != end; ptp = ptp.next(), addr++) {
            callback.at(ptp, addr, ptp.word().readOnce());
        }
        ptl.unlock();
    }

    /** An entry of an upper level; it is done with, if it does not point to a table. */
    private long entry(Ptp ptp, int addr, int next, WalkMode mode, AtEntry callback) {
        long entry = fit(ptp, next - addr, mode);
        if (PtEntry.isTable(entry)) {
            return entry;
        }
        if (!mode.locks(entry)) {
            callback.at(ptp, addr, entry);
            return entry;
        }
        SpinLock ptl = lock(ptp); // pmd_trans_huge_lock
        entry = trustsValue() ? entry : ptp.word().readOnce();
        if (PtEntry.isTable(entry)) {
            mm().machine().reach(Marks.SPLIT_UNDER_WALKER);
        } else {
            callback.at(ptp, addr, entry);
        }
        ptl.unlock();
        return entry;
    }

    /** The value of an upper entry, which maps nothing outside of the part of the range if it must not. */
    private long fit(Ptp ptp, int part, WalkMode mode) {
        for (; ; ) {
            long entry = ptp.word().readOnce();
            if (PtEntry.isTable(entry) || !mode.fits(entry) || part == mm().size(ptp.level())) {
                return entry;
            }
            if (PtEntry.isLeaf(entry)) {
                mm().split(ptp);
            } else {
                alloc(ptp);
            }
        }
    }

    /** Whether the value that was read before the lock was held is believed. */
    abstract boolean trustsValue();

    /** Whether a huge page that is split before the copy has its locks is copied as the table that it is then. */
    abstract boolean copiesWhatWasSplit();

    @Override
    public final void copyRange(WalkedTable child, int start, int end, Visitor visitor) {
        new RecursiveCopy((RecursiveTable) child, this, visitor).copy(start, end);
    }
}
