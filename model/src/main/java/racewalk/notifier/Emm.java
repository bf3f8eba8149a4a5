package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import racewalk.mm.NotifierSites;

/**
 * Christoph Lameter, "[RFC] Notifier for Externally Mapped Memory (EMM)", 3 March 2008: one function for every
 * operation, called at the start and at the end of each; no {@code invalidate_page}, no RCU, and no way to unregister
 * but the process's exit. The list is singly linked, and the first function that does not return 0 ends its walk.
 *
 * <p>{@code zap_page_range} has its end before {@code tlb_finish_mmu}, {@code unmap_region} after it. In {@code
 * copy_page_range} the loop has moved {@code addr} to {@code end} by the time of {@code emm_notify(src_mm,
 * emm_invalidate_end, addr, end)}: that end is of an empty range, and with {@code -ENOMEM} there is none.
 *
 * <p>Of a walk there is nothing to see for the machine: registration needs the mmap lock for write, and the tasks here
 * start after it.
 */
public class Emm extends NotifierSites {

    /** {@code enum emm_operations}, but for {@code emm_release} and {@code emm_referenced}. */
    public enum Operation {
        /** {@code emm_invalidate_start}: before the VM unmaps pages. */
        INVALIDATE_START,
        /** {@code emm_invalidate_end}: after the VM unmapped pages. */
        INVALIDATE_END
    }

    /** {@code struct emm_notifier}. */
    public interface Ops {
        /** {@code func}: 0, or else no later notifier of the list hears of it. */
        int func(Operation operation, int start, int end);
    }

    private final List<Ops> notifiers = new ArrayList<>();

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
    public final void afterZapUnmapVmas(int start, int end) {
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
    public final void afterCopyPageRange(int start, int end, boolean copied) {
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

    /** {@code __emm_notify}. */
    private void emmNotify(Operation operation, int start, int end) {
        for (Ops ops : notifiers) {
            if (ops.func(operation, start, end) != 0) {
                return;
            }
        }
    }
}
