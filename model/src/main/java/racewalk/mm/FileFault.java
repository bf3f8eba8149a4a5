package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.Fault.VmFault;
import racewalk.mm.Files.FaultLock;
import racewalk.mm.Files.LeftOut;

/**
 * The page fault on a shared mapping of a file: {@code filemap_fault} and {@code filemap_page_mkwrite} of {@code
 * mm/filemap.c}, {@code do_read_fault}, {@code do_shared_fault} and {@code wp_page_shared} of {@code mm/memory.c}, of
 * Linux 4.9 and 7.0. The mmap lock is held for read and not dropped over a wait; neither readahead nor fault-around
 * maps other pages [R]. The file system is one that has a lock against truncations, which {@code page_mkwrite} takes,
 * too, as ext4 has [R]. That of 2.6.24 is {@link FileFault2008}.
 */
public class FileFault {

    /** Branches of the fault. */
    public enum Marks implements Mark {
        /** The page was read from the disk. */
        READ,
        /** Another had read it first. */
        READ_BY_ANOTHER,
        /** Another fault mapped the page first. */
        LOST_RACE,
        /** The PTE had changed when the PT lock was taken again for a write to a read-only entry. */
        PTE_CHANGED,
        /** A write fault made a read-only entry writable. */
        MADE_WRITABLE,
        /** The file ended before the page. */
        BEYOND_END,
        /** The page was in the cache when it was found, and not when it was locked. */
        TRUNCATED,
        /** The file ended before the page when that was locked. */
        CUT,
        /** The page was not in the cache any more when it was to become writable. */
        MKWRITE_TRUNCATED
    }

    final AddressSpace mm;
    final PageCache cache;
    final TlbFlush tlbFlush;

    /** The faults on the file that {@code mm} maps. */
    static FileFault of(AddressSpace mm, NotifierSites notifier) {
        boolean of2008 = mm.pageCache().files().isOf2008();
        return of2008 ? new FileFault2008(mm, notifier) : new FileFault(mm, notifier);
    }

    FileFault(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.cache = mm.pageCache();
        this.tlbFlush = new TlbFlush(mm, notifier);
    }

    private boolean leavesOut(LeftOut what) {
        return cache.files().leavesOut(what);
    }

    /**
     * {@code do_fault}: {@code do_read_fault}, {@code do_shared_fault}.
     *
     * @param caller what the caller knows, as {@link Fault#handleMmFault} has it
     */
    VmFault doFault(PageTable.Leaf leaf, Word word, int address, boolean write, String caller) {
        Page page = doFault(address, "for " + leaf);
        mm.localsAre("do_fault of " + page + " for " + leaf);
        if (page == null) {
            return VmFault.SIGBUS;
        }
        if (write) {
            page.lock().unlock();
            if (!pageMkwrite(page)) {
                mm.memory().putPage(page);
                return VmFault.NONE; // VM_FAULT_NOPAGE
            }
        }
        boolean mapped = allocSetPte(leaf, word, address, page, write);
        if (mapped && write) {
            PageCache.setPageDirty(page);
        }
        page.lock().unlock();
        if (!mapped) {
            mm.machine().reach(Marks.LOST_RACE);
            mm.memory().putPage(page);
        }
        return VmFault.NONE;
    }

    /** {@code alloc_set_pte}, {@code finish_fault}: whether there was no entry; it gets the fault's reference. */
    private boolean allocSetPte(PageTable.Leaf leaf, Word word, int address, Page page, boolean write) {
        leaf.ptl().lock();
        boolean none = new Pte(word.readOnce()).isNone();
        if (none) {
            Protection vma = mm.vmas().find(address);
            Pte entry = Pte.make(page).modify(vma); // mk_pte(page, vma->vm_page_prot)
            page.mapCount().add(1); // page_add_file_rmap
            word.writeOnce((write ? maybeMkwrite(entry, vma) : entry).bits()); // set_pte_at
        }
        leaf.ptl().unlock();
        return none;
    }

    /** {@code maybe_mkwrite(pte_mkdirty(entry), vma)}. */
    private static Pte maybeMkwrite(Pte entry, Protection vma) {
        Pte dirty = entry.makeDirty().makeSoftDirty();
        return vma.permits(true) ? dirty.makeWritable() : dirty;
    }

