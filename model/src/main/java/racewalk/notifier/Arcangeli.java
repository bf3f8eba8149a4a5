package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;
import racewalk.mm.Protection;

/**
 * Andrea Arcangeli, "Re: [patch 1/6] mmu_notifier: Core code", 17 February 2008: every call under the PT lock, after
 * the PTE has been cleared or changed and before the VM drops its reference on the page. "Once the PT lock will be
 * released the pte will have its final value": at a copy the call comes between {@code ptep_clear_flush} and {@code
 * set_pte_at}.
 *
 * <p>Argued in seed 001: with these calls a secondary MMU without a page pin needs no begin and end, and its miss
 * handler is serialised by the PT lock alone.
 */
public class Arcangeli extends NotifierSites {

    /** {@code struct mmu_notifier_ops} of the patch. Called in atomic context. */
    public interface Ops extends Releasable {
        /** {@code invalidate_page}: the PTE of {@code address} has been cleared; its page is not yet released. */
        void invalidatePage(int address);

        /** {@code invalidate_pages}: the PTEs of {@code [start, end)}, all of one leaf, have been changed. */
        void invalidatePages(int start, int end);

        /** {@code mprotect_pages}: they allow what {@code protection} says; only {@link ArcangeliMprotect} calls it. */
        default void mprotectPages(int start, int end, Protection protection) {
            invalidatePages(start, end);
        }

        /** {@code age_page}: whether {@code address} was accessed since it was asked last. */
        boolean agePage(int address);
    }

    private final NotifierList<Ops> chain;

    /** The notifier of one address space. */
    public Arcangeli(Machine machine) {
        this(new NotifierChain<>(machine));
    }

    /** The notifier of one address space, with that list. */
    public Arcangeli(NotifierList<Ops> chain) {
        this.chain = chain;
    }

    /** {@code mmu_notifier_register}, before the tasks start. */
    public final void register(Ops ops) {
        chain.register(ops);
    }

    /** How the list is walked. */
    final void call(Consumer<Ops> function) {
        chain.call(function);
    }

    /** {@code zap_pte_range}: {@code mmu_notifier(invalidate_page, mm, addr)} after {@code ptep_get_and_clear_full}. */
    @Override
    public void zapClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidatePage(address));
    }

    /** {@code mmu_notifier(invalidate_pages, mm, start, end)}. */
    final void invalidatePages(int start, int end) {
        chain.call(ops -> ops.invalidatePages(start, end));
    }

    /** {@code change_pte_range}: {@code mmu_notifier(invalidate_pages, mm, start, addr)} after the loop. */
    @Override
    public void changedLeafLocked(int start, int end) {
        invalidatePages(start, end);
    }

    /** {@code copy_pte_range}: {@code mmu_notifier(invalidate_pages, vma->vm_mm, start, addr)} under both PT locks. */
    @Override
    public void copiedLeafLocked(int start, int end) {
        invalidatePages(start, end);
    }

    /** {@code ptep_clear_flush}: {@code mmu_notifier(invalidate_page, …)} inside it, after the flush. */
    @Override
    public void cowClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidatePage(address));
    }

    /** {@code try_to_unmap_one}: {@code ptep_clear_flush}, with the call inside it. */
    @Override
    public void rmapClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidatePage(address));
    }

    /** {@code page_mkclean_one}: {@code ptep_clear_flush}, with the call inside it. */
    @Override
    public void mkcleanClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidatePage(address));
    }

    /** {@code exit_mmap}: {@code mmu_notifier_release} after {@code tlb_finish_mmu}. */
    @Override
    public void afterExitMmap() {
        chain.release();
    }

    /**
     * {@code ptep_clear_flush_young} of {@code asm-generic}: {@code __young |= mmu_notifier_age_page(…)} inside it,
     * after the flush, whatever the PTE says.
     */
    @Override
    public boolean agedPteLocked(int address) {
        return chain.ask(ops -> ops.agePage(address));
    }
}
