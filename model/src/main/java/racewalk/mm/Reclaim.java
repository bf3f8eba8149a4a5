package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * Reclaim of one page: what {@code shrink_page_list} of {@code mm/vmscan.c} and {@code try_to_unmap} of {@code
 * mm/rmap.c} of Linux 2.6.24 do with it, era 2008. It takes no mmap lock: the page lock, the spinning lock of the rmap,
 * the PT lock.
 *
 * <p>There is no swap, and no file. The page must be one to which nobody ever stores, so that it can be had again with
 * the same content: zeroes. Its PTE is cleared, as that of a file's page is, and the next access faults. References by
 * the young bit ({@code page_referenced}, {@code ptep_clear_flush_young}) are not modelled: the page is old.
 *
 * <p>In a kernel of 2012 and later the lock of the rmap is one that sleeps. The rest is the same there, as far as it is
 * modelled.
 *
 * <p>The page is found by its address and not on the LRU list; from there on it has the reference that {@code
 * isolate_lru_page} would have taken [R].
 */
public final class Reclaim {

    /** Branches of reclaim. */
    public enum Marks implements Mark {
        /** The PTE was cleared, and the page freed. */
        FREED,
        /** The PTE was cleared, and somebody holds a reference on the page. */
        PINNED
    }

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;

    /** Reclaim of pages of {@code mm}, which {@link AddressSpace#anonVma() has an rmap}. */
    public Reclaim(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm);
    }

    /** {@code shrink_page_list} of the page that is mapped at {@code address}, if there is one. */
    public void shrinkPage(int address) {
        Page page = mm.anonVma().isolate(mm, address);
        if (page == null) {
            return;
        }
        if (page.lock().tryLockPage()) { // !TestSetPageLocked
            if (tryToUnmap(page, address)) {
                // remove_mapping: page_count(page), but for the reference of a page cache
                mm.machine().reach(page.refCount().read() == 1 ? Marks.FREED : Marks.PINNED);
            }
            page.lock().unlock();
        }
        mm.memory().putPage(page); // putback_lru_pages, or the last reference
    }

    /** {@code try_to_unmap}: whether the page was mapped and is no more. */
    private boolean tryToUnmap(Page page, int address) {
        notifier.beforeTryToUnmap(page);
        boolean unmapped = tryToUnmapAnon(page, address);
        notifier.afterTryToUnmap(page);
        return unmapped;
    }

    private boolean tryToUnmapAnon(Page page, int address) {
        AnonVma anonVma = mm.anonVma();
        anonVma.lockForWalk();
        boolean unmapped = anonVma.covers(address) && tryToUnmapOne(page, address);
        anonVma.unlockForWalk();
        return unmapped;
    }

    private boolean tryToUnmapOne(Page page, int address) {
        notifier.beforeTryToUnmapOne(address);
        boolean unmapped = false;
        PageTable.Leaf leaf = mm.pageTable().leafOf(address); // page_check_address
        if (leaf != null) {
            leaf.ptl().lock();
            Word word = mm.pageTable().pte(leaf, address);
            Pte pte = new Pte(word.readOnce());
            unmapped = pte.isPresent() && pte.pfn() == page.pfn();
            if (unmapped) {
                unmap(page, address, word);
            }
            leaf.ptl().unlock();
        }
        notifier.afterTryToUnmapOne(address, unmapped);
        return unmapped;
    }

    private void unmap(Page page, int address, Word word) {
        Pte pte = new Pte(word.xchg(Pte.NONE.bits())); // ptep_clear_flush
        tlbFlush.flushTlbPage(address);
        notifier.rmapClearedPteLocked(address);
        if (pte.isDirty()) {
            page.flags().or(Page.DIRTY); // set_page_dirty
        }
        Fault.pageRemoveRmap(page);
        mm.memory().putPage(page); // page_cache_release
    }
}
