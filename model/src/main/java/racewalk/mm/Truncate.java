package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.mm.Files.IMmapLock;
import racewalk.mm.Files.LeftOut;

/**
 * A file is cut: {@code truncate_setsize} and {@code truncate_inode_pages} of {@code mm/truncate.c}, {@code
 * unmap_mapping_range} of {@code mm/memory.c}, of Linux 4.9 and, as far as it goes, of 7.0. It takes no mmap lock. Its
 * first pass, which leaves out the pages that are locked or under writeback, is left out: the second does the same
 * [R]. The file system's lock is held over all of it, as {@code ext4_setattr} does.
 *
 * <p>In 2.6.24 it is {@code vmtruncate} of {@code mm/memory.c} and {@code truncate_complete_page}, in the same order
 * and without such a lock. {@code i_mmap_lock}, which spins, is not dropped for others ({@code need_lockbreak}) [R].
 */
public final class Truncate {

    /** Branches of a truncation. */
    public enum Marks implements Mark {
        /** A page left the cache. */
        REMOVED,
        /** The page was mapped when it was locked, after all had been unmapped once. */
        MAPPED_AGAIN
    }

    private final AddressSpace mm;
    private final PageCache cache;
    private final Unmap unmap;
    private final NotifierSites notifier;

    /** Truncations of the file that {@code mm} maps. */
    public Truncate(AddressSpace mm, Unmap unmap, NotifierSites notifier) {
        this.mm = mm;
        this.cache = mm.pageCache();
        this.unmap = unmap;
        this.notifier = notifier;
    }

    /** {@code do_truncate}: {@code truncate_setsize} under {@code inode->i_rwsem}. */
    public void truncateSetsize(int newSize) {
        cache.inode().lock();
        cache.iSizeWrite(newSize);
        if (cache.files().isOf2008()) {
            truncatePagecache(newSize);
        } else {
            cache.invalidateLock().downWrite();
            truncatePagecache(newSize);
            cache.invalidateLock().upWrite();
        }
        cache.inode().unlock();
    }

    /** {@code truncate_pagecache}. */
    private void truncatePagecache(int newSize) {
        unmapMappingRange(newSize, cache.pages());
        mm.localsAre("truncate_pagecache: unmapped");
        truncateInodePages(newSize);
        mm.localsAre("truncate_pagecache: truncated");
        unmapMappingRange(newSize, cache.pages());
    }

    /** {@code unmap_mapping_range}: zaps the pages wherever they are mapped. */
    private void unmapMappingRange(int start, int end) {
        boolean write = cache.files().truncation() != IMmapLock.READ;
        boolean mapped = false;
        cache.lockIMmap(write);
        for (int index = start; index < end; index++) {
            if (cache.mapperOf(index) != null) {
                mapped = true;
                mm.memory().lru().addDrain(); // zap_page_range_single
                unmap.zapPageRange(index, index + 1, cache.files().walksAtomically());
            }
        }
        cache.unlockIMmap(write);
        if (mapped) {
            notifier.afterUnmapMappingRange(start, end);
        }
    }

    /** {@code truncate_inode_pages}: until a pass finds no page. */
    private void truncateInodePages(int start) {
        boolean found = true;
        while (found) {
            found = false;
            mm.machine().loopHead("truncate_inode_pages");
            for (int index = start; index < cache.pages(); index++) {
                Page page = cache.findGetPage(index, "to truncate, found " + found);
                if (page == null) {
                    continue;
                }
                found = true;
                page.lock().lock();
                if (!cache.files().leavesOut(LeftOut.TRUNCATE_WAIT)) {
                    cache.waitOnPageWriteback(page);
                }
                truncateInodePage(page, index);
                page.lock().unlock();
                mm.memory().putPage(page);
            }
        }
    }

    /** {@code truncate_inode_page}, {@code truncate_complete_page}. */
    private void truncateInodePage(Page page, int index) {
        if (page.mapCount().readOnce() > 0 && !cache.files().leavesOut(LeftOut.TRUNCATE_UNMAP)) { // page_mapped
            mm.machine().reach(Marks.MAPPED_AGAIN);
            unmapMappingRange(index, index + 1);
        }
        if (cache.contains(page)) {
            page.flags().andNot(Page.DIRTY); // cancel_dirty_page
            cache.deleteFromPageCache(page, index);
            mm.machine().reach(Marks.REMOVED);
        }
    }
}