    /** {@code __do_fault}: {@code ext4_filemap_fault} of 4.9, {@code filemap_fault} of 7.0. */
    private Page doFault(int index, String caller) {
        if (cache.files().faultLock() == FaultLock.CREATION) {
            return filemapFault(index, caller);
        }
        cache.invalidateLock().downRead();
        Page page = filemapFault(index, caller);
        cache.invalidateLock().upRead();
        return page;
    }

    /** {@code filemap_fault}: the page, locked and with a reference; null for {@code VM_FAULT_SIGBUS}. */
    private Page filemapFault(int index, String caller) {
        if (index >= cache.iSizeRead()) {
            mm.machine().reach(Marks.BEYOND_END);
            return null;
        }
        boolean locks = cache.files().faultLock() == FaultLock.CREATION;
        boolean mappingLocked = false;
        while (true) { // retry_find
            Page page = cache.findGetPage(index, caller);
            if (page == null) {
                if (locks && !mappingLocked) {
                    cache.invalidateLock().downRead(); // filemap_invalidate_lock_shared
                    mappingLocked = true;
                } else {
                    pageCacheRead(index);
                }
                continue;
            }
            page.lock().lock(); // lock_page_or_retry
            if (!leavesOut(LeftOut.FAULT_MAPPING) && !cache.contains(page)) { // "Did it get truncated?"
                mm.machine().reach(Marks.TRUNCATED);
                page.lock().unlock();
                mm.memory().putPage(page);
                if (locks && !mappingLocked) {
                    cache.invalidateLock().downRead();
                    mappingLocked = true;
                }
                continue;
            }
            if (mappingLocked) {
                cache.invalidateLock().upRead();
            }
            if (!leavesOut(LeftOut.FAULT_SIZE) && index >= cache.iSizeRead()) { // "recheck i_size under page lock"
                mm.machine().reach(Marks.CUT);
                page.lock().unlock();
                mm.memory().putPage(page);
                return null;
            }
            return page;
        }
    }

    /** {@code page_cache_read}; today {@code __filemap_get_folio} with {@code FGP_CREAT}. */
    final void pageCacheRead(int index) {
        Page page = mm.memory().allocPage();
        if (cache.addToPageCacheLru(page, index)) {
            cache.readPage(page, index);
            page.lock().unlock();
            mm.machine().reach(Marks.READ);
        } else {
            mm.machine().reach(Marks.READ_BY_ANOTHER);
        }
        mm.memory().putPage(page);
    }

    /**
     * {@code do_page_mkwrite}, {@code filemap_page_mkwrite}: the page is locked and dirty.
     *
     * @return false, for {@code VM_FAULT_NOPAGE}, if it is not in the cache any more: then it is not locked
     */
    private boolean pageMkwrite(Page page) {
        cache.invalidateLock().downRead();
        boolean locked = filemapPageMkwrite(page);
        cache.invalidateLock().upRead();
        return locked;
    }

    private boolean filemapPageMkwrite(Page page) {
        page.lock().lock();
        if (!leavesOut(LeftOut.MKWRITE_MAPPING) && !cache.contains(page)) {
            mm.machine().reach(Marks.MKWRITE_TRUNCATED);
            page.lock().unlock();
            return false;
        }
        PageCache.setPageDirty(page);
        return true;
    }

    /** {@code wp_page_shared}, of a write to a read-only entry: entered with the PT lock held, returns without. */
    VmFault wpPageShared(PageTable.Leaf leaf, Word word, int address, Pte original) {
        Page page = mm.memory().page(original.pfn());
        mm.memory().getPage(page);
        leaf.ptl().unlock();
        if (!pageMkwrite(page)) {
            mm.memory().putPage(page);
            return VmFault.NONE;
        }
        leaf.ptl().lock();
        if (word.readOnce() != original.bits()) { // pte_same
            mm.machine().reach(Marks.PTE_CHANGED);
            page.lock().unlock();
            leaf.ptl().unlock();
            mm.memory().putPage(page);
            return VmFault.NONE;
        }
        mm.machine().reach(Marks.MADE_WRITABLE);
        word.writeOnce(maybeMkwrite(original, mm.vmas().find(address)).bits()); // ptep_set_access_flags
        tlbFlush.flushTlbPage(address);
        leaf.ptl().unlock();
        PageCache.setPageDirty(page); // fault_dirty_shared_page
        page.lock().unlock();
        mm.memory().putPage(page);
        return VmFault.WRITE;
    }
}
