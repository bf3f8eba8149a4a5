package racewalk.walk;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.RefCount;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.SpinLock;
import racewalk.walk.TableReaders.Freeing;

/**
 * A table that two processes share, as hugetlbfs has it ({@code huge_pmd_share}, {@code huge_pmd_unshare} of {@code
 * mm/hugetlb.c}): the entries above it are PUDs, its own are PMDs of huge pages. The first of each two leaf tables'
 * ranges is one process's view of a part of a file, the second another process's; here both are in one table. While a
 * table is shared its entries are not changed, as that would be seen in both, and it is given up as a whole.
 *
 * <p>Who sets or reads an entry holds the i_mmap lock for reading, who unmaps it for writing; hugetlb's VMA lock and
 * its own {@code huge_pte_offset} are left out.
 */
public final class SharedTable extends PteTable {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A process gives up the table that it shares with the other one. */
        UNSHARED
    }

    /** Between {@code pud_clear} and the end of the sharing. */
    private enum Unshare {
        /** Nothing is waited for: until "mm/hugetlb: fix huge_pmd_unshare() vs GUP-fast race", Horn, 1013af4f585f. */
        AT_ONCE,
        /** {@code tlb_remove_table_sync_one}. */
        IPI
    }

    private final Unshare unshare;
    private final List<RefCount> shareCounts;

    private SharedTable(Machine machine, String name, TableShape shape, Unshare unshare) {
        super(machine, name, shape, Set.of(), LockClass.HUGETLB_I_MMAP);
        this.unshare = unshare;
        this.shareCounts = IntStream.range(0, shape.directories())
                .mapToObj(table -> machine.refCount(name + ".table" + table + ".pt_share_count", 0))
                .toList();
    }

    /** The table of today. */
    public static WalkedTable today(Machine machine, String name, TableShape shape) {
        return new SharedTable(machine, name, shape, Unshare.IPI);
    }

    /** The table of before 1013af4f585f. */
    public static WalkedTable withoutIpi(Machine machine, String name, TableShape shape) {
        return new SharedTable(machine, name, shape, Unshare.AT_ONCE);
    }

    /** {@code huge_pmd_share}: the other process's table, if it has one. */
    @Override
    void alloc(Ptp pmd, int address) {
        int other = address ^ mm.size(1);
        Ptp otherPmd = other < mm.shape().span() ? pmdOf(other) : null;
        long entry = otherPmd == null ? PtEntry.NONE : otherPmd.word().readOnce();
        if (!PtEntry.isTable(entry)) {
            super.alloc(pmd, address);
            return;
        }
        RefCount shareCount = shareCounts.get(mm.tableOf(entry).number());
        shareCount.inc(); // ptdesc_pmd_pts_inc
        mm.lockOf(pmd).lock();
        if (pmd.word().readOnce() == PtEntry.NONE) {
            mm.populate(pmd, mm.tableOf(entry));
        } else {
            shareCount.decAndTest();
        }
        mm.lockOf(pmd).unlock();
    }

    /** Under {@code huge_pte_lock}. */
    @Override
    void set(PtPage table, int address, long value) {
        boolean shared = shareCounts.get(table.number()).read() != 0;
        if (shared && pte(table, address).readOnce() != PtEntry.leaf(value)) {
            throw new ScopeExceeded("another entry in a table that is shared is not modelled");
        }
        super.set(table, address, value);
    }

    /** {@code __unmap_hugepage_range}, and {@code hugetlb_free_pgd_range} of a whole table. */
    @Override
    public void clear(int start, int end) {
        lock.downWrite();
        for (int addr = start; addr < end; addr = mm.addrEnd(addr, end, 1)) {
            int next = mm.addrEnd(addr, end, 1);
            mm.machine().localsAre("__unmap_hugepage_range " + addr);
            Ptp pmd = pmdOf(addr);
            if (pmd != null && PtEntry.isTable(pmd.word().readOnce())) {
                unmap(pmd, addr, next);
            }
        }
        lock.upWrite();
    }

    private void unmap(Ptp pmd, int start, int end) {
        PtPage table = mm.tableOf(pmd.word().readOnce());
        SpinLock ptl = table.ptl();
        ptl.lock();
        boolean whole = end - start == mm.size(1);
        boolean shared = hugePmdUnshare(pmd, table, whole);
        for (int addr = start; !shared && addr < end; addr++) {
            clear(table, addr);
        }
        ptl.unlock();
        if (!shared && whole) {
            pmd.word().writeOnce(PtEntry.NONE); // pud_clear
            readers.free(table, Freeing.RCU); // pmd_free_tlb
        }
    }

    /** {@code huge_pmd_unshare}: false if the table is not shared. */
    private boolean hugePmdUnshare(Ptp pmd, PtPage table, boolean whole) {
        RefCount shareCount = shareCounts.get(table.number());
        if (shareCount.read() == 0) {
            return false;
        }
        if (!whole) {
            throw new ScopeExceeded("a part of a table that is shared is not unmapped");
        }
        pmd.word().writeOnce(PtEntry.NONE); // pud_clear
        if (unshare == Unshare.IPI) {
            readers.syncOne();
        }
        shareCount.decAndTest(); // ptdesc_pmd_pts_dec
        mm.machine().reach(Marks.UNSHARED);
        return true;
    }

    /** {@code gup_fast_pmd_leaf} looks again at the entry itself, and not at the one above it. */
    @Override
    boolean looksAgainAtPmd() {
        return false;
    }

    @Override
    public void finish() {
        clear(0, mm.shape().span());
        super.finish();
    }
}
