package racewalk.notifier;

import racewalk.machine.Machine;

/**
 * {@link Arcangeli} with {@code invalidate_pages} in the zap, too: one call for a leaf table, under its PT lock, after
 * the loop, as the patch has it in {@code change_pte_range} and {@code copy_pte_range}. The patch's zap calls {@code
 * invalidate_page} for each PTE; that the other would do is what this is to find out [R].
 *
 * <p>"This will require a callback on every(!) removal of a pte", Lameter, "Re: [PATCH] mmu notifiers #v5", 31 January
 * 2008; "my patch can be orders of magnitude more efficient for GRU thanks to the invalidate_pages optimization.
 * Christoph complained about having to call one method per pte", Arcangeli in seed 001.
 */
public final class ArcangeliPages extends Arcangeli {

    /** The notifier of one address space. */
    public ArcangeliPages(Machine machine) {
        super(machine);
    }

    /** {@code zap_pte_range}: nothing in the loop. */
    @Override
    public void zapClearedPteLocked(int address) {}

    /** {@code zap_pte_range}: {@code mmu_notifier(invalidate_pages, mm, start, addr)} after the loop. */
    @Override
    public void zapClearedLeafLocked(int start, int end) {
        invalidatePages(start, end);
    }
}
