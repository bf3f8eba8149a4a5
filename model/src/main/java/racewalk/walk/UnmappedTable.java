package racewalk.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.walk.TableReaders.Freeing;

/**
 * {@code munmap}: {@code unmap_vmas}, {@code free_pgtables} and {@code tlb_finish_mmu} of Linux 7.0 under the mmap lock
 * held for writing, which keeps out all that walk but GUP-fast and the hardware. A CPU's hardware remembers where a PMD
 * leads (its paging-structure caches), so it may read a leaf table that is unlinked until they are invalidated.
 *
 * <p>The hardware reads the levels one by one; a walk whose upper levels are invalidated meanwhile begins again. The
 * TLB is left out.
 */
public final class UnmappedTable extends PteTable implements LocklessTable.HardwareWalked {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** What the hardware remembers is invalidated under its walk. */
        INVALIDATED
    }

    /** How many CPUs have caches. */
    private static final int CPUS = 3;

    private static final long INVALIDATED = -1;

    private final Freeing freeing;
    private final boolean invalidates;
    private final HardwareUnit mmu;
    private final List<Word[]> caches = new ArrayList<>();

    private UnmappedTable(Machine machine, String name, TableShape shape, Freeing freeing, boolean invalidates) {
        super(machine, name, shape, Set.of(), LockClass.MMAP_LOCK);
        this.freeing = freeing;
        this.invalidates = invalidates;
        this.mmu = machine.unit(name + ".mmu");
        for (int cpu = 0; cpu < CPUS; cpu++) {
            int pmds = shape.span() / shape.entries();
            caches.add(machine.words(name + ".walk cache" + cpu, pmds, PtEntry.NONE, PtEntry::show));
        }
    }

    /** The table of Linux 7.0. */
    public static WalkedTable today(Machine machine, String name, TableShape shape) {
        return new UnmappedTable(machine, name, shape, Freeing.SEMI_RCU, true);
    }

    /** The table without {@code CONFIG_MMU_GATHER_RCU_TABLE_FREE}, where TLBs are flushed by an interrupt. */
    public static WalkedTable byIpi(Machine machine, String name, TableShape shape) {
        return new UnmappedTable(machine, name, shape, Freeing.IPI, true);
    }

    /** The same where TLBs are flushed without an interrupt: planted. */
    public static WalkedTable atOnce(Machine machine, String name, TableShape shape) {
        return new UnmappedTable(machine, name, shape, Freeing.AT_ONCE, true);
    }

    /** The table of before {@code tlb_table_invalidate}. */
    public static WalkedTable withoutInvalidation(Machine machine, String name, TableShape shape) {
        return new UnmappedTable(machine, name, shape, Freeing.SEMI_RCU, false);
    }

    /** {@code unmap_region}: tables that the range covers are freed. */
    @Override
    public void clear(int start, int end) {
        lock.downWrite();
        zap(start, end); // unmap_vmas
        List<PtPage> tables = new ArrayList<>();
        for (int addr : wholeTables(start, end)) {
            freePteRange(addr, tables);
        }
        tlbFinishMmu(tables);
        lock.upWrite();
    }

    /** {@code free_pte_range}: no lock is taken for it. */
    private void freePteRange(int addr, List<PtPage> tables) {
        Ptp pmd = pmdOf(addr);
        if (pmd == null) {
            return;
        }
        long token = pmd.word().readOnce();
        if (PtEntry.isTable(token)) {
            pmd.word().writeOnce(PtEntry.NONE); // pmd_clear
            tables.add(mm.tableOf(token)); // pte_free_tlb
        }
    }

    /** {@code tlb_flush_mmu}: {@code tlb_table_invalidate}, {@code tlb_remove_table_free}. */
    private void tlbFinishMmu(List<PtPage> tables) {
        if (tables.isEmpty()) {
            return;
        }
        if (invalidates) {
            caches.forEach(cache -> mmu.step("invalidate the walk cache", () -> {
                for (Word pmd : cache) {
                    pmd.writeOnce(PtEntry.NONE);
                }
                return 0;
            }));
        }
        tables.forEach(table -> readers.free(table, freeing));
    }

    /** An access: what is remembered of the PMD is used, else the PMD is read and remembered. */
    @Override
    public long load(int address) {
        Ptp pmd = pmdOf(address);
        if (pmd == null) {
            return 0;
        }
        Word[] cache = caches.get(
                mm.machine().current().id() == Task.BOOT
                        ? 0
                        : mm.machine().current().id());
        Word remembered = cache[address / mm.size(1)];
        while (true) { // as often as it is invalidated
            long filled = mmu.step("hardware walk: PMD", () -> {
                if (remembered.readOnce() == PtEntry.NONE) {
                    remembered.writeOnce(pmd.word().readOnce());
                }
                return remembered.readOnce();
            });
            if (!PtEntry.isTable(filled)) {
                return 0;
            }
            long pte = mmu.step("hardware walk: PTE", () -> {
                long entry = remembered.readOnce();
                return PtEntry.isTable(entry) ? pte(mm.tableOf(entry), address).readOnce() : INVALIDATED;
            });
            if (pte != INVALIDATED) {
                return PtEntry.value(pte);
            }
            mm.machine().reach(Marks.INVALIDATED);
        }
    }
}
