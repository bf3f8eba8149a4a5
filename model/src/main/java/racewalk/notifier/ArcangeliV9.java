package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;

/**
 * Andrea Arcangeli's mmu notifiers #v9, 3 March 2008: Lameter's begin and end around the operations on ranges, and
 * {@code invalidate_page} inside {@code ptep_clear_flush_notify} where one PTE is changed, under the PT lock. Called
 * "1/4" in "[PATCH] 2/4 move all invalidate_page outside of PT lock (#v9 was 1/4)", 7 March 2008.
 *
 * <p>The places are those of #v8, as Nick Piggin's "[patch] mmu-v8: demacro", 3 March 2008, shows them; that #v9 has
 * the same is deduced from what 2/4 changes of it. {@code zap_page_range} has its end before {@code tlb_finish_mmu},
 * {@code unmap_region} after it. {@code copy_page_range} still returns {@code -ENOMEM} without an end: the line numbers
 * of the demacro patch leave room for that return.
 */
public class ArcangeliV9 extends NotifierSites {

    /** {@code struct mmu_notifier_ops} of the patch. Called in atomic context. */
    public interface Ops extends Releasable {
        /** {@code invalidate_page}: the PTE of {@code address} has been cleared; its page is not yet released. */
        void invalidatePage(int address);

        /** {@code invalidate_range_begin}: the VM is about to change {@code [start, end)}. */
        void invalidateRangeBegin(int start, int end);

        /** {@code invalidate_range_end}: it has done so. */
        void invalidateRangeEnd(int start, int end);

        /** {@code clear_flush_young}: whether {@code address} was accessed since it was asked last. */
        boolean clearFlushYoung(int address);
    }

    private final NotifierList<Ops> chain;

    /** The notifier of one address space. */
    public ArcangeliV9(Machine machine) {
        this(new NotifierChain<>(machine));
    }

    /** The notifier of one address space, with that list. */
    public ArcangeliV9(NotifierList<Ops> chain) {
        this.chain = chain;
    }

    /** {@code mmu_notifier_register}, before the tasks start. */
    public void register(Ops ops) {
        chain.register(ops);
    }

    /** How the list is walked. */
    void call(Consumer<Ops> function) {
        chain.call(function);
    }

    /** {@code zap_page_range}, {@code unmap_region}: begin before {@code unmap_vmas}. */
    @Override
    public final void beforeUnmapVmas(int start, int end) {
        begin(start, end);
    }

    /** {@code zap_page_range}: end before {@code tlb_finish_mmu}. */
    @Override
    public final void afterZapUnmapVmas(int start, int end) {
        end(start, end);
    }

    /** {@code unmap_region}: end after {@code tlb_finish_mmu}. */
    @Override
    public final void afterRegionTlbFinish(int start, int end) {
        end(start, end);
    }

    /** {@code mprotect_fixup}: begin before {@code change_protection}. */
    @Override
    public final void beforeChangeProtection(int start, int end) {
        begin(start, end);
    }

    /** {@code mprotect_fixup}: end after {@code change_protection}. */
    @Override
    public final void afterChangeProtection(int start, int end) {
        end(start, end);
    }

    /** {@code copy_page_range}: begin before its loop, for {@code src_mm}. */
    @Override
    public final void beforeCopyPageRange(int start, int end) {
        begin(start, end);
    }

    /** {@code copy_page_range}: end after its loop, which {@code return -ENOMEM} leaves without one. */
    @Override
    public final void afterCopyPageRange(int start, int end, boolean copied) {
        if (copied) {
            end(start, end);
        }
    }

    /** {@code do_wp_page}: {@code ptep_clear_flush_notify}, after the flush. */
    @Override
    public void cowClearedPteLocked(int address) {
        invalidatePage(address);
    }

    /** {@code try_to_unmap_one}: {@code ptep_clear_flush_notify}, after the flush. */
    @Override
    public void rmapClearedPteLocked(int address) {
        invalidatePage(address);
    }

    /** {@code page_mkclean_one}: {@code ptep_clear_flush_notify}, after the flush. */
    @Override
    public void mkcleanClearedPteLocked(int address) {
        invalidatePage(address);
    }

    /** {@code exit_mmap}: {@code mmu_notifier_release} at its beginning, as #v10 has it [R]. */
    @Override
    public final void beforeExitMmap() {
        chain.release();
    }

    /** {@code ptep_clear_flush_young_notify}: {@code __young |= mmu_notifier_clear_flush_young(…)} after the flush. */
    @Override
    public boolean agedPteLocked(int address) {
        return clearFlushYoung(address);
    }

    /** {@code mmu_notifier_clear_flush_young}: all are asked. */
    final boolean clearFlushYoung(int address) {
        boolean[] young = new boolean[1];
        call(ops -> young[0] |= ops.clearFlushYoung(address));
        return young[0];
    }

    /** {@code mmu_notifier_invalidate_page}. */
    final void invalidatePage(int address) {
        call(ops -> ops.invalidatePage(address));
    }

    private void begin(int start, int end) {
        call(ops -> ops.invalidateRangeBegin(start, end));
    }

    private void end(int start, int end) {
        call(ops -> ops.invalidateRangeEnd(start, end));
    }
}
