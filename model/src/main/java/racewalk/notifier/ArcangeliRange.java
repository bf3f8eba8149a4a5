package racewalk.notifier;

import racewalk.machine.Machine;

/**
 * Planted: {@link Arcangeli} with one {@code invalidate_pages} for the whole range of a zap, under the PT lock of its
 * last leaf table. That is what Lameter took it for, "Re: [PATCH] mmu notifiers #v5", 31 January 2008: "pt lock cannot
 * serialize with invalidate_range since it is split. A range requires locking for a series of ptes not only individual
 * ones." The answer: "I never call invalidate_pages outside the PT lock specific for that 4k pagetable."
 */
public final class ArcangeliRange extends Arcangeli {

    /** The notifier of one address space. */
    public ArcangeliRange(Machine machine) {
        super(machine);
    }

    /** {@code zap_pte_range}: nothing in the loop. */
    @Override
    public void zapClearedPteLocked(int address) {}

    /** {@code zap_pte_range} of the last table: one call for all of them. */
    @Override
    public void zapClearedRange(int start, int end) {
        invalidatePages(start, end);
    }
}
