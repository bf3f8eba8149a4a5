package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;

/**
 * Nick Piggin, the patch in "MMU notifiers review and some proposals", 24 July 2008: one callback, {@code
 * invalidate_range}, in "our traditional style of TLB invalidation": PTEs are changed, TLBs are shot down, pages are
 * freed. It was made against the notifiers in the -mm tree of that month; its calls are put into 2.6.24 here, whose
 * functions have the same order at these places [R].
 *
 * <p>A zap has its call before {@code tlb_finish_mmu}. A gather that is full before that is flushed and freed by {@code
 * tlb_remove_page}, where the patch has no call. {@code unmap_vmas} has one where it finishes a gather early to let
 * others run, but {@link racewalk.mm.Unmap} does not finish early.
 *
 * <p>The PT lock is dropped before the call, so under {@code MADV_DONTNEED} a fault may map another page first. Devices
 * are then as stale as the CPUs' TLBs are until the flush, though the patch says "the address can't be repopulated".
 */
public final class PigginJuly extends NotifierSites {

    /** {@code struct mmu_notifier_ops} of the patch, but for release. */
    public interface Ops {
        /** {@code invalidate_range}: TLBs forget {@code [start, end)}; at a copy under the PT lock, else without. */
        void invalidateRange(int start, int end);

        /** {@code clear_flush_young}, which the patch leaves as it was. */
        boolean clearFlushYoung(int address);
    }

    private final NotifierChain<Ops> chain;

    /** The notifier of one address space. */
    public PigginJuly(Machine machine) {
        this.chain = new NotifierChain<>(machine);
    }

    /** {@code mmu_notifier_register}, before the tasks start. */
    public void register(Ops ops) {
        chain.register(ops);
    }

    /** {@code zap_page_range}, {@code unmap_region}: before {@code tlb_finish_mmu}. */
    @Override
    public void beforeTlbFinish(int start, int end) {
        chain.call(ops -> ops.invalidateRange(start, end));
    }

    /** {@code mprotect_fixup}: after {@code change_protection}. */
    @Override
    public void afterChangeProtection(int start, int end) {
        chain.call(ops -> ops.invalidateRange(start, end));
    }

    /** {@code copy_page_range}: after its loop, with {@code -ENOMEM} too. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        chain.call(ops -> ops.invalidateRange(start, end));
    }

    /** {@code ptep_clear_flush_notify} in {@code try_to_unmap_one}: after the flush [R]. */
    @Override
    public void rmapClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidateRange(address, address + 1));
    }

    /** {@code ptep_clear_flush_notify} in {@code do_wp_page}: after the flush. */
    @Override
    public void cowClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidateRange(address, address + 1));
    }

    /** {@code ptep_clear_flush_young_notify}: {@code clear_flush_young}, after the flush. */
    @Override
    public boolean agedPteLocked(int address) {
        return chain.ask(ops -> ops.clearFlushYoung(address));
    }
}
