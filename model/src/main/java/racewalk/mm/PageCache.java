package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mutex;
import racewalk.machine.RwSemaphore;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.Files.LeftOut;

/**
 * {@code struct address_space} of one file: the pages that are in its page cache, {@code i_pages}, the VMAs that map
 * them, {@code i_mmap}, and what is on the disk. Of {@code mm/filemap.c} of Linux 4.9 and 7.0, and of 2.6.24.
 *
 * <p>The file is mapped shared from address 0 on, by one process. It is one of a file system with {@code
 * filemap_page_mkwrite}, whose storage needs no stable pages. A page is read under its lock, so one that is in the
 * cache and not locked is up to date [R]. The dirty tag in {@code i_pages} and {@code PG_dirty} are one bit [R].
 * Interrupts need not be disabled under {@code xa_lock}: the end of a write is no interrupt here [R].
 *
 * <p>{@code page->mapping} and {@code page->index} are set and cleared together, and one word: {@link Page#mapping}.
 */
public final class PageCache {

    private static final long EMPTY = 0;

    private final Machine machine;
    private final PhysicalMemory memory;
    private final Files files;
    private final SpinLock xaLock;
    private final HardwareUnit frozen;
    private final Word[] iPages;
    private final Mutex inode;
    private final Word iSize;
    private final Word[] disk;
    private final Word[] writeback;
    private final RwSemaphore invalidateLock;
    /** {@code mapping->i_mmap_rwsem}; null where it spins. */
    private final RwSemaphore iMmapRwsem;
    /** {@code mapping->i_mmap_lock} until 2011; null since then. */
    private final SpinLock iMmapLock;

    private final Word iMmap;
    private Rmap.Member mapper;

    /** A file of {@code pages} pages, all of them zeroes on the disk, and none in the cache. */
    public PageCache(Machine machine, PhysicalMemory memory, int pages, Files files) {
        this.machine = machine;
        this.memory = memory;
        this.files = files;
        this.frozen = machine.unit("i_pages");
        this.xaLock = machine.spinLock(LockClass.I_PAGES, "xa_lock");
        this.iPages = machine.words("i_pages", pages, EMPTY, slot -> slot == EMPTY ? "none" : "page" + (slot - 1));
        this.inode = machine.mutex(LockClass.INODE, "i_rwsem");
        this.iSize = machine.word("i_size", pages);
        this.disk = machine.words("disk", pages, 0, Word.Format.DECIMAL);
        this.writeback = new Word[memory.pages().size()];
        for (Page page : memory.pages()) {
            writeback[page.pfn()] = machine.gate(page + ".PG_writeback", 0, Word.Format.DECIMAL);
        }
        this.invalidateLock = machine.rwSemaphore(LockClass.INVALIDATE_LOCK, "invalidate_lock");
        boolean spins = files.walksAtomically();
        this.iMmapRwsem = spins ? null : machine.rwSemaphore(LockClass.I_MMAP, "i_mmap_rwsem");
        this.iMmapLock = spins ? machine.spinLock(LockClass.I_MMAP_SPINLOCK, "i_mmap_lock") : null;
        this.iMmap = machine.word("i_mmap", (1L << pages) - 1, Long::toBinaryString);
    }

    /** The process that maps the file: all of it from the beginning. */
    public void mapBy(AddressSpace mm, NotifierSites notifier) {
        mapper = new Rmap.Member(mm, notifier);
    }

    /** How the kernel treats its pages. */
    Files files() {
        return files;
    }

    /** How many pages the file has at most. */
    public int pages() {
        return iPages.length;
    }

    /** {@code inode->i_rwsem}, as who changes the size of the file takes it. */
    Mutex inode() {
        return inode;
    }

    /** {@code i_size_write}, in pages. */
    void iSizeWrite(int size) {
        iSize.writeOnce(size);
    }

    /** {@code i_size_read}, in pages. */
    int iSizeRead() {
        return (int) iSize.readOnce();
    }

    /**
     * {@code find_get_page}: the page with a reference, or null if there is none. Without a lock; a page that was in
     * the cache for long enough to be grabbed is given back if it is no more. Until 2.6.26 under {@code tree_lock}.
     *
     * @param caller what tells this search from others of the operation, as {@link Machine#loopHead} has it
     */
    Page findGetPage(int index, String caller) {
        if (files.isOf2008()) {
            return findGetPageLocked(index);
        }
        while (true) {
            machine.loopHead("find_get_page " + index + " " + caller);
            long slot = iPages[index].readOnce();
            if (slot == EMPTY) {
                return null;
            }
            Page page = memory.page((int) slot - 1);
            if (!page.refCount().incNotZero()) { // page_cache_get_speculative
                continue;
            }
            if (iPages[index].readOnce() == slot) { // "Has the page moved?"
                return page;
            }
            memory.putPage(page);
        }
    }

