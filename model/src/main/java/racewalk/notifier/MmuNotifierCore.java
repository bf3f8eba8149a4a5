package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;

/**
 * Andrea Arcangeli, "[PATCH 001/001] mmu-notifier-core v17", 9 May 2008, as merged for 2.6.27: start and end inside
 * {@code unmap_vmas} and around {@code change_protection} and {@code copy_page_range}, and {@code invalidate_page} in
 * {@code ptep_clear_flush_notify}, under the PT lock. The methods run in an RCU read section.
 *
 * <p>The contract: "the establishment of sptes is forbidden in the range passed to invalidate_range_begin/end for the
 * whole duration". {@code unmap_vmas} ends it before {@code tlb_finish_mmu} has flushed the TLBs and released the
 * pages, although {@code invalidate_range_end} "is called when all pages in the range have been unmapped and the pages
 * have been freed by the VM". An end follows a {@code copy_page_range} that failed, too, other than in #v9.
 *
 * <p>{@code mmu_notifier_register} holds {@code mm_take_all_locks}, so it never falls between a start and its end: see
 * {@link CoreList}. A process that exits calls {@code mmu_notifier_release} before its {@code unmap_vmas}, and has no
 * notifiers then.
 */
public class MmuNotifierCore extends NotifierSites {

    /** {@code struct mmu_notifier_ops} of the patch. Called in atomic context. */
    public interface Ops extends Releasable {
        /** {@code invalidate_page}: the PTE of {@code address} has been cleared; its page is not yet released. */
        void invalidatePage(int address);

        /** {@code invalidate_range_start}: all pages of {@code [start, end)} are still mapped. */
        void invalidateRangeStart(int start, int end);

        /** {@code invalidate_range_end}: they have been unmapped. */
        void invalidateRangeEnd(int start, int end);

        /** {@code clear_flush_young}: whether {@code address} was accessed since it was asked last. */
        boolean clearFlushYoung(int address);
    }

    private final NotifierList<Ops> chain;

    /** The notifier of one address space. */
    public MmuNotifierCore(Machine machine) {
        this(new NotifierChain<>(machine));
    }

    /** The notifier of one address space, with that list. */
    public MmuNotifierCore(NotifierList<Ops> chain) {
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

    /** {@code unmap_vmas}: start before its loop. */
    @Override
    public final void beforeUnmapVmas(int start, int end) {
        start(start, end);
    }

    /** {@code unmap_vmas}: end after its loop. */
    @Override
    public final void afterUnmapVmas(int start, int end) {
        end(start, end);
    }

    /** {@code mprotect_fixup}: start before {@code change_protection}. */
    @Override
    public final void beforeChangeProtection(int start, int end) {
        start(start, end);
    }

    /** {@code mprotect_fixup}: end after {@code change_protection}. */
    @Override
    public final void afterChangeProtection(int start, int end) {
        end(start, end);
    }

    /** {@code copy_page_range}: start before its loop, for {@code src_mm}. */
    @Override
    public final void beforeCopyPageRange(int start, int end) {
        start(start, end);
    }

    /** {@code copy_page_range}: end after its loop, with {@code -ENOMEM} too. */
    @Override
    public final void afterCopyPageRange(int start, int end, boolean copied) {
        end(start, end);
    }

    /** {@code do_wp_page}: {@code ptep_clear_flush_notify}, after the flush. */
    @Override
    public void cowClearedPteLocked(int address) {
        call(ops -> ops.invalidatePage(address));
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

    /** {@code hmm_migrate_collect}, since 2016: start before the walk. */
    @Override
    public final void beforeMigrateCollect(int start, int end) {
        start(start, end);
    }

    /** {@code hmm_migrate_collect}: end after the walk. */
    @Override
    public final void afterMigrateCollect(int start, int end) {
        end(start, end);
    }

    /** {@code exit_mmap}: {@code mmu_notifier_release} at its beginning. */
    @Override
    public final void beforeExitMmap() {
        chain.release();
    }

    /** {@code mmu_notifier_invalidate_page}. */
    final void invalidatePage(int address) {
        call(ops -> ops.invalidatePage(address));
    }

    /** {@code ptep_clear_flush_young_notify}: {@code __young |= mmu_notifier_clear_flush_young(…)} after the flush. */
    @Override
    public final boolean agedPteLocked(int address) {
        boolean[] young = new boolean[1];
        call(ops -> young[0] |= ops.clearFlushYoung(address));
        return young[0];
    }

    /** {@code mmu_notifier_invalidate_range_start}. */
    final void start(int start, int end) {
        call(ops -> ops.invalidateRangeStart(start, end));
    }

    /** {@code mmu_notifier_invalidate_range_end}. */
    final void end(int start, int end) {
        call(ops -> ops.invalidateRangeEnd(start, end));
    }
}
