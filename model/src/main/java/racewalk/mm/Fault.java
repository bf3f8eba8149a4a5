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
        COPIED
    }

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;

    /** The faults of {@code mm}. */
    public Fault(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm);
    }

    /** {@code do_page_fault}: false if the access is to be answered by {@code SIGSEGV}. */
    public final boolean doPageFault(int address, boolean write) {
        mm.mmapLock().downRead();
        boolean good = mm.vmas().find(address).permits(write);
        if (good) {
            handleMmFault(address, write);
        }
        mm.mmapLock().upRead();
        return good;
    }

    /**
     * {@code handle_mm_fault}, with the mmap lock held. The VMA permits the access, or {@code get_user_pages} asks by
     * force: then the entry that the fault makes is no wider than the VMA all the same.
     *
     * @return {@code VM_FAULT_WRITE}: whether a write fault on a read-only entry was broken
     */
    boolean handleMmFault(int address, boolean write) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            leaf = mm.pageTable().allocLeaf(address);
        }
        return handlePteFault(leaf, address, write);
    }

    private boolean handlePteFault(PageTable.Leaf leaf, int address, boolean write) {
        Word word = mm.pageTable().pte(leaf, address);
        Pte entry = new Pte(word.readOnce());
        if (entry.isNone()) {
            doAnonymousPage(leaf, word, address);
            return false;
        }
        leaf.ptl().lock();
        if (word.readOnce() != entry.bits()) { // pte_same
            machine().reach(Marks.PTE_CHANGED);
            leaf.ptl().unlock();
            return false;
        }
        if (write && !entry.isWritable()) {
            return doWpPage(leaf, word, address, entry);
        }
        machine().reach(Marks.SPURIOUS);
        boolean changed = ptepSetAccessFlags(word, address, entry, write ? entry.makeDirty() : entry);
        if (!changed && write) {
            tlbFlush.flushTlbPage(address);
            notifier.spuriousFaultLocked(address);
        }
        leaf.ptl().unlock();
        return false;
    }

    private void doAnonymousPage(PageTable.Leaf leaf, Word word, int address) {
        Page page = mm.memory().allocZeroedPage();
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
    }

    /** {@code do_wp_page}: entered with the PT lock held, returns without; true for {@code VM_FAULT_WRITE}. */
    private boolean doWpPage(PageTable.Leaf leaf, Word word, int address, Pte original) {
        Page oldPage = mm.memory().page(original.pfn());
        boolean reuse = false;
        if (oldPage.lock().tryLockPage()) { // !TestSetPageLocked
            reuse = oldPage.mapCount().readOnce() == 1; // can_share_swap_page
            oldPage.lock().unlock();
        }
        if (reuse) {
            machine().reach(Marks.REUSED);
            ptepSetAccessFlags(word, address, original, maybeMkwrite(original.makeDirty(), address));
            leaf.ptl().unlock();
            return true;
        }
        mm.memory().getPage(oldPage);
        leaf.ptl().unlock();

        Page newPage = mm.memory().allocPage();
        newPage.content().writeOnce(oldPage.content().readOnce()); // cow_user_page
        notifier.beforeCow(address);
        leaf.ptl().lock();
        boolean broken = word.readOnce() == original.bits(); // pte_same
        if (broken) {
            machine().reach(Marks.COPIED);
            oldPage.mapCount().add(-1); // page_remove_rmap
            word.xchg(Pte.NONE.bits()); // ptep_clear_flush
            tlbFlush.flushTlbPage(address);
            notifier.cowClearedPteLocked(address);
            word.writeOnce(newEntry(newPage, address).bits()); // set_pte_at
            pageAddNewAnonRmap(newPage);
        }
        // The reference of the entry that was replaced, or of the copy that nobody needs.
        mm.memory().putPage(broken ? oldPage : newPage);
        mm.memory().putPage(oldPage); // the reference that kept it over the copy
        leaf.ptl().unlock();
        notifier.afterCow(address);
        return broken;
    }

    /** {@code ptep_set_access_flags} of x86, with the PT lock held: whether the entry changed, and was flushed. */
    private boolean ptepSetAccessFlags(Word word, int address, Pte old, Pte entry) {
        boolean changed = !entry.equals(old);
        if (changed) {
            word.writeOnce(entry.bits());
            tlbFlush.flushTlbPage(address);
        }
        return changed;
    }

    /** {@code maybe_mkwrite(pte_mkdirty(mk_pte(page, vma->vm_page_prot)), vma)}. */
    private Pte newEntry(Page page, int address) {
        Protection protection = mm.vmas().find(address);
        Pte entry = Pte.make(page).modify(protection).makeDirty();
        return protection.permits(true) ? entry.makeWritable() : entry;
    }

    /** {@code maybe_mkwrite}: writable if the VMA is. */
    private Pte maybeMkwrite(Pte entry, int address) {
        return mm.vmas().find(address).permits(true) ? entry.makeWritable() : entry;
    }

    private static void pageAddNewAnonRmap(Page page) {
        page.mapCount().add(1);
    }

    private Machine machine() {
        return mm.machine();
    }
}