    /** {@code read_lock_irq(&mapping->tree_lock)}, which here excludes all others [R]. */
    private Page findGetPageLocked(int index) {
        xaLock.lock();
        Page page = lookup(index);
        if (page != null) {
            memory.getPage(page);
        }
        xaLock.unlock();
        return page;
    }

    /**
     * {@code add_to_page_cache_lru} of a page that the caller alone has: with a reference, and locked.
     *
     * @return false, for {@code -EEXIST}, if the cache has a page there already: then it is not locked
     */
    boolean addToPageCacheLru(Page page, int index) {
        page.lock().lock(); // __SetPageLocked
        memory.getPage(page);
        page.mapping().writeOnce(Rmap.mappingOfFile(index));
        xaLock.lock();
        boolean empty = iPages[index].readOnce() == EMPTY;
        if (empty) {
            iPages[index].writeOnce(page.pfn() + 1L);
        } else {
            page.mapping().writeOnce(Rmap.NO_MAPPING);
        }
        xaLock.unlock();
        if (empty && files.isOf2008()) {
            page.flags().or(Page.LRU); // without a pagevec: nobody isolates pages there [R]
        } else if (empty) {
            memory.lru().cacheAdd(page);
        } else {
            memory.putPage(page);
            page.lock().unlock();
        }
        return empty;
    }

    /** {@code page->mapping == mapping}: whether the page, which is locked, is in the cache still. */
    boolean contains(Page page) {
        return Rmap.isMappingOfFile(page.mapping().readOnce());
    }

    /** {@code page->index} of a page that is locked and in the cache. */
    int indexOf(Page page) {
        return Rmap.indexInFile(page.mapping().readOnce());
    }

    /** {@code delete_from_page_cache} of a locked page, and its reference is dropped. */
    void deleteFromPageCache(Page page, int index) {
        xaLock.lock();
        page.mapping().writeOnce(Rmap.NO_MAPPING);
        iPages[index].writeOnce(EMPTY);
        xaLock.unlock();
        memory.putPage(page);
    }

    /** The page that is in the cache now, which may be gone at once; null if there is none. */
    Page lookup(int index) {
        long slot = iPages[index].readOnce();
        return slot == EMPTY ? null : memory.page((int) slot - 1);
    }

    /**
     * {@code __remove_mapping} of a locked page: if nobody has a reference but the caller and the cache, and it is not
     * dirty, it leaves the cache.
     */
    boolean removeMapping(Page page, int index) {
        xaLock.lock();
        boolean removed = frozen.step("page_ref_freeze " + page, () -> {
                    if (page.refCount().word().cmpxchg(2, 1) != 2) {
                        return 0;
                    }
                    if (page.flags().readOnce(Page.DIRTY) != 0) {
                        page.refCount().inc(); // page_ref_unfreeze
                        return 0;
                    }
                    page.mapping().writeOnce(Rmap.NO_MAPPING);
                    iPages[index].writeOnce(EMPTY);
                    return 1;
                })
                != 0;
        xaLock.unlock();
        return removed;
    }

    /**
     * {@code migrate_page_move_mapping}, {@code __folio_migrate_mapping} of a locked page that is isolated: if nobody
     * else has a reference but the cache, the new page takes its place. In Linux the page has no reference meanwhile
     * and who finds it tries again; here it is one step [R].
     *
     * @param extra how many references are expected besides
     * @return false for {@code -EAGAIN}
     */
    public boolean migrateMapping(Page newPage, Page page, long extra) {
        int index = indexOf(page);
        long expected = 2 + extra;
        xaLock.lock();
        boolean moved = frozen.step("page_ref_freeze " + page, () -> {
                    if (page.refCount().word().cmpxchg(expected, expected - 1) != expected) {
                        return 0;
                    }
                    newPage.mapping().writeOnce(page.mapping().readOnce());
                    newPage.refCount().inc();
                    if (page.flags().testAndClear(Page.DIRTY) && !files.leavesOut(LeftOut.MIGRATE_DIRTY)) {
                        newPage.flags().or(Page.DIRTY);
                    }
                    iPages[index].writeOnce(newPage.pfn() + 1L);
                    page.mapping().writeOnce(Rmap.NO_MAPPING); // move_to_new_page
                    return 1;
                })
                != 0;
        xaLock.unlock();
        return moved;
    }

