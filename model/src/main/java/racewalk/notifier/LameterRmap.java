package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.ReadSection;
import racewalk.mm.Page;

/**
 * Christoph Lameter, "[patch 5/6] mmu_notifier: Support for drivers with revers maps (f.e. for XPmem)", 8 February
 * 2008, on top of {@link Lameter}: a global list of notifiers that are told which page is unmapped, and not where. They
 * find out by an rmap of their own, with no lock held but that of the page.
 *
 * <p>Only pages with {@code PG_external_rmap} are told of. A driver sets it by {@link #export} before it puts a page on
 * its rmap, and the VM clears it when it has told. "We are able to sleep", says a comment: but the macro {@code
 * mmu_rmap_notifier} walks its list in an RCU read section, as {@code mmu_notifier} does. "Called with the page lock
 * held after ptes are modified or removed", says another, and so the patch has it; the README of "[patch 1/6]", of the
 * same day, has it "called *before* the Linux rmaps are walked".
 *
 * <p>The other call, in {@code page_mkclean}, is of pages of files, after {@code page_mkclean_file}. The notifiers are
 * registered by {@code late_initcall}, as that of {@code skeleton_rmap.c} in "[patch 6/6]".
 */
public final class LameterRmap extends Lameter {

    /** Branches of {@code try_to_unmap}. */
    public enum Marks implements Mark {
        /** The page was exported, and the notifiers were told. */
        EXPORTED
    }

    /** {@code struct mmu_rmap_notifier_ops}. */
    public interface RmapOps {
        /** {@code invalidate_page}: "must walk the driver rmaps and evict all the references to the page". */
        void invalidatePage(Page page);
    }

    /** Where {@code try_to_unmap} has the call, and how the list is walked. */
    public enum Call {
        /** After the rmap was walked, in an RCU read section: as posted. */
        AFTER_IN_RCU,
        /** After the rmap was walked, and in no read section: the list does not change. */
        AFTER,
        /** Before the rmap is walked, as the README has it, and in no read section. */
        BEFORE
    }

    private final Machine machine;
    private final ReadSection rcu;
    private final Call call;
    private final List<RmapOps> mmuRmapNotifierList = new ArrayList<>();

    /** The notifiers of one address space, and the global ones. */
    public LameterRmap(Machine machine, Call call) {
        super(machine);
        this.machine = machine;
        this.rcu = machine.rcu("rcu");
        this.call = call;
    }

    /** {@code mmu_rmap_notifier_register}, before the tasks start. */
    public void registerRmap(RmapOps ops) {
        mmuRmapNotifierList.add(ops);
    }

    /**
     * {@code mmu_rmap_export_page}: "Pagelock must be held. Must be called before a page is put on an external rmap."
     * The {@code BUG_ON(!PageLocked(page))} is left out, for a driver that does not hold it.
     */
    public static void export(Page page) {
        page.flags().or(Page.EXTERNAL_RMAP); // SetPageExternalRmap
    }

    /** {@code try_to_unmap}, as the README has it. */
    @Override
    public void beforeTryToUnmap(Page page) {
        if (call == Call.BEFORE) {
            invalidatePage(page);
        }
    }

    /** {@code try_to_unmap}, after {@code try_to_unmap_anon}. */
    @Override
    public void afterTryToUnmap(Page page) {
        if (call != Call.BEFORE) {
            invalidatePage(page);
        }
    }

    /** {@code page_mkclean}, as the README has it. */
    @Override
    public void beforePageMkclean(Page page) {
        beforeTryToUnmap(page);
    }

    /** {@code page_mkclean}, after {@code page_mkclean_file}. */
    @Override
    public void afterPageMkclean(Page page) {
        afterTryToUnmap(page);
    }

    private void invalidatePage(Page page) {
        if ((page.flags().readOnce() & Page.EXTERNAL_RMAP) == 0) { // PageExternalRmap
            return;
        }
        machine.reach(Marks.EXPORTED);
        if (call == Call.AFTER_IN_RCU) {
            rcu.readLock();
        }
        mmuRmapNotifierList.forEach(ops -> ops.invalidatePage(page)); // mmu_rmap_notifier(invalidate_page, page)
        if (call == Call.AFTER_IN_RCU) {
            rcu.readUnlock();
        }
        page.flags().andNot(Page.EXTERNAL_RMAP); // ClearPageExternalRmap
    }
}
