package racewalk.walk;

import java.util.Set;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;

/**
 * {@code pte_offset_map_lock} of Linux 7.0, {@code mm/pgtable-generic.c}: the leaf table to which a PMD points is
 * mapped in an RCU read section, the lock named by that <em>value</em> of the PMD is taken, and the PMD is looked at
 * again. "So that a page table can be safely removed or replaced by THP while holding its lock." The lock is in the
 * table's page ({@code struct ptdesc}): who takes it when the page is free writes to what is another's.
 */
final class PteOffsetMap {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** There is no table any more where the caller has seen one. */
        NO_TABLE,
        /** When the lock has been taken the PMD has changed. */
        CHANGED
    }

    /** What a variant leaves out. */
    enum LeftOut {
        /** The second look at the PMD. */
        RECHECK,
        /** The RCU read section. */
        RCU,
        /** The callers' look at the result, which is NULL if there is no table. */
        NULL_CHECK,
        /**
         * All of them, as until 2023: the macro {@code pte_offset_map_lock} reads the PMD for the lock and again for
         * the table; "readers are allowed to READ_ONCE() an entry, verify that it is non-terminal, and then assume that
         * its value will stay as-is" (8d3c106e19e8).
         */
        ALL
    }

    /** A leaf table that is mapped, and the lock that has been taken for it. */
    record Mapped(PtPage table, SpinLock ptl) {}

    private final PageTables mm;
    private final TableReaders readers;
    private final Set<LeftOut> leftOut;

    /** The function, with something left out. */
    PteOffsetMap(PageTables mm, TableReaders readers, Set<LeftOut> leftOut) {
        this.mm = mm;
        this.readers = readers;
        this.leftOut = leftOut;
    }

    private boolean has(LeftOut part) {
        return !leftOut.contains(part) && !leftOut.contains(LeftOut.ALL);
    }

    /** Whether callers look at the result. */
    boolean callersCheckForNull() {
        return has(LeftOut.NULL_CHECK);
    }

    /** {@code pte_offset_map_lock}: null, and nothing is held, if the PMD points to no table. */
    Mapped lock(Ptp pmd) {
        if (leftOut.contains(LeftOut.ALL)) {
            return lock2022(pmd);
        }
        while (true) { // as often as others change the PMD
            long pmdval = map(pmd);
            if (!PtEntry.isTable(pmdval)) {
                mm.machine().reach(Marks.NO_TABLE);
                return null;
            }
            PtPage table = mm.tableOf(pmdval);
            Mapped mapped = new Mapped(table, table.ptl()); // pte_lockptr(mm, &pmdval)
            mapped.ptl.lock();
            if (!has(LeftOut.RECHECK) || pmd.word().readOnce() == pmdval) { // pmd_same
                return mapped;
            }
            mm.machine().reach(Marks.CHANGED);
            unlock(mapped);
        }
    }

    /** {@code __pte_offset_map}: the PMD, and if it points to a table, an RCU read section until {@link #unmap}. */
    long map(Ptp pmd) {
        if (has(LeftOut.RCU)) {
            readers.rcuReadLock();
        }
        long pmdval = pmd.word().readOnce();
        if (!PtEntry.isTable(pmdval)) {
            unmap();
        }
        return pmdval;
    }

    /** {@code pte_unmap}. */
    void unmap() {
        if (has(LeftOut.RCU)) {
            readers.rcuReadUnlock();
        }
    }

    /** {@code pte_unmap_unlock}. */
    void unlock(Mapped mapped) {
        mapped.ptl.unlock();
        unmap();
    }

    /** The macro of {@code include/linux/mm.h} until Linux 6.4 [R]. A PMD that is none leads nowhere. */
    private Mapped lock2022(Ptp pmd) {
        SpinLock ptl = tableOf(pmd).ptl(); // pte_lockptr(mm, pmd)
        PtPage table = tableOf(pmd); // pte_offset_map(pmd, address)
        ptl.lock();
        return new Mapped(table, ptl);
    }

    private PtPage tableOf(Ptp pmd) {
        long pmdval = pmd.word().readOnce();
        return PtEntry.isTable(pmdval) ? mm.tableOf(pmdval) : null;
    }
}