    /** Whether a page is under writeback, for {@code unmap_and_move}. */
    public boolean mustBeWaitedFor(Page page) {
        return !files.leavesOut(LeftOut.MIGRATE_WAIT) && isWriteback(page);
    }

    /** {@code ->readpage}: the content comes from the disk. The page is locked. */
    void readPage(Page page, int index) {
        page.content().writeOnce(disk[index].readOnce());
    }

    /** The other way: what the storage does with a page that is under writeback. */
    void writePage(Page page, int index) {
        disk[index].writeOnce(page.content().readOnce());
    }

    /** {@code set_page_dirty}. */
    static void setPageDirty(Page page) {
        page.flags().or(Page.DIRTY);
    }

    /** {@code set_page_writeback}, of a locked page. */
    void setPageWriteback(Page page) {
        writeback[page.pfn()].writeOnce(1);
    }

    /** {@code end_page_writeback}. */
    void endPageWriteback(Page page) {
        writeback[page.pfn()].writeOnce(0);
    }

    /** {@code PageWriteback}. */
    public boolean isWriteback(Page page) {
        return writeback[page.pfn()].readOnce() != 0;
    }

    /** {@code wait_on_page_writeback}. */
    public void waitOnPageWriteback(Page page) {
        machine.current().lockDep().mightSleep(page + ".PG_writeback");
        writeback[page.pfn()].await("wait_on_page_writeback", Guard.is(0));
    }

    /** {@code mapping->invalidate_lock}, {@code EXT4_I(inode)->i_mmap_sem} before: faults against truncation. */
    RwSemaphore invalidateLock() {
        return invalidateLock;
    }

    /** {@code i_mmap_lock_write}, or {@code i_mmap_lock_read}; {@code spin_lock(&mapping->i_mmap_lock)} before. */
    void lockIMmap(boolean write) {
        if (iMmapLock != null) {
            iMmapLock.lock();
        } else if (write) {
            iMmapRwsem.downWrite();
        } else {
            iMmapRwsem.downRead();
        }
    }

    /** The other way. */
    void unlockIMmap(boolean write) {
        if (iMmapLock != null) {
            iMmapLock.unlock();
        } else if (write) {
            iMmapRwsem.upWrite();
        } else {
            iMmapRwsem.upRead();
        }
    }

    /** {@code unlink_file_vma} of the VMAs of {@code [start, end)}, in {@code free_pgtables}. */
    void unlinkFileVma(int start, int end) {
        lockIMmap(true);
        iMmap.andNot((1L << end) - (1L << start));
        unlockIMmap(true);
    }

    /** {@code vma_interval_tree_foreach}: who maps the page {@code index}, or null. */
    Rmap.Member mapperOf(int index) {
        if (iMmapLock == null) {
            iMmapRwsem.assertHeld();
        } else {
            iMmapLock.assertHeld();
        }
        return iMmap.readOnce(1L << index) == 0 ? null : mapper;
    }

    /**
     * {@code rmap_walk_file}: visits the VMA that maps the page {@code index}, if there is one, with {@code
     * i_mmap_rwsem} held for read.
     */
    void walk(int index, Rmap.Visit visit) {
        lockIMmap(false);
        if (mapperOf(index) != null) {
            visit.one(mapper, index, "i_mmap");
        }
        unlockIMmap(false);
    }

    /** The frame that is in the cache now for a page of the file, -1 if none; for invariants. */
    public int peekFrame(int index) {
        return (int) iPages[index].peek() - 1;
    }

    /** What is on the disk now, for invariants. */
    public long peekDisk(int index) {
        return disk[index].peek();
    }

    /** {@code i_size} now, in pages; for invariants. */
    public int peekSize() {
        return (int) iSize.peek();
    }

    /** {@code PG_writeback} of a page now, for invariants. */
    public boolean peekWriteback(Page page) {
        return writeback[page.pfn()].peek() != 0;
    }

    /** Every word that {@link #peekWriteback} may look at. */
    public List<Word> writebackWords() {
        return List.of(writeback);
    }

    /** Every word that {@link #peekFrame}, {@link #peekDisk} and {@link #peekSize} look at. */
    public List<Word> words() {
        List<Word> words = new ArrayList<>(List.of(iPages));
        words.addAll(List.of(disk));
        words.add(iSize);
        return words;
    }
}
