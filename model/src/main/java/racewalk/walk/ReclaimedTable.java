package racewalk.walk;

import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.walk.PteOffsetMap.Mapped;
import racewalk.walk.TableReaders.Freeing;

/**
 * {@code madvise(MADV_DONTNEED)} that frees the leaf tables which it has emptied: {@code zap_pte_range} of {@code
 * mm/memory.c} and {@code mm/pt_reclaim.c}, "mm: pgtable: reclaim empty PTE page in madvise(MADV_DONTNEED)", Qi Zheng,
 * 6375e95f381e, as of Linux 6.14. Everybody holds the mmap lock for reading, so it is left out: what keeps a table is
 * the PT lock and RCU.
 */
public final class ReclaimedTable extends PteTable {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A table is unlinked under the PT lock under which it has been emptied. */
        DIRECT,
        /** The PMD's lock is not free. */
        PMD_LOCKED,
        /** Another task has put an entry into the table meanwhile. */
        NOT_EMPTY
    }

    /** What a variant leaves out. */
    public enum LeftOut {
        /** Nothing. */
        NOTHING,
        /**
         * That a table is looked at again if the PT lock was dropped before it was empty: until "mm: pgtable: fix
         * incorrect reclaim of non-empty PTE pages", Qi Zheng, 11 Feb 2025.
         */
        FALLBACK,
        /** The look whether it is still empty under both locks, in {@code try_to_free_pte}: planted. */
        EMPTY_CHECK,
        /** The PT lock in {@code try_to_free_pte}: planted. */
        PT_LOCK
    }

    private final LeftOut leftOut;
    private final Freeing freeing;

    private ReclaimedTable(
            Machine machine,
            String name,
            TableShape shape,
            Set<PteOffsetMap.LeftOut> map,
            LeftOut leftOut,
            Freeing freeing) {
        super(machine, name, shape, map, null);
        this.leftOut = leftOut;
        this.freeing = freeing;
    }

    /** The table of Linux 6.14. */
    public static WalkedTable today(Machine machine, String name, TableShape shape) {
        return without(LeftOut.NOTHING, machine, name, shape);
    }

    /** The table with something left out of its reclaim. */
    public static WalkedTable without(LeftOut leftOut, Machine machine, String name, TableShape shape) {
        return new ReclaimedTable(machine, name, shape, Set.of(), leftOut, Freeing.RCU);
    }

    /** The table before an empty table was always freed by RCU, "x86: mm: free page table pages by RCU ...". */
    public static WalkedTable semiRcu(Machine machine, String name, TableShape shape) {
        return new ReclaimedTable(machine, name, shape, Set.of(), LeftOut.NOTHING, Freeing.SEMI_RCU);
    }

    /** The table whose tables are freed at once: planted. */
    public static WalkedTable freedAtOnce(Machine machine, String name, TableShape shape) {
        return new ReclaimedTable(machine, name, shape, Set.of(), LeftOut.NOTHING, Freeing.AT_ONCE);
    }

    /** The table without the second look of {@code pte_offset_map_lock} at the PMD. */
    public static WalkedTable withoutRecheck(Machine machine, String name, TableShape shape) {
        return mapped(PteOffsetMap.LeftOut.RECHECK, machine, name, shape);
    }

    /** The table without the RCU read section of {@code pte_offset_map_lock}. */
    public static WalkedTable withoutRcu(Machine machine, String name, TableShape shape) {
        return mapped(PteOffsetMap.LeftOut.RCU, machine, name, shape);
    }

    /** The table whose callers do not look whether {@code pte_offset_map_lock} has succeeded. */
    public static WalkedTable withoutNullCheck(Machine machine, String name, TableShape shape) {
        return mapped(PteOffsetMap.LeftOut.NULL_CHECK, machine, name, shape);
    }

    /** The table with the {@code pte_offset_map_lock} of before 2023. */
    public static WalkedTable mappedAsIn2022(Machine machine, String name, TableShape shape) {
        return mapped(PteOffsetMap.LeftOut.ALL, machine, name, shape);
    }

    private static WalkedTable mapped(PteOffsetMap.LeftOut map, Machine machine, String name, TableShape shape) {
        return new ReclaimedTable(machine, name, shape, Set.of(map), LeftOut.NOTHING, Freeing.RCU);
    }

    /** {@code zap_pmd_range}. */
    @Override
    public void clear(int start, int end) {
        for (int addr = start; addr < end; ) {
            int next = mm.addrEnd(addr, end, 1);
            mm.machine().localsAre("zap_pmd_range " + addr);
            Ptp pmd = pmdOf(addr);
            if (pmd == null || pmd.word().readOnce() == PtEntry.NONE) {
                addr = next;
            } else {
                addr = zapPteRange(pmd, addr, next);
            }
        }
    }

    /** {@code zap_pte_range}: how far it has come. One {@code need_resched} in a range is enough [R]. */
    private int zapPteRange(Ptp pmd, int start, int end) {
        boolean canReclaimPt = end - start == mm.size(1); // reclaim_pt_is_enabled
        boolean directReclaim = true;
        boolean rescheduled = false;
        long pmdval = PtEntry.NONE;
        int addr = start;
        while (true) {
            Mapped pte = map.lock(pmd);
            if (pte == null && map.callersCheckForNull()) {
                return addr;
            }
            while (addr < end) {
                if (addr > start && !rescheduled && mm.machine().choose("need_resched", 2) == 1) {
                    rescheduled = true;
                    directReclaim = leftOut == LeftOut.FALLBACK;
                    break;
                }
                clear(pte.table(), addr++);
            }
            if (canReclaimPt && directReclaim && addr == end) {
                pmdval = tryGetAndClearPmd(pmd);
                directReclaim = pmdval != PtEntry.NONE;
            }
            map.unlock(pte);
            if (addr == end) {
                break;
            }
            mm.machine().localsAre("zap_pte_range " + start + " " + addr + " " + directReclaim); // cond_resched
        }
        if (canReclaimPt) {
            if (directReclaim) {
                mm.machine().reach(Marks.DIRECT);
                freePte(pmdval);
            } else {
                tryToFreePte(pmd, start);
            }
        }
        return addr;
    }

    /** {@code try_get_and_clear_pmd}: the PMD, none if its lock is not free. */
    private long tryGetAndClearPmd(Ptp pmd) {
        SpinLock pml = mm.lockOf(pmd);
        if (!pml.tryLock()) {
            mm.machine().reach(Marks.PMD_LOCKED);
            return PtEntry.NONE;
        }
        long pmdval = pmd.word().readOnce();
        pmd.word().writeOnce(PtEntry.NONE); // pmd_clear
        pml.unlock();
        return pmdval;
    }

    /** {@code free_pte}: {@code pte_free_tlb}, and {@code tlb_finish_mmu}. */
    private void freePte(long pmdval) {
        readers.free(mm.tableOf(pmdval), freeing);
    }

    /** {@code try_to_free_pte}. */
    private void tryToFreePte(Ptp pmd, int start) {
        SpinLock pml = mm.lockOf(pmd);
        pml.lock();
        long pmdval = map.map(pmd); // pte_offset_map_rw_nolock
        if (!PtEntry.isTable(pmdval)) {
            pml.unlock();
            return;
        }
        PtPage table = mm.tableOf(pmdval);
        if (leftOut != LeftOut.PT_LOCK) {
            table.ptl().lockNested(1);
        }
        boolean empty = leftOut == LeftOut.EMPTY_CHECK || isEmpty(table);
        map.unmap();
        if (empty) {
            pmd.word().writeOnce(PtEntry.NONE); // pmd_clear
        } else {
            mm.machine().reach(Marks.NOT_EMPTY);
        }
        if (leftOut != LeftOut.PT_LOCK) {
            table.ptl().unlock();
        }
        pml.unlock();
        if (empty) {
            freePte(pmdval);
        }
    }

    private static boolean isEmpty(PtPage table) {
        for (int index = 0; index < table.size(); index++) {
            if (table.entry(index).readOnce() != PtEntry.NONE) {
                return false;
            }
        }
        return true;
    }
}
