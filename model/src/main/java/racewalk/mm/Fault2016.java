package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * The page fault of Linux 4.9, {@code mm/memory.c}, era 2016, where it differs from that of 2.6.24 for private
 * anonymous memory: a write fault on a read-only entry waits for the page lock, and the copy is mapped before the old
 * page loses its rmap, which it keeps until the end.
 *
 * <p>A fault for reading gets a page of its own and not the zero page [R].
 */
public class Fault2016 extends Fault {

    /** Branches of the fault. */
    public enum Marks implements Mark {
        /** A write fault waited for the page lock, and the entry had changed then. */
        CHANGED_UNDER_PAGE_LOCK,
        /** A write fault waited for the page lock, and the entry was the same. */
        SAME_UNDER_PAGE_LOCK
    }

    /** The faults of {@code mm}. */
    public Fault2016(AddressSpace mm, NotifierSites notifier) {
        super(mm, notifier);
    }

    @Override
    VmFault doWpPage(PageTable.Leaf leaf, Word word, int address, Pte original, String caller) {
        Page oldPage = mm.memory().page(original.pfn());
        if (!lockOldPage(leaf, word, original, oldPage)) {
            return VmFault.NONE;
        }
        boolean reuse = oldPage.mapCount().readOnce() == 1; // reuse_swap_page
        unlockOldPage(oldPage);
        if (reuse) {
            return wpPageReuse(leaf, word, address, original);
        }
        mm.memory().getPage(oldPage);
        leaf.ptl().unlock();
        return wpPageCopy(leaf, word, address, original, oldPage, caller);
    }

    /**
     * {@code do_wp_page}: locks the page of an entry, and sleeps for it if it must. The PT lock is held before, and
     * afterwards unless the entry has changed.
     *
     * @return false if the entry has changed: then nothing is held
     */
    boolean lockOldPage(PageTable.Leaf leaf, Word word, Pte original, Page oldPage) {
        if (oldPage.lock().tryLockPage()) {
            return true;
        }
        mm.memory().getPage(oldPage);
        leaf.ptl().unlock();
        oldPage.lock().lock();
        leaf.ptl().lock();
        if (word.readOnce() != original.bits()) { // pte_same
            machine().reach(Marks.CHANGED_UNDER_PAGE_LOCK);
            oldPage.lock().unlock();
            leaf.ptl().unlock();
            mm.memory().putPage(oldPage);
            return false;
        }
        machine().reach(Marks.SAME_UNDER_PAGE_LOCK);
        mm.memory().putPage(oldPage);
        return true;
    }

    void unlockOldPage(Page oldPage) {
        oldPage.lock().unlock();
    }

    private VmFault wpPageCopy(PageTable.Leaf leaf, Word word, int address, Pte original, Page oldPage, String caller) {
        Page newPage = mm.memory().allocPage();
        if (newPage == null) {
            machine().reach(Fault.Marks.NO_COPY);
            mm.memory().putPage(oldPage);
            return VmFault.OOM;
        }
        newPage.content().writeOnce(oldPage.content().readOnce()); // cow_user_page
        notifier.beforeCow(address);
        leaf.ptl().lock();
        boolean copied = word.readOnce() == original.bits(); // pte_same
        if (caller != null) {
            mm.localsAre("wp_page_copy of " + oldPage + " to " + newPage + ": " + copied + " " + caller);
        }
        if (copied) {
            machine().reach(Fault.Marks.COPIED);
            word.xchg(Pte.NONE.bits()); // ptep_clear_flush_notify
            tlbFlush.flushTlbPage(address);
            notifier.cowClearedPteLocked(address);
            pageAddNewAnonRmap(newPage);
            word.writeOnce(newEntry(newPage, address).bits()); // set_pte_at_notify
            notifier.cowSetPteLocked(address);
            pageRemoveRmap(oldPage);
        }
        // It has the reference of the entry that was replaced, or of the copy that nobody needs.
        mm.memory().putPage(copied ? oldPage : newPage);
        leaf.ptl().unlock();
        notifier.cowUnlocked(address, copied);
        notifier.afterCow(address);
        mm.memory().putPage(oldPage);
        return copied ? VmFault.WRITE : VmFault.NONE;
    }
}
