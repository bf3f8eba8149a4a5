package racewalk.mm;

import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * The page fault of Linux 2.6.24: {@code do_page_fault} of x86 and {@code mm/memory.c}, era 2008, for private anonymous
 * memory.
 */
public class Fault {

    /** Branches of the fault. */
    public enum Marks implements Mark {
        /** Another fault mapped the page first. */
        LOST_RACE,
        /** The PTE changed between its first reading and the PT lock. */
        PTE_CHANGED,
        /** The entry permitted the access by the time of the fault. */
        SPURIOUS,
        /** A write fault on a read-only entry took the page over without copying it. */
        REUSED,
        /** A write fault on a read-only entry copied the page. */
        COPIED,
        /** No page for an anonymous mapping. */
        NO_PAGE,
        /** No page for a copy. */
        NO_COPY,
        /** No page table. */
        NO_TABLE,
        /** The page was on its way to another frame: the fault waited until it was unlocked. */
        MIGRATION_WAIT,
        /** The page was on its way to another frame, and had arrived when the PT lock was taken. */
        MIGRATION_OVER
    }

    /** What a fault comes to for the access that took it. */
    public enum Answer {
        /** It is tried again. */
        RETRY,
        /** The same, and nothing was done: there was a migration entry. */
        WAITED,
        /** {@code SIGSEGV}: the VMA does not permit it. */
        SIGSEGV,
        /** {@code SIGBUS}: the file ends before it. */
        SIGBUS,
        /**
         * {@code VM_FAULT_OOM}: there was no memory. Linux kills the process; here only the access ends, and what the
         * fault has left behind is seen by those who go on.
         */
        OUT_OF_MEMORY
    }

    /** {@code VM_FAULT_}: what {@code handle_mm_fault} has done. */
    enum VmFault {
        /** Nothing that the caller needs to know. */
        NONE,
        /** Nothing but to wait for the end of a migration; to Linux no more than {@link #NONE}. */
        WAITED,
        /** {@code VM_FAULT_WRITE}: a write fault on a read-only entry was broken. */
        WRITE,
        /** {@code VM_FAULT_SIGBUS}. */
        SIGBUS,
        /** {@code VM_FAULT_OOM}. */
        OOM
    }

    final AddressSpace mm;
    final NotifierSites notifier;
    final TlbFlush tlbFlush;
    private final FileFault fileFault;

    /** The faults of {@code mm}. */
    public Fault(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
        this.fileFault = mm.pageCache() == null ? null : FileFault.of(mm, notifier);
    }

    /** {@code do_page_fault}. */
    public final Answer doPageFault(int address, boolean write) {
        Answer answer = Answer.SIGSEGV;
        mm.mmapLock().downRead();
        if (mm.vmas().find(address).permits(write)) {
            answer = switch (handleMmFault(address, write, "")) {
                case OOM -> Answer.OUT_OF_MEMORY;
                case SIGBUS -> Answer.SIGBUS;
                case WAITED -> Answer.WAITED;
                case NONE, WRITE -> Answer.RETRY;
            };
        }
        mm.localsAre("do_page_fault: " + answer);
        mm.mmapLock().upRead();
        return answer;
    }

