package racewalk.notifier;

import racewalk.machine.Machine;

/**
 * v17 as it was changed in 2012, so that methods may sleep: Sagi Grimberg, "[PATCH] mmu_notifier: have mmu_notifiers
 * use SRCU so they may safely schedule", 4 April; Sagi Grimberg and Haggai Eran, "[PATCH V2 1/2] mm: Move all mmu
 * notifier invocations to be done outside the PT lock", 6 September, and "[PATCH V1 2/2] mm: Wrap calls to
 * set_pte_at_notify with invalidate_range_start and invalidate_range_end", 4 September. The calls are put into 2.6.24.
 *
 * <p>1/2 alone tells of a copy as {@link ArcangeliUnlocked} does. 2/2 takes that back, and has a start before the PT
 * lock and an end after it. {@code change_pte}, which stays under the PT lock, no device here has set.
 *
 * <p>{@code clear_flush_young} stays under the PT lock: neither patch is about it [R].
 *
 * <p>An SRCU read section forbids nothing. Where the list does not change while the tasks run there is nothing to see
 * of a walk for the machine; where it does, it is {@link CoreList} with SRCU.
 */
public final class MmuNotifierSrcu extends MmuNotifierCore {

    /** The notifier of one address space. */
    public MmuNotifierSrcu(Machine machine) {
        this(new FixedList<>());
    }

    /** The notifier of one address space, with that list. */
    public MmuNotifierSrcu(NotifierList<Ops> chain) {
        super(chain);
    }

    /** {@code do_wp_page}: start once the new page is filled, before the PT lock. */
    @Override
    public void beforeCow(int address) {
        start(address, address + 1);
    }

    /** {@code do_wp_page}: {@code ptep_clear_flush} tells nobody. */
    @Override
    public void cowClearedPteLocked(int address) {}

    /** {@code do_wp_page}: {@code old_page} is released last. */
    @Override
    public CowRelease cowRelease() {
        return CowRelease.OLD_PAGE_UNLOCKED;
    }

    /** {@code do_wp_page}: "Only call the end notifier if the begin was called." */
    @Override
    public void cowUnlocked(int address, boolean copied) {
        end(address, address + 1);
    }

    /** {@code try_to_unmap_one}: {@code ptep_clear_flush} tells nobody. */
    @Override
    public void rmapClearedPteLocked(int address) {}

    /** {@code try_to_unmap_one}: {@code if (ret != SWAP_FAIL)} after {@code pte_unmap_unlock}. */
    @Override
    public void afterTryToUnmapOne(int address, boolean unmapped) {
        if (unmapped) {
            invalidatePage(address);
        }
    }
}
