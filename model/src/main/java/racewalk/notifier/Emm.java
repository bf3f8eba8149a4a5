package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import racewalk.mm.NotifierSites;

/**
 * Christoph Lameter, "[RFC] Notifier for Externally Mapped Memory (EMM)", 3 March 2008: one function for every
 * operation, called at the start and at the end of each; no {@code invalidate_page}, no RCU, and no way to unregister
 * but the process's exit. The list is singly linked, and the first function that does not return 0 ends its walk. It
 * was posted again two days later: {@link EmmV1}.
 *
 * <p>{@code zap_page_range} has its end before {@code tlb_finish_mmu}, {@code unmap_region} after it. In {@code
 * copy_page_range} the loop has moved {@code addr} to {@code end} by the time of {@code emm_notify(src_mm,
 * emm_invalidate_end, addr, end)}: that end is of an empty range, and with {@code -ENOMEM} there is none.
 *
 * <p>Where notifiers are registered before the tasks start there is nothing to see of a walk for the machine; else the
 * list is {@link EmmList}.
 */
public class Emm extends NotifierSites {

    /** {@code enum emm_operations}. */
    public enum Operation {
        /** {@code emm_invalidate_start}: before the VM unmaps pages. */
        INVALIDATE_START,
        /** {@code emm_invalidate_end}: after the VM unmapped pages. */
        INVALIDATE_END,
        /** {@code emm_release}: the process exits. */
        RELEASE,
        /** {@code emm_referenced}: "Check if a range was referenced". */
        REFERENCED
    }

    /** {@code struct emm_notifier}. */
    public interface Ops extends Releasable {
        /** {@code func}: 0, or else no later notifier of the list hears of it. */
        int func(Operation operation, int start, int end);
    }

    private final List<Ops> notifiers = new ArrayList<>();
    private final EmmList changing;

    /** The notifier of one address space. */
    public Emm() {
        this(null);
    }

    /** The notifier of one address space, with that list; null if it does not change while the tasks run. */
    public Emm(EmmList changing) {
        this.changing = changing;
    }

    /** {@code emm_notifier_register}, before the tasks start: at the head of the list. */
    public final void register(Ops ops) {
        notifiers.addFirst(ops);
    }

    /** {@code zap_page_range}, {@code unmap_region}: start before {@code unmap_vmas}. */
    @Override
    public final void beforeUnmapVmas(int start, int end) {
        emmNotify(Operation.INVALIDATE_START, start, end);
    }

    /** {@code zap_page_range}: end before {@code tlb_finish_mmu}. */
    @Override
    public void afterZapUnmapVmas(int start, int end) {
        emmNotify(Operation.INVALIDATE_END, start, end);
    }

    /** {@code unmap_region}: end after {@code tlb_finish_mmu}. */
    @Override
    public final void afterRegionTlbFinish(int start, int end) {
        emmNotify(Operation.INVALIDATE_END, start, end);
    }

    /** {@code mprotect_fixup}: start before {@code change_protection}. */
    @Override
    public final void beforeChangeProtection(int start, int end) {
        emmNotify(Operation.INVALIDATE_START, start, end);
    }

    /** {@code mprotect_fixup}: end after {@code change_protection}. */
    @Override
    public final void afterChangeProtection(int start, int end) {
        emmNotify(Operation.INVALIDATE_END, start, end);
    }

    /** {@code copy_page_range}: start before its loop, for {@code src_mm}. */
    @Override
    public final void beforeCopyPageRange(int start, int end) {
        emmNotify(Operation.INVALIDATE_START, start, end);
    }

    /** {@code copy_page_range}: the end of nothing after its loop, which {@code return -ENOMEM} leaves without one. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        if (copied) {
            emmNotify(Operation.INVALIDATE_END, end, end);
        }
    }

    /** {@code do_wp_page}: start once the new page is filled, before the PT lock. */
    @Override
    public final void beforeCow(int address) {
        emmNotify(Operation.INVALIDATE_START, address, address + 1);
    }

    /** {@code do_wp_page}: end after the PT lock was dropped. */
    @Override
    public final void afterCow(int address) {
        emmNotify(Operation.INVALIDATE_END, address, address + 1);
    }

    /** {@code try_to_unmap_one}: start, "rmap lock held". */
    @Override
    public final void beforeTryToUnmapOne(int address) {
        emmNotify(Operation.INVALIDATE_START, address, address + 1);
    }

    /** {@code try_to_unmap_one}: end, whether or not a PTE was found. */
    @Override
    public final void afterTryToUnmapOne(int address, boolean unmapped) {
        emmNotify(Operation.INVALIDATE_END, address, address + 1);
    }

    /** {@code page_mkclean_one}: start, "rmap lock held". */
    @Override
    public final void beforePageMkcleanOne(int address) {
        emmNotify(Operation.INVALIDATE_START, address, address + 1);
    }

    /**
     * {@code page_mkclean_one}: end after {@code pte_unmap_unlock}. The {@code goto out} where the page was not found
     * passes it by, other than in {@code try_to_unmap_one}.
     */
    @Override
    public void afterPageMkcleanOne(int address, boolean mapped, boolean cleaned) {
        if (mapped) {
            emmNotify(Operation.INVALIDATE_END, address, address + 1);
        }
    }

    /** {@code exit_mmap}: release at its beginning. */
    @Override
    public final void beforeExitMmap() {
        if (changing != null) {
            changing.release();
        }
    }

    /**
     * {@code page_referenced_one}: after the PT lock was dropped, and only "if (!referenced)": a device is not asked of
     * a page that a CPU has accessed, and then still says so the next time. Nor are those behind the first that does.
     */
    @Override
    public boolean agedUnlocked(int address, boolean referenced) {
        return !referenced && emmNotify(Operation.REFERENCED, address, address + 1) != 0;
    }

    /** {@code __emm_notify}: the first answer that is not 0. */
    final int emmNotify(Operation operation, int start, int end) {
        if (changing != null) {
            return changing.emmNotify(ops -> ops.func(operation, start, end));
        }
        for (Ops ops : notifiers) {
            int answer = ops.func(operation, start, end);
            if (answer != 0) {
                return answer;
            }
        }
        return 0;
    }
}
