package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.Files.LeftOut;

/**
 * Writeback of a file for {@code fsync} or {@code msync}: {@code write_cache_pages} and {@code
 * clear_page_dirty_for_io} of {@code mm/page-writeback.c}, {@code page_mkclean} of {@code mm/rmap.c}, of Linux 4.9;
 * what is called {@code folio_} today does the same. A store to a mapped page leaves no trace but the dirty bit of its
 * PTE, so a PTE is writable only while the page is dirty: a page that is to be written is protected first, and the next
 * store faults. In 2.6.24 it is so too, and those who map the page for a device are told of it; but nobody looks once
 * more whether a page is dirty that he has locked: {@code clear_page_dirty_for_io} does.
 *
 * <p>The pages are written one by one. The transfer is done by the task that has begun it, when it has neither the lock
 * nor a reference any more, as another would do it then [R]; who calls {@code fsync} waits for that in Linux, too.
 */
public final class Writeback {

    /** Branches of writeback. */
    public enum Marks implements Mark {
        /** A page was written to the disk. */
        WRITTEN,
        /** A PTE was made clean and read-only. */
        CLEANED,
        /** No PTE mapped a page that was dirty. */
        NOT_MAPPED,
        /** A page was mapped, and no more when its PTE was looked at. */
        NOT_FOUND,
        /** The page was dirty when it was found, and neither when it was locked. */
        WRITTEN_BY_ANOTHER,
        /** The page was in the cache when it was found, and not when it was locked. */
        TRUNCATED
    }

    private final AddressSpace mm;
    private final PageCache cache;
    private final NotifierSites notifier;

    /** Writeback of the file that {@code mm} maps. */
    public Writeback(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.cache = mm.pageCache();
        this.notifier = notifier;
    }

    /** {@code write_cache_pages} of {@code [start, end)} with {@code WB_SYNC_ALL}. */
    public void writeCachePages(int start, int end) {
        for (int index = start; index < end; index++) {
            mm.localsAre("write_cache_pages at " + index);
            Page page = cache.findGetPage(index, "to write"); // pagevec_lookup_tag
            if (page == null) {
                continue;
            }
            boolean written = false;
            if (isDirty(page)) {
                page.lock().lock();
                written = beginWriteback(page);
                page.lock().unlock();
            }
            mm.memory().putPage(page); // pagevec_release
            if (written) {
                cache.writePage(page, index);
                cache.endPageWriteback(page);
                mm.machine().reach(Marks.WRITTEN);
            }
        }
    }

    /** {@code write_cache_pages} with the page locked, and the beginning of {@code ->writepage}. */
    private boolean beginWriteback(Page page) {
        if (!cache.contains(page)) {
            mm.machine().reach(Marks.TRUNCATED);
            return false;
        }
        if (!cache.files().isOf2008() && !isDirty(page)) { // "someone wrote it for us"
            mm.machine().reach(Marks.WRITTEN_BY_ANOTHER);
            return false;
        }
        if (cache.isWriteback(page)) {
            cache.waitOnPageWriteback(page);
        }
        if (!clearPageDirtyForIo(page)) {
            return false;
        }
        cache.setPageWriteback(page);
        return true;
    }

    private static boolean isDirty(Page page) {
        return page.flags().readOnce(Page.DIRTY) != 0;
    }

    /** {@code clear_page_dirty_for_io}: whether the page was dirty. */
    private boolean clearPageDirtyForIo(Page page) {
        if (!cache.files().leavesOut(LeftOut.MKCLEAN) && pageMkclean(page)) {
            PageCache.setPageDirty(page);
        }
        return page.flags().testAndClear(Page.DIRTY);
    }

    /** {@code page_mkclean}: whether a PTE allowed to write to the page or was dirty; none does, or is. */
    private boolean pageMkclean(Page page) {
        if (page.mapCount().readOnce() == 0) { // page_mapped
            mm.machine().reach(Marks.NOT_MAPPED);
            return false;
        }
        boolean[] cleaned = {false};
        notifier.beforePageMkclean(page);
        mm.rmap().walk(page, cache.indexOf(page), (member, address, _) -> {
            cleaned[0] |= pageMkcleanOne(page, member, address);
            return true;
        });
        notifier.afterPageMkclean(page);
        return cleaned[0];
    }

    /** {@code page_mkclean_one}. */
    private boolean pageMkcleanOne(Page page, Rmap.Member member, int address) {
        boolean sync = !cache.files().leavesOut(LeftOut.MKCLEAN_SYNC);
        member.notifier().beforePageMkcleanOne(address);
        PageTable.Leaf leaf = member.mm().pageTable().checkAddress(page, address, sync);
        if (leaf == null) {
            mm.machine().reach(Marks.NOT_FOUND);
            member.notifier().afterPageMkcleanOne(address, false, false);
            return false;
        }
        Word word = member.mm().pageTable().pte(leaf, address);
        Pte pte = new Pte(word.readOnce());
        boolean cleans = pte.isDirty() || pte.isWritable();
        if (cleans) {
            pte = new Pte(word.xchg(Pte.NONE.bits())); // ptep_clear_flush
            if (!cache.files().leavesOut(LeftOut.MKCLEAN_FLUSH)) {
                new TlbFlush(member.mm(), member.notifier()).flushTlbPage(address);
            }
            member.notifier().mkcleanClearedPteLocked(address);
            word.writeOnce(pte.writeProtect().makeClean().bits()); // set_pte_at
            mm.machine().reach(Marks.CLEANED);
        }
        leaf.ptl().unlock();
        member.notifier().afterPageMkcleanOne(address, true, cleans);
        return cleans;
    }
}
