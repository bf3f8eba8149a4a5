package racewalk.notifier;

import racewalk.machine.Machine;

/**
 * v17 as it was from 2009 to 2012: Izik Eidus, "[PATCH 01/10] ksm: add mmu_notifier set_pte_at_notify()", 17 July 2009,
 * for 2.6.32. {@code do_wp_page} tells nobody when it clears the old entry ({@code ptep_clear_flush}), and tells by
 * {@code change_pte} when the new one is set, under the PT lock still, so that a secondary MMU may map the new page at
 * once.
 *
 * <p>"Some drivers don't have change_pte, so we must call invalidate_page in that case" ({@code
 * __mmu_notifier_change_pte}). KVM's drops the spte if the new entry is writable ({@code kvm_set_pte_rmapp}), which is
 * the same. Of a page that is copied for a VMA without write permission, whose spte it would change, nobody here has
 * one [R].
 */
public final class MmuNotifierChangePte extends MmuNotifierCore {

    /** The notifier of one address space. */
    public MmuNotifierChangePte(Machine machine) {
        super(machine);
    }

    /** {@code do_wp_page}: {@code ptep_clear_flush} tells nobody. */
    @Override
    public void cowClearedPteLocked(int address) {}

    /** {@code do_wp_page}: {@code set_pte_at_notify}. */
    @Override
    public void cowSetPteLocked(int address) {
        invalidatePage(address);
    }

    /** {@code do_wp_page}: {@code old_page} is released last. */
    @Override
    public CowRelease cowRelease() {
        return CowRelease.OLD_PAGE_UNLOCKED;
    }
}
