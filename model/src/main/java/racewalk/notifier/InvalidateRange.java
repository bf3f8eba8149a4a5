package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import racewalk.mm.NotifierSites;

/**
 * {@code invalidate_range} of 2014 to 2023, for hardware that walks the CPUs' page tables: {@code
 * include/linux/mmu_notifier.h} and {@code Documentation/mm/mmu_notifier.rst} of those years, "invalidate_range()
 * already catches the points in time when an external TLB range needs to be flushed". A gather calls it when it has
 * flushed the TLBs and before it releases the pages ({@code tlb_flush_mmu_tlbonly}), {@code ptep_clear_flush_notify}
 * under the PT lock before the new entry is set, and the end of every range calls it once more.
 *
 * <p>Nobody calls it where a PTE becomes more permissive: "either generic kernel code or architecture specific code
 * needs to call the mmu notifier on permission upgrade. Currently that doesn't happen" (Alistair Popple, "[RFC PATCH v2
 * 0/3] Invalidate secondary IOMMU TLB on permission upgrade", 7 July 2023).
 *
 * <p>The calls are put into 2.6.24's functions; where a range ends is as in {@link Interval}. A device that has
 * invalidate_range needs no start and end, and has none here. SRCU is not seen by the machine.
 */
public final class InvalidateRange extends NotifierSites {

    private final List<PigginJuly.Ops> notifiers = new ArrayList<>();

    /** {@code mmu_notifier_register}, before the tasks start. */
    public void register(PigginJuly.Ops ops) {
        notifiers.add(ops);
    }

    /** {@code tlb_flush_mmu_tlbonly}: {@code mmu_notifier_invalidate_range} after {@code tlb_flush}. */
    @Override
    public void flushedGather(int start, int end) {
        invalidateRange(start, end);
    }

    /** {@code wp_page_copy}: {@code ptep_clear_flush_notify}, after the flush. */
    @Override
    public void cowClearedPteLocked(int address) {
        invalidateRange(address, address + 1);
    }

    /** {@code unmap_vmas}, {@code zap_page_range_single}: the end of the range. */
    @Override
    public void afterUnmapVmas(int start, int end) {
        invalidateRange(start, end);
    }

    /** {@code change_pud_range}: the end of the range, before the flush. */
    @Override
    public void beforeChangeFlush(int start, int end) {
        invalidateRange(start, end);
    }

    /** {@code copy_page_range}: the end of the range, before the flush. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        invalidateRange(start, end);
    }

    /** {@code wp_page_copy}: the end of the range. */
    @Override
    public void afterCow(int address) {
        invalidateRange(address, address + 1);
    }

    /** {@code ptep_clear_flush_young_notify}: {@code clear_flush_young}, which a driver may have beside it. */
    @Override
    public boolean agedPteLocked(int address) {
        boolean young = false;
        for (PigginJuly.Ops ops : notifiers) {
            young |= ops.clearFlushYoung(address);
        }
        return young;
    }

    private void invalidateRange(int start, int end) {
        notifiers.forEach(ops -> ops.invalidateRange(start, end));
    }
}