    /**
     * {@code handle_mm_fault}, with the mmap lock held. The VMA permits the access, or {@code get_user_pages} asks by
     * force: then the entry that the fault makes is no wider than the VMA all the same.
     *
     * @param caller what the caller knows, as {@link Machine#localsAre} has it; null if it is not said
     */
    VmFault handleMmFault(int address, boolean write, String caller) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            leaf = mm.pageTable().allocLeaf(address);
        }
        if (leaf == null) {
            machine().reach(Marks.NO_TABLE);
            return VmFault.OOM;
        }
        return handlePteFault(leaf, address, write, caller);
    }

    /** {@code handle_mm_fault} for HMM, as above: false for {@code VM_FAULT_OOM}. */
    public final boolean mmFault(int address, boolean write) {
        return handleMmFault(address, write, null) != VmFault.OOM;
    }

    private VmFault handlePteFault(PageTable.Leaf leaf, int address, boolean write, String caller) {
        Word word = mm.pageTable().pte(leaf, address);
        Pte entry = new Pte(word.readOnce());
        if (entry.isNone()) {
            return mm.isOfFile(address)
                    ? fileFault.doFault(leaf, word, address, write, caller)
                    : doAnonymousPage(leaf, word, address);
        }
        if (!entry.isPresent()) {
            return doSwapPage(leaf, word, address, entry, caller);
        }
        leaf.ptl().lock();
        if (word.readOnce() != entry.bits()) { // pte_same
            machine().reach(Marks.PTE_CHANGED);
            leaf.ptl().unlock();
            return VmFault.NONE;
        }
        if (write && !entry.isWritable()) {
            return mm.isOfFile(address)
                    ? fileFault.wpPageShared(leaf, word, address, entry)
                    : doWpPage(leaf, word, address, entry, caller);
        }
        machine().reach(Marks.SPURIOUS);
        boolean changed = ptepSetAccessFlags(word, address, entry, mkyoung(write ? mkdirty(entry) : entry), write);
        if (!changed && write) {
            tlbFlush.flushTlbPage(address);
            notifier.spuriousFaultLocked(address);
        }
        leaf.ptl().unlock();
        return VmFault.NONE;
    }

    /** {@code do_swap_page} of an entry that is neither none nor present: there is no swap, so the page migrates. */
    VmFault doSwapPage(PageTable.Leaf leaf, Word word, int address, Pte entry, String caller) {
        migrationEntryWait(leaf, word);
        return VmFault.WAITED;
    }

    /**
     * {@code migration_entry_wait}: sleeps until the page is unlocked. It has a reference meanwhile, so a migration
     * that has not yet looked at the refcount fails.
     */
    protected void migrationEntryWait(PageTable.Leaf leaf, Word word) {
        leaf.ptl().lock();
        Pte entry = new Pte(word.readOnce());
        Page page = entry.isMigrationEntry() ? mm.memory().page(entry.pfn()) : null;
        if (page != null && !page.refCount().incNotZero()) { // get_page_unless_zero
            page = null;
        }
        leaf.ptl().unlock();
        if (page == null) {
            machine().reach(Marks.MIGRATION_OVER);
            return;
        }
        machine().reach(Marks.MIGRATION_WAIT);
        page.lock().awaitUnlocked();
        mm.memory().putPage(page);
    }

    private VmFault doAnonymousPage(PageTable.Leaf leaf, Word word, int address) {
        Page page = mm.memory().allocZeroedPage();
        if (page == null) {
            machine().reach(Marks.NO_PAGE);
            return VmFault.OOM;
        }
        leaf.ptl().lock();
        if (new Pte(word.readOnce()).isNone()) {
            pageAddNewAnonRmap(page);
            word.writeOnce(newEntry(page, address).bits()); // set_pte_at: gives the allocation's reference to the PTE
            leaf.ptl().unlock();
        } else {
            machine().reach(Marks.LOST_RACE);
            mm.memory().putPage(page);
            leaf.ptl().unlock();
        }
        return VmFault.NONE;
    }

    /** {@code do_wp_page}: entered with the PT lock held, returns without. */
    VmFault doWpPage(PageTable.Leaf leaf, Word word, int address, Pte original, String caller) {
        Page oldPage = mm.memory().page(original.pfn());
        boolean reuse = false;
        if (oldPage.lock().tryLockPage()) { // !TestSetPageLocked
            reuse = oldPage.mapCount().readOnce() == 1; // can_share_swap_page
            oldPage.lock().unlock();
        }
        if (reuse) {
            return wpPageReuse(leaf, word, address, original);
        }
        mm.memory().getPage(oldPage);
        leaf.ptl().unlock();

        Page newPage = mm.memory().allocPage();
        if (newPage == null) {
            machine().reach(Marks.NO_COPY);
            releaseUncopied(oldPage);
            return VmFault.OOM;
        }
        newPage.content().writeOnce(oldPage.content().readOnce()); // cow_user_page
        notifier.beforeCow(address);
        leaf.ptl().lock();
        boolean broken = word.readOnce() == original.bits(); // pte_same
        if (broken) {
            machine().reach(Marks.COPIED);
            oldPageBeforeClear(oldPage);
            word.xchg(Pte.NONE.bits()); // ptep_clear_flush
            tlbFlush.flushTlbPage(address);
            notifier.cowClearedPteLocked(address);
            word.writeOnce(newEntry(newPage, address).bits()); // set_pte_at
            notifier.cowSetPteLocked(address);
            pageAddNewAnonRmap(newPage);
            oldPageAfterSet(oldPage);
        }
        // It has the reference of the entry that was replaced, or of the copy that nobody needs.
        Page spare = broken ? oldPage : newPage;
        NotifierSites.CowRelease release = notifier.cowRelease();
        if (release != NotifierSites.CowRelease.UNLOCKED) {
            mm.memory().putPage(spare);
        }
        if (release == NotifierSites.CowRelease.LOCKED) {
            mm.memory().putPage(oldPage); // the reference that kept it over the copy
        }
        leaf.ptl().unlock();
        notifier.cowUnlocked(address, broken);
        if (release == NotifierSites.CowRelease.UNLOCKED) {
            mm.memory().putPage(spare);
        }
        if (release != NotifierSites.CowRelease.LOCKED) {
            mm.memory().putPage(oldPage);
        }
        notifier.afterCow(address);
        return broken ? VmFault.WRITE : VmFault.NONE;
    }

    /** {@code do_wp_page}, {@code wp_page_reuse} of later: with the PT lock held, which it drops. */
    final VmFault wpPageReuse(PageTable.Leaf leaf, Word word, int address, Pte original) {
        machine().reach(Marks.REUSED);
        ptepSetAccessFlags(word, address, original, maybeMkwrite(mkdirty(mkyoung(original)), address), true);
        leaf.ptl().unlock();
        return VmFault.WRITE;
    }

    /** How many references {@code get_user_pages} takes for a pin: one, as for any other use. */
    long pinReferences() {
        return 1;
    }

    /** {@code do_wp_page}, before {@code ptep_clear_flush}: {@code page_remove_rmap}. */
    protected void oldPageBeforeClear(Page oldPage) {
        pageRemoveRmap(oldPage);
    }

    /** {@code do_wp_page}, after {@code set_pte_at}: nothing. */
    protected void oldPageAfterSet(Page oldPage) {}

    /** {@code do_wp_page}, from {@code oom} on: the planted faults override it. */
    protected void releaseUncopied(Page oldPage) {
        mm.memory().putPage(oldPage); // the reference that kept it over the copy
    }

    /**
     * {@code ptep_set_access_flags} of x86, with the PT lock held: whether the entry changed. It is written and flushed
     * only for a write: "the hardware will do the accessed bit for us".
     */
    private boolean ptepSetAccessFlags(Word word, int address, Pte old, Pte entry, boolean dirty) {
        boolean changed = !entry.equals(old);
        if (changed && dirty) {
            word.writeOnce(entry.bits());
            tlbFlush.flushTlbPage(address);
        }
        return changed;
    }

    /** {@code maybe_mkwrite(pte_mkdirty(mk_pte(page, vma->vm_page_prot)), vma)}. */
    final Pte newEntry(Page page, int address) {
        Protection protection = mm.vmas().find(address);
        Pte entry = mkyoung(mkdirty(Pte.make(page).modify(protection))); // every vm_page_prot has _PAGE_ACCESSED
        return protection.permits(true) ? entry.makeWritable() : entry;
    }

    /** {@code maybe_mkwrite}: writable if the VMA is. */
    private Pte maybeMkwrite(Pte entry, int address) {
        return mm.vmas().find(address).permits(true) ? entry.makeWritable() : entry;
    }

    /** {@code pte_mkyoung}, where pages are aged. */
    private Pte mkyoung(Pte entry) {
        return mm.aging() ? entry.makeYoung() : entry;
    }

    /** {@code pte_mkdirty} of x86, which sets the soft-dirty bit, too: only where pages migrate. */
    private Pte mkdirty(Pte entry) {
        return mm.rmap() == null ? entry.makeDirty() : entry.makeDirty().makeSoftDirty();
    }

    static void pageRemoveRmap(Page page) {
        page.mapCount().add(-1);
    }

    /** {@code page_add_new_anon_rmap}; where pages migrate, {@code lru_cache_add_active_or_unevictable} with it. */
    void pageAddNewAnonRmap(Page page) {
        if (mm.rmap() != null) {
            mm.rmap().addNew(page, mm);
        }
        page.mapCount().add(1);
        if (mm.memory().lru() != null) {
            mm.memory().lru().cacheAdd(page);
        }
    }

    final Machine machine() {
        return mm.machine();
    }
}
