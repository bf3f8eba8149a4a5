package racewalk.mm;

import racewalk.machine.Mark;

/**
 * What {@code shrink_inactive_list} of {@code mm/vmscan.c} of Linux 4.9 does with an anonymous page where there is no
 * swap, era 2016: it isolates the page, tries its lock, finds no swap for it ({@code add_to_swap}), and puts it back.
 * So the page is neither unmapped nor freed, but for a moment it is off the LRU list, and locked, and has a reference.
 *
 * <p>The page is found by the address that maps it, and not at the end of the list; whether it was referenced is not
 * asked [R].
 */
public final class Reclaim2016 {

    /** Branches of reclaim. */
    public enum Marks implements Mark {
        /** The page was locked by another. */
        LOCKED,
        /** There was no swap for the page. */
        ACTIVATED
    }

    private final AddressSpace mm;

    /** Reclaim of pages that {@code mm} maps. */
    public Reclaim2016(AddressSpace mm) {
        this.mm = mm;
    }

    /** {@code shrink_inactive_list} of the page that {@code address} has, if it is on the LRU list. */
    public void shrinkPage(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        Pte pte = leaf == null
                ? Pte.NONE
                : new Pte(mm.pageTable().pte(leaf, address).readOnce());
        Lru lru = mm.memory().lru();
        if (!pte.isPresent() || !lru.isolateUnlessFree(mm.memory().page(pte.pfn()))) {
            return;
        }
        Page page = mm.memory().page(pte.pfn());
        if (page.lock().tryLockPage()) {
            mm.machine().reach(Marks.ACTIVATED); // activate_locked
            page.lock().unlock();
        } else {
            mm.machine().reach(Marks.LOCKED); // keep
        }
        lru.putbackInactive(page);
    }
}
