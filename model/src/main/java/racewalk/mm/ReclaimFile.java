package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.Files.UnmapFlush;

/**
 * What {@code shrink_page_list} of {@code mm/vmscan.c}, today {@code shrink_folio_list}, does with a page of a file,
 * and {@code try_to_unmap_one} of {@code mm/rmap.c}, of Linux 4.9 to today: it is unmapped, then freed if it is clean.
 * Direct reclaim writes no page of a file, and {@code kswapd} hardly any: one that is dirty goes back to the list.
 *
 * <p>The page is found by its index, and not at the end of the list; whether it was referenced is not asked [R]. {@code
 * page_ref_freeze} leaves no reference; here the one of the isolation, for nobody can find the page any more [R]. That
 * others flush what is pending when they clear entries of the same process, {@code flush_tlb_batched_pending}, is not
 * modelled.
 */
public final class ReclaimFile {

    /** Branches of reclaim. */
    public enum Marks implements Mark {
        /** The page was clean, and left the cache. */
        FREED,
        /** The page was dirty once it was unmapped: it stays. */
        DIRTY,
        /** Somebody had a reference on the page: it stays. */
        REFERENCED,
        /** The page was under writeback: it stays. */
        UNDER_WRITEBACK
    }

    private final AddressSpace mm;
    private final PageCache cache;

    /** Reclaim of pages of the file that {@code mm} maps. */
    public ReclaimFile(AddressSpace mm) {
        this.mm = mm;
        this.cache = mm.pageCache();
    }

    /** {@code shrink_page_list} of the page {@code index} of the file, if it is in the cache and on the LRU list. */
    public void shrinkPage(int index) {
        mm.memory().lru().addDrain();
        Page page = cache.lookup(index);
        if (page == null || !mm.memory().lru().isolateUnlessFree(page)) {
            return;
        }
        boolean freed = false;
        boolean flushPending = false;
        if (page.lock().tryLockPage()) {
            if (cache.isWriteback(page)) {
                mm.machine().reach(Marks.UNDER_WRITEBACK);
            } else if (cache.contains(page)) {
                flushPending = tryToUnmap(page, index);
                if (flushPending && flush() == UnmapFlush.BEFORE_UNLOCK) {
                    new TlbFlush(mm).flushTlbMm();
                    flushPending = false;
                }
                freed = page.mapCount().readOnce() == 0 && discard(page, index);
            }
            page.lock().unlock();
        }
        if (flushPending) {
            new TlbFlush(mm).flushTlbMm(); // try_to_unmap_flush
        }
        if (freed) {
            mm.memory().putPage(page); // free_unref_page_list
        } else {
            mm.memory().lru().putbackInactive(page);
        }
    }

    private UnmapFlush flush() {
        return cache.files().unmapFlush();
    }

    /** {@code try_to_unmap} with {@code TTU_BATCH_FLUSH}: whether the TLBs are still to be flushed. */
    private boolean tryToUnmap(Page page, int index) {
        boolean[] pending = {false};
        if (page.mapCount().readOnce() > 0) { // page_mapped
            mm.rmap().walk(page, index, (member, address, _) -> {
                pending[0] |= tryToUnmapOne(page, member, address);
                return true;
            });
        }
        return pending[0];
    }

    /** {@code try_to_unmap_one}. */
    private boolean tryToUnmapOne(Page page, Rmap.Member member, int address) {
        PageTable.Leaf leaf = member.mm().pageTable().checkAddress(page, address);
        if (leaf == null) {
            return false;
        }
        Word word = member.mm().pageTable().pte(leaf, address);
        Pte pte = new Pte(word.xchg(Pte.NONE.bits())); // ptep_get_and_clear
        boolean defers = flush() != UnmapFlush.DEFERRED_IF_CLEAN || !pte.isDirty(); // should_defer_flush
        if (!defers) {
            new TlbFlush(member.mm(), member.notifier()).flushTlbPage(address);
        }
        if (pte.isDirty()) {
            PageCache.setPageDirty(page);
        }
        page.mapCount().add(-1); // page_remove_rmap
        mm.memory().putPage(page);
        leaf.ptl().unlock();
        return defers;
    }

    /** {@code shrink_page_list} of a page that is not mapped, {@code __remove_mapping}: whether it left the cache. */
    private boolean discard(Page page, int index) {
        if (page.flags().readOnce(Page.DIRTY) != 0) {
            mm.machine().reach(Marks.DIRTY);
            return false; // keep_locked, activate_locked
        }
        boolean removed = cache.removeMapping(page, index);
        mm.machine().reach(removed ? Marks.FREED : Marks.REFERENCED);
        return removed;
    }
}
