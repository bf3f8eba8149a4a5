package racewalk.mm;

import racewalk.machine.Word;
import racewalk.mm.Fault.VmFault;

/**
 * The page fault on a shared mapping of a file in Linux 2.6.24: {@code __do_fault} and {@code do_wp_page} of {@code
 * mm/memory.c}, {@code filemap_fault} and {@code find_lock_page} of {@code mm/filemap.c}. The file system has no {@code
 * page_mkwrite}, as ext3 had none, and no lock against truncations but the page's: who has locked a page looks whether
 * it is in the page cache still, and whether the file ends before it.
 *
 * <p>{@code PG_dirty} is set after the entry, when the page has been unlocked. {@code do_wp_page} does not lock the
 * page at all, so it waits until nobody has it locked: else a writeback that has passed the entry by when it was clean
 * might clear the flag that is set for it now. No notifier of 2008 has a call here, for nothing becomes less
 * permissive.
 */
final class FileFault2008 extends FileFault {

    FileFault2008(AddressSpace mm, NotifierSites notifier) {
        super(mm, notifier);
    }

    /** {@code __do_fault}. */
    @Override
    VmFault doFault(PageTable.Leaf leaf, Word word, int address, boolean write, String caller) {
        Page page = filemapFault(address, write, caller);
        if (page == null) {
            return VmFault.SIGBUS;
        }
        leaf.ptl().lock();
        boolean mapped = new Pte(word.readOnce()).isNone(); // pte_same
        if (mapped) {
            word.writeOnce(newEntry(page, address, write).bits()); // set_pte_at
            page.mapCount().add(1); // page_add_file_rmap
            if (write) {
                mm.memory().getPage(page); // dirty_page
            }
        } else {
            mm.machine().reach(Marks.LOST_RACE);
        }
        leaf.ptl().unlock();
        page.lock().unlock();
        if (!mapped) {
            mm.memory().putPage(page);
        } else if (write) {
            setPageDirtyBalance(page);
        }
        return VmFault.NONE;
    }

    /** {@code do_wp_page} of a shared page: entered with the PT lock held, returns without. */
    @Override
    VmFault wpPageShared(PageTable.Leaf leaf, Word word, int address, Pte original) {
        Page page = mm.memory().page(original.pfn());
        mm.memory().getPage(page); // dirty_page
        mm.machine().reach(Marks.MADE_WRITABLE);
        word.writeOnce(maybeMkwrite(original, address).bits()); // ptep_set_access_flags
        tlbFlush.flushTlbPage(address);
        leaf.ptl().unlock();
        page.lock().awaitUnlocked(); // wait_on_page_locked: "Yes, Virginia, this is actually required"
        setPageDirtyBalance(page);
        return VmFault.WRITE;
    }

    /** {@code set_page_dirty_balance}, and the reference of {@code dirty_page} is dropped. */
    private void setPageDirtyBalance(Page page) {
        PageCache.setPageDirty(page);
        mm.memory().putPage(page);
    }

    private Pte newEntry(Page page, int address, boolean write) {
        Pte entry = Pte.make(page).modify(mm.vmas().find(address)); // mk_pte(page, vma->vm_page_prot)
        return write ? maybeMkwrite(entry, address) : entry;
    }

    /** {@code maybe_mkwrite(pte_mkdirty(entry), vma)}. */
    private Pte maybeMkwrite(Pte entry, int address) {
        Pte dirty = entry.makeDirty();
        return mm.vmas().find(address).permits(true) ? dirty.makeWritable() : dirty;
    }

    /**
     * {@code filemap_fault}: the page, locked and with a reference; null for {@code VM_FAULT_SIGBUS}. {@code
     * find_lock_page} tries the lock under {@code tree_lock} and waits for it without; here it waits at once [R].
     *
     * <p>A truncation may take the page away again and again. So the loop has a head, if it is known what the caller
     * knows; else it goes round by itself.
     */
    private Page filemapFault(int index, boolean write, String caller) {
        if (index >= cache.iSizeRead()) {
            mm.machine().reach(Marks.BEYOND_END);
            return null;
        }
        while (true) { // retry_find
            if (caller != null) {
                mm.machine().loopHead("filemap_fault " + index + (write ? " for writing " : " ") + caller);
            }
            Page page = cache.findGetPage(index, caller);
            if (page == null) {
                pageCacheRead(index);
                continue;
            }
            page.lock().lock();
            if (!cache.contains(page)) { // "Has the page been truncated while we slept?"
                mm.machine().reach(Marks.TRUNCATED);
                page.lock().unlock();
                mm.memory().putPage(page);
                continue;
            }
            if (index >= cache.iSizeRead()) { // "Must recheck i_size under page lock"
                mm.machine().reach(Marks.CUT);
                page.lock().unlock();
                mm.memory().putPage(page);
                return null;
            }
            return page;
        }
    }
}
