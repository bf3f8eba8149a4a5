package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.mm.NotifierSites;

/**
 * Christoph Lameter, "[patch 1/6] mmu_notifier: Core code" and "[patch 2/6] mmu_notifier: Callbacks to invalidate
 * address ranges", 8 February 2008: a begin before the VM touches a range and an end when it is done, after it has
 * released the pages.
 *
 * <p>The contract: {@code invalidate_range_begin} clears all references in the range and stops new ones, {@code
 * invalidate_range_end} allows them again. "We can sleep if atomic == 0": the argument is 1 where a file is cut ({@code
 * details->i_mmap_lock}), and in {@code __unmap_hugepage_range} and {@code __xip_unmap}, which are not modelled. But
 * the callbacks run in an RCU read section, so they may not sleep whatever it says. {@code invalidate_page} has no such
 * argument: it comes under the PT lock.
 *
 * <p>How new references are stopped is the device's affair. Seed 001 supposes a mutex that the begin takes and the end
 * drops; the GRU counts the active ranges instead (Steiner, 19 February 2008), and only that is modelled.
 */
public class Lameter extends NotifierSites {

    /** {@code struct mmu_notifier_ops} of the patch. */
    public interface Ops extends Releasable {
        /**
         * {@code invalidate_range_begin}: drop all references in {@code [start, end)} and establish none until the end.
         */
        void invalidateRangeBegin(int start, int end);

        /** The same for who asks whether he is called "in an atomic context", where he may not sleep. */
        default void invalidateRangeBegin(int start, int end, boolean atomic) {
            invalidateRangeBegin(start, end);
        }

        /**
         * {@code invalidate_page}, of "[patch 3/6]": reclaim, or writeback of a file, has cleared the PTE, under the PT
         * lock.
         */
        default void invalidatePage(int address) {}

        /** {@code invalidate_range_end}: references may be established again. */
        void invalidateRangeEnd(int start, int end);

        /** The same for who asks. */
        default void invalidateRangeEnd(int start, int end, boolean atomic) {
            invalidateRangeEnd(start, end);
        }

        /** {@code age_page}: whether {@code address} was accessed since it was asked last. Under the PT lock. */
        boolean agePage(int address);
    }

    private final NotifierList<Ops> chain;

    /** The notifier of one address space. */
    public Lameter(Machine machine) {
        this(new NotifierChain<>(machine));
    }

    /** The notifier of one address space, with that list. */
    public Lameter(NotifierList<Ops> chain) {
        this.chain = chain;
    }

    /** The notifier of one address space, whose list is walked outside RCU, so that {@code atomic} says all. */
    public static Lameter outsideRcu() {
        return new Lameter(new FixedList<>());
    }

    /** {@code mmu_notifier_register}, before the tasks start. */
    public final void register(Ops ops) {
        chain.register(ops);
    }

    /** {@code unmap_region}: begin before {@code unmap_vmas}. */
    @Override
    public void beforeUnmapVmas(int start, int end) {
        begin(start, end);
    }

    /** {@code unmap_region}: end after {@code tlb_finish_mmu}. */
    @Override
    public void afterTlbFinish(int start, int end) {
        end(start, end);
    }

    /** {@code zap_page_range}: begin before {@code unmap_vmas}, with {@code details->i_mmap_lock != 0}. */
    @Override
    public void beforeZapPageRange(int start, int end, boolean atomic) {
        chain.call(ops -> ops.invalidateRangeBegin(start, end, atomic));
    }

    /** {@code zap_page_range}: end after {@code tlb_finish_mmu}. */
    @Override
    public void afterZapTlbFinish(int start, int end, boolean atomic) {
        chain.call(ops -> ops.invalidateRangeEnd(start, end, atomic));
    }

    /** {@code mprotect_fixup}: begin before {@code change_protection}. */
    @Override
    public void beforeChangeProtection(int start, int end) {
        begin(start, end);
    }

    /** {@code mprotect_fixup}: end after {@code change_protection}. */
    @Override
    public void afterChangeProtection(int start, int end) {
        end(start, end);
    }

    /** {@code copy_page_range}: begin before its loop, for {@code src_mm}. */
    @Override
    public void beforeCopyPageRange(int start, int end) {
        begin(start, end);
    }

    /** {@code copy_page_range}: end after its loop, which {@code return -ENOMEM} leaves without one. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        if (copied) {
            end(start, end);
        }
    }

    /** {@code do_wp_page}: begin once the new page is filled, before the PT lock. */
    @Override
    public void beforeCow(int address) {
        begin(address, address + 1);
    }

    /** {@code do_wp_page}: end after the PT lock was dropped. */
    @Override
    public void afterCow(int address) {
        end(address, address + 1);
    }

    /** {@code try_to_unmap_one}: {@code mmu_notifier(invalidate_page, mm, address)} after {@code ptep_clear_flush}. */
    @Override
    public void rmapClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidatePage(address));
    }

    /** {@code page_mkclean_one}: the same. */
    @Override
    public void mkcleanClearedPteLocked(int address) {
        chain.call(ops -> ops.invalidatePage(address));
    }

    /** {@code exit_mmap}: {@code mmu_notifier_release} at its beginning. */
    @Override
    public void beforeExitMmap() {
        chain.release();
    }

    /**
     * {@code page_referenced_one} in "[patch 3/6] mmu_notifier: invalidate_page callbacks" of the same day: {@code
     * ptep_clear_flush_young(…) | mmu_notifier_age_page(mm, address)}, so the devices are asked whatever the PTE says.
     */
    @Override
    public boolean agedPteLocked(int address) {
        return chain.ask(ops -> ops.agePage(address));
    }

    final void begin(int start, int end) {
        chain.call(ops -> ops.invalidateRangeBegin(start, end, false));
    }

    final void end(int start, int end) {
        chain.call(ops -> ops.invalidateRangeEnd(start, end, false));
    }
}
