package racewalk.secondary;

import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;
import racewalk.notifier.LameterRmap;

/**
 * XPMEM for Lameter's rmap notifier, for which it was made: it has no {@code invalidate_page} for where locks that spin
 * are held, and exports each page that it pins. Between the pin and the export the page may be unmapped: so it locks
 * the page, and does not use it if nobody maps it any more.
 *
 * <p>No driver for these notifiers was posted. This is {@code my_mmu_populate_page} of {@code skeleton_rmap.c} ("[patch
 * 6/6] mmu_rmap_notifier: Skeleton for complex driver that uses its own rmaps", 8 February 2008) with the recalls and
 * page requests of the driver posted in April [R]: a range is begun and ended, as the skeleton's counter has it. As in
 * the skeleton, the page that is inserted is one that could be written to when {@code get_user_pages} gave it.
 */
public final class XpmemRmap extends Xpmem implements LameterRmap.RmapOps {

    /** Branches of the export. */
    public enum Marks implements Mark {
        /** Nobody mapped the page any more when it was locked. */
        UNMAPPED,
        /** It was mapped, and its PTE had been made clean and read-only. */
        CLEANED,
        /** The driver was told of a page, and recalled it. */
        INVALIDATED
    }

    /** Where the page lock is taken. */
    public enum Locking {
        /** Before recalls are blocked again. */
        PAGE_LOCK_FIRST,
        /** There; and with the page locked it looks whether the PTE has been made clean, which nobody proposed. */
        PAGE_LOCK_CHECKED,
        /** Planted: when recalls have been blocked, for which the notifier waits that has the page lock. */
        PAGE_LOCK_LAST,
        /** Not at all, as Robin Holt's {@code mmu_rmap_export_page} of 30 January 2008 had it. */
        NONE
    }

    private final Machine machine;
    private final AddressSpace mm;
    private final Locking locking;

    /** The process {@code name} that has all of {@code mm} attached. */
    public XpmemRmap(String name, AddressSpace mm, GetUserPages gup, Locking locking) {
        super(name, mm, gup, Set.of());
        this.machine = mm.machine();
        this.mm = mm;
        this.locking = locking;
    }

    @Override
    protected void pinned(Page page) {
        if (locking == Locking.PAGE_LOCK_FIRST || locking == Locking.PAGE_LOCK_CHECKED) {
            page.lock().lock();
        }
    }

    @Override
    protected boolean export(int address, Page page) {
        if (locking == Locking.PAGE_LOCK_LAST) {
            page.lock().lock();
        }
        if (page.mapCount().readOnce() == 0) { // !page_mapped(page)
            machine.reach(Marks.UNMAPPED);
            return false;
        }
        if (locking == Locking.PAGE_LOCK_CHECKED && isClean(address)) {
            machine.reach(Marks.CLEANED);
            return false;
        }
        LameterRmap.export(page);
        return true;
    }

    /** The other way of what {@code page_mkclean_one} asks: by force a page is dirtied that may not be written to. */
    private boolean isClean(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        Pte pte = leaf == null
                ? Pte.NONE
                : new Pte(mm.pageTable().pte(leaf, address).readOnce());
        return !pte.isDirty() && !pte.isWritable();
    }

    @Override
    protected void exported(Page page) {
        if (locking != Locking.NONE) {
            page.lock().unlock();
        }
    }

    /** {@code my_mmu_rmap_invalidate_page}: "no spinlocks are held". */
    @Override
    public void invalidatePage(Page page) {
        int address = addressOf(page);
        if (address >= 0) {
            machine.reach(Marks.INVALIDATED);
            recall(address, address + 1);
        }
    }

    /** {@code my_mmu_ops}: "no atomic invalidate_page function". */
    @Override
    public void invalidatePage(int address) {}
}
