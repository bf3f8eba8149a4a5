package racewalk.walk;

import java.util.Set;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.PageLock;
import racewalk.machine.RwSemaphore;
import racewalk.machine.SpinLock;
import racewalk.walk.PteOffsetMap.Mapped;
import racewalk.walk.TableReaders.Freeing;

/**
 * The table of a mapping of a file of which khugepaged has made a huge page: {@code mm/khugepaged.c}. Who walks holds
 * the mmap lock for reading, or like a truncation ({@link #clear}) only the file's {@code i_mmap_rwsem}; "page table
 * walks on address ranges mapped by VMAs can be done under" any one of them. There is one huge page, whose lock keeps
 * faults off.
 */
public abstract class RetractedTable extends PteTable implements LocklessTable.Retracted {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A table is retracted. */
        RETRACTED
    }

    final RwSemaphore iMmap;
    final PageLock folio;

    private RetractedTable(Machine machine, String name, TableShape shape, Set<PteOffsetMap.LeftOut> map) {
        super(machine, name, shape, map, LockClass.MMAP_LOCK);
        this.iMmap = machine.rwSemaphore(LockClass.I_MMAP, name + ".i_mmap_rwsem");
        this.folio = machine.pageLock(name + ".folio");
    }

    /** {@code filemap_fault} finds the page and locks it. */
    @Override
    final boolean fault(int address, long value) {
        folio.lock();
        boolean done = super.fault(address, value);
        folio.unlock();
        return done;
    }

    /** {@code unmap_mapping_range}, of a truncation. */
    @Override
    public final void clear(int start, int end) {
        iMmap.downRead();
        zap(start, end);
        iMmap.upRead();
    }

    /** {@code collapse_file} of Linux 7.0: the old pages are unmapped, and {@code retract_page_tables}. */
    static final class Today extends RetractedTable {

        private final Freeing freeing;

        private Today(Machine machine, String name, TableShape shape, Set<PteOffsetMap.LeftOut> map, Freeing freeing) {
            super(machine, name, shape, map);
            this.freeing = freeing;
        }

        @Override
        public void retract(int start, int end) {
            folio.lock();
            iMmap.downRead(); // try_to_unmap of each page: rmap_walk_file
            zap(start, end);
            iMmap.upRead();
            iMmap.downRead(); // retract_page_tables
            for (int addr : wholeTables(start, end)) {
                mm.machine().localsAre("retract_page_tables " + addr);
                retract(addr);
            }
            iMmap.upRead();
            folio.unlock();
        }

        /**
         * Of one PMD: "even though the old empty PTE page may be concurrently freed and a new PTE page is filled into
         * the pmd entry, it is still empty and can be removed. So here we only need to recheck if the state of pmd
         * entry still meets our requirements".
         */
        private void retract(int addr) {
            Ptp pmd = pmdOf(addr);
            if (pmd == null || !PtEntry.isTable(pmd.word().readOnce())) { // find_pmd_or_thp_or_none
                return;
            }
            SpinLock pml = mm.lockOf(pmd);
            pml.lock();
            long pgtPmd = pmd.word().readOnce();
            if (!PtEntry.isTable(pgtPmd)) { // check_pmd_state
                pml.unlock();
                return;
            }
            PtPage table = mm.tableOf(pgtPmd);
            table.ptl().lockNested(1);
            pmd.word().writeOnce(PtEntry.NONE); // pmdp_collapse_flush
            table.ptl().unlock();
            pml.unlock();
            mm.machine().reach(Marks.RETRACTED);
            readers.free(table, freeing); // pte_free_defer
        }
    }

    /**
     * {@code collapse_pte_mapped_thp} of Linux 6.0, with the mmap lock held for writing; in
     * "mm/khugepaged: take the right locks for page table retraction", Horn, 8d3c106e19e8, also i_mmap_rwsem.
     */
    static final class Of2022 extends RetractedTable {

        private final boolean locksMapping;
        private final Freeing freeing;

        private Of2022(Machine machine, String name, TableShape shape, boolean locksMapping, Freeing freeing) {
            super(machine, name, shape, Set.of(PteOffsetMap.LeftOut.ALL));
            this.locksMapping = locksMapping;
            this.freeing = freeing;
        }

        @Override
        public void retract(int start, int end) {
            lock.downWrite();
            for (int addr : wholeTables(start, end)) {
                mm.machine().localsAre("collapse_pte_mapped_thp " + addr);
                collapsePteMappedThp(addr);
            }
            lock.upWrite();
        }

        private void collapsePteMappedThp(int addr) {
            folio.lock();
            Ptp pmd = pmdOf(addr); // find_pmd_or_thp_or_none
            if (pmd == null || !PtEntry.isTable(pmd.word().readOnce())) {
                folio.unlock();
                return;
            }
            if (locksMapping) {
                iMmap.downWrite();
            }
            Mapped pte = map.lock(pmd);
            for (int page = addr; page < addr + mm.size(1); page++) {
                clear(pte.table(), page);
            }
            map.unlock(pte);
            collapseAndFreePmd(pmd);
            if (locksMapping) {
                iMmap.upWrite();
            }
            folio.unlock();
        }

        /** {@code collapse_and_free_pmd}, which has taken the PMD's lock until 8d3c106e19e8. */
        private void collapseAndFreePmd(Ptp pmd) {
            if (!locksMapping) {
                mm.lockOf(pmd).lock();
            }
            long pgtPmd = pmd.word().xchg(PtEntry.NONE); // pmdp_collapse_flush
            if (!locksMapping) {
                mm.lockOf(pmd).unlock();
            }
            mm.machine().reach(Marks.RETRACTED);
            readers.free(mm.tableOf(pgtPmd), freeing); // tlb_remove_table_sync_one, pte_free
        }
    }

    /** The table of Linux 7.0. */
    public static WalkedTable today(Machine machine, String name, TableShape shape) {
        return new Today(machine, name, shape, Set.of(), Freeing.RCU);
    }

    /** The same whose tables are freed as in 2022, after an IPI: planted. */
    public static WalkedTable todayWithIpi(Machine machine, String name, TableShape shape) {
        return new Today(machine, name, shape, Set.of(), Freeing.IPI);
    }

    /** The same whose walkers are those of 2022: planted. */
    public static WalkedTable todayWithOldWalkers(Machine machine, String name, TableShape shape) {
        return new Today(machine, name, shape, Set.of(PteOffsetMap.LeftOut.ALL), Freeing.RCU);
    }

    /** The table of Linux 6.0. */
    public static WalkedTable of2022(Machine machine, String name, TableShape shape) {
        return new Of2022(machine, name, shape, false, Freeing.AT_ONCE);
    }

    /** The table of 8d3c106e19e8. */
    public static WalkedTable rightLocks(Machine machine, String name, TableShape shape) {
        return new Of2022(machine, name, shape, true, Freeing.AT_ONCE);
    }

    /** The table of "mm/khugepaged: fix GUP-fast interaction by sending IPI", Horn, 2ba99c5e0881, too. */
    public static WalkedTable rightLocksAndIpi(Machine machine, String name, TableShape shape) {
        return new Of2022(machine, name, shape, true, Freeing.IPI);
    }
}
