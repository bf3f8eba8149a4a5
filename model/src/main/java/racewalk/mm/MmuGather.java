package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Mark;

/**
 * {@code struct mmu_gather} of {@code asm-generic/tlb.h}, 2.6.24 on SMP: the pages and tables that a zap has unlinked
 * wait here until the TLBs have been flushed. One task's local variable.
 *
 * <p>A full batch is flushed and freed at once, in the middle of {@code zap_pte_range}'s loop and under its PT lock.
 *
 * <p>On x86 {@code __pte_free_tlb} is {@code tlb_remove_page}, so tables count towards {@code FREE_PTE_NR} there; here
 * only pages do.
 */
public class MmuGather {

    /** Branches of the gather. */
    public enum Marks implements Mark {
        /** A batch was full and its pages were freed before the zap was over. */
        BATCH_FULL
    }

    private final AddressSpace mm;
    private final TlbFlush tlbFlush;
    private final List<Page> pages = new ArrayList<>();
    private final List<PageTable.Leaf> leaves = new ArrayList<>();
    private boolean needFlush;

    /** {@code tlb_gather_mmu}. */
    public MmuGather(AddressSpace mm, TlbFlush tlbFlush) {
        this.mm = mm;
        this.tlbFlush = tlbFlush;
    }

    /** {@code tlb_remove_page}: takes over the reference of the PTE that was cleared. */
    public final void removePage(Page page) {
        needFlush = true;
        pages.add(page);
        if (pages.size() >= mm.gatherBatch()) {
            mm.machine().reach(Marks.BATCH_FULL);
            flushMmu();
        }
    }

    /** {@code pte_free_tlb}: takes over a leaf whose directory entry was cleared. */
    public final void removeLeaf(PageTable.Leaf leaf) {
        needFlush = true;
        leaves.add(leaf);
    }

    /** {@code tlb_finish_mmu}. */
    public final void finish() {
        flushMmu();
    }

    /** {@code tlb_flush_mmu}: first no CPU can reach the pages, then they are released. */
    protected void flushMmu() {
        if (!needFlush) {
            return;
        }
        needFlush = false;
        flushTlb();
        freeAll();
    }

    /** {@code tlb_flush_mmu_tlbonly}: the pages wait still. */
    final void flushMmuTlbonly() {
        needFlush = false;
        flushTlb();
    }

    /** {@code tlb_flush_mmu_free}. */
    final void flushMmuFree() {
        freeAll();
    }

    /** {@code tlb_flush}, on x86. */
    protected final void flushTlb() {
        tlbFlush.flushGather();
    }

    /** {@code free_pages_and_swap_cache}, and the tables. */
    protected final void freeAll() {
        pages.forEach(mm.memory()::putPage);
        pages.clear();
        leaves.forEach(mm::freeTable);
        leaves.clear();
    }
}
