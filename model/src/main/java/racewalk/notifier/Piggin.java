package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;

/**
 * Nick Piggin, "[patch] my mmu notifiers", 19 February 2008: {@code unmap} after each PTE is cleared, {@code
 * invalidate_range} beside the flushes of the TLB, nothing anywhere else; no begin and end, and nothing when a PTE
 * becomes more permissive. In a zap {@code invalidate_range} comes before the PT lock is dropped, so before the flush.
 *
 * <p>A fork has no call at all, though {@code dup_mmap} flushes the parent's TLBs.
 *
 * <p>A device has both callbacks, or {@code unmap} alone as the author's sample driver has. {@code invalidate_range}
 * alone is nobody's proposal: at a copy there is no call of it, and a full gather frees pages before it. Of it he wrote
 * on the same day: "If it is useless then it should go away".
 */
public class Piggin extends NotifierSites {

    /** {@code struct mmu_notifier_operations} of the patch. */
    public interface Ops extends Releasable {
        /** {@code unmap}: the PTE of {@code address} has been cleared, under the PT lock. */
        void unmap(int address);

        /**
         * {@code invalidate_range}: the TLBs forget {@code [start, end)}; under the PT lock in a zap and in a fault,
         * without it in mprotect.
         */
        void invalidateRange(int start, int end);

        /** {@code clear_young}: whether {@code address} was accessed since it was asked last. Under the PT lock. */
        boolean clearYoung(int address);
    }

    /** Which callbacks the registered devices have set. */
    public enum Callbacks {
        /** {@code unmap} and {@code invalidate_range}. */
        BOTH,
        /** {@code unmap} alone: {@code invalidate_range} is NULL. */
        UNMAP
    }

    private final NotifierList<Ops> chain;
    private final Callbacks callbacks;

    /** The notifier of one address space, for devices with these callbacks. */
    public Piggin(Machine machine, Callbacks callbacks) {
        this(new NotifierChain<>(machine), callbacks);
    }

    /** The notifier of one address space with that list, for devices with these callbacks. */
    public Piggin(NotifierList<Ops> chain, Callbacks callbacks) {
        this.chain = chain;
        this.callbacks = callbacks;
    }

    /** {@code mmu_notifier_register}, before the tasks start. */
    public final void register(Ops ops) {
        chain.register(ops);
    }

    /** {@code zap_pte_range}: {@code mmu_notifier_unmap} after {@code ptep_get_and_clear_full}. */
    @Override
    public void zapClearedPteLocked(int address) {
        unmap(address);
    }

    /** {@code zap_pte_range}: {@code mmu_notifier_invalidate_range} after the loop, before {@code pte_unmap_unlock}. */
    @Override
    public void zapClearedLeafLocked(int start, int end) {
        invalidateRange(start, end);
    }

    /**
     * {@code change_pte_range}: {@code mmu_notifier_unmap} between {@code ptep_get_and_clear} and {@code set_pte_at}.
     */
    @Override
    public void changeClearedPteLocked(int address) {
        unmap(address);
    }

    /**
     * {@code change_protection}: {@code mmu_notifier_invalidate_range} after {@code flush_tlb_range}, without the PT
     * lock.
     */
    @Override
    public void afterChangeFlush(int start, int end) {
        invalidateRange(start, end);
    }

    /** {@code do_wp_page}: {@code mmu_notifier_unmap} after {@code ptep_clear_flush}. */
    @Override
    public void cowClearedPteLocked(int address) {
        unmap(address);
    }

    /** {@code handle_pte_fault}: {@code mmu_notifier_invalidate_range} after the {@code flush_tlb_page}. */
    @Override
    public void spuriousFaultLocked(int address) {
        invalidateRange(address, address + 1);
    }

    /** {@code try_to_unmap_one}: {@code mmu_notifier_unmap} after {@code ptep_clear_flush}. */
    @Override
    public void rmapClearedPteLocked(int address) {
        unmap(address);
    }

    /** {@code page_mkclean_one}: {@code mmu_notifier_unmap} after {@code ptep_clear_flush}. */
    @Override
    public void mkcleanClearedPteLocked(int address) {
        unmap(address);
    }

    /** {@code exit_mmap}: {@code mmu_notifier_exit_mm} at its beginning. */
    @Override
    public void beforeExitMmap() {
        chain.release();
    }

    /** {@code page_referenced_one}: {@code mmu_notifier_clear_young} after {@code ptep_clear_flush_young}. */
    @Override
    public boolean agedPteLocked(int address) {
        return chain.ask(ops -> ops.clearYoung(address));
    }

    private void unmap(int address) {
        chain.call(ops -> ops.unmap(address));
    }

    private void invalidateRange(int start, int end) {
        if (callbacks == Callbacks.BOTH) {
            chain.call(ops -> ops.invalidateRange(start, end));
        }
    }
}
