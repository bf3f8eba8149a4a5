package racewalk.notifier;

/**
 * Christoph Lameter, "Notifier for Externally Mapped Memory (EMM) V1", 5 March 2008: {@link Emm} two days later. Every
 * start has its end, also in {@code page_mkclean_one} where the page was not found ({@code goto out_notifier}) and in
 * {@code copy_page_range} with {@code -ENOMEM}; that of {@code zap_page_range} comes after {@code tlb_finish_mmu}, and
 * a device is asked of a page that a CPU has accessed, too. The end of {@code copy_page_range} is of what the loop has
 * left over of the range, still.
 */
public final class EmmV1 extends Emm {

    /** {@code zap_page_range}: nothing before {@code tlb_finish_mmu}. */
    @Override
    public void afterZapUnmapVmas(int start, int end) {}

    /** {@code zap_page_range}: end after {@code tlb_finish_mmu}. */
    @Override
    public void afterZapTlbFinish(int start, int end, boolean atomic) {
        emmNotify(Operation.INVALIDATE_END, start, end);
    }

    /** {@code copy_page_range}: end after its loop, which {@code break} leaves with {@code -ENOMEM}. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        emmNotify(Operation.INVALIDATE_END, copied ? end : start, end);
    }

    /** {@code page_mkclean_one}: end at {@code out_notifier}. */
    @Override
    public void afterPageMkcleanOne(int address, boolean mapped, boolean cleaned) {
        emmNotify(Operation.INVALIDATE_END, address, address + 1);
    }

    /** {@code page_referenced_one}: after the PT lock was dropped, whatever the PTE said. */
    @Override
    public boolean agedUnlocked(int address, boolean referenced) {
        return emmNotify(Operation.REFERENCED, address, address + 1) != 0;
    }
}
