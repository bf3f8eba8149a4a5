package racewalk.mm;

import java.util.EnumSet;
import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.Fault.VmFault;

/**
 * Device-exclusive entries of Linux 7.0: a device that cannot make its atomic operations atomic to the CPUs has a page
 * for itself while such an entry stands where the page was mapped. {@code make_device_exclusive} of {@code mm/rmap.c};
 * {@code remove_device_exclusive_entry} and {@code restore_exclusive_pte} of {@code mm/memory.c}. Read as they are
 * since Hildenbrand, "[PATCH v2 00/17] mm: fixes for device-exclusive entries (hmm)", 10 Feb 2025.
 *
 * <p>The page lock is for who has just made an entry: until it is unlocked nobody makes the page present again. "Note
 * that the folio lock does not protect against all cases of concurrent page table modifications (e.g., MADV_DONTNEED,
 * mprotect), so device drivers must use MMU notifiers to sync against any concurrent changes".
 */
public final class DeviceExclusive {

    /** Branches of what makes such entries and removes them. */
    public enum Marks implements Mark {
        /** A page was made exclusive to a device. */
        MADE,
        /** The page was locked by another: {@code -EBUSY}. */
        LOCKED,
        /** The page was not mapped writable any more when the PT lock had been taken: {@code -EBUSY}. */
        CHANGED,
        /** A fault made the page present again. */
        RESTORED,
        /** The page of the entry that a fault had seen was free. */
        FREED,
        /** The entry that a fault had seen was another when the page was locked. */
        NOT_SAME
    }

    /** What a variant of the fault leaves out. */
    public enum LeftOut {
        /** The reference by which the page is locked: until Popple, 7c7b962938dd, 2023. */
        REFERENCE,
        /** The notifier: the device is not told. */
        NOTIFIER,
        /** The look whether the entry is the same still. */
        RECHECK
    }

    /** Why a page was not made exclusive. */
    public enum Failure {
        /** {@code -EBUSY}: the page was locked, or is not what it was. */
        EBUSY,
        /** {@code -EFAULT}: nothing may be written there. */
        EFAULT
    }

    /**
     * What {@code make_device_exclusive} comes to.
     *
     * @param page the page, locked and with a reference, both of which are the caller's to drop; null if there is none
     * @param failure null if there is a page
     */
    public record Made(Page page, Failure failure) {}

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;
    private final Set<LeftOut> leftOut;

    /** The entries of the process that {@code gup} is of, for a driver. */
    public DeviceExclusive(AddressSpace mm, GetUserPages gup) {
        this(mm, gup.fault().notifier, Set.of());
    }

    /** The entries of {@code mm}, with something left out. */
    DeviceExclusive(AddressSpace mm, NotifierSites notifier, Set<LeftOut> leftOut) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
        this.leftOut = leftOut.isEmpty() ? Set.of() : EnumSet.copyOf(leftOut);
    }

    /**
     * {@code make_device_exclusive}, with the mmap lock held. Whoever has the page exclusively loses it, for {@code
     * get_user_pages} faults.
     *
     * @param owner whose notifier tells it from others, or {@link NotifierSites#NO_OWNER}
     * @param caller what the caller knows, as {@link Machine#localsAre} has it
     */
    public Made make(GetUserPages gup, int address, int owner, String caller) {
        Page page = gup.getUserPage(address, true, false, caller); // get_user_page_vma_remote
        if (page == null) {
            return new Made(null, Failure.EFAULT);
        }
        if (!page.lock().tryLockPage()) {
            mm.machine().reach(Marks.LOCKED);
            mm.memory().putPage(page);
            return new Made(null, Failure.EBUSY);
        }
        notifier.beforeMakeExclusive(address, owner);
        boolean made = replace(page, address);
        notifier.afterMakeExclusive(address);
        if (!made) {
            mm.machine().reach(Marks.CHANGED);
            page.lock().unlock();
            mm.memory().putPage(page);
            return new Made(null, Failure.EBUSY);
        }
        mm.machine().reach(Marks.MADE);
        return new Made(page, null);
    }

    /**
     * {@code make_device_exclusive}, "a second walk": whether the page is mapped writable still, by the only entry that
     * can be; then that is replaced.
     */
    private boolean replace(Page page, int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address); // folio_walk_start
        leaf.ptl().lock();
        Word word = mm.pageTable().pte(leaf, address);
        Pte pte = new Pte(word.readOnce());
        boolean same = pte.isPresent() && pte.pfn() == page.pfn() && pte.isWritable();
        if (same) {
            pte = new Pte(word.xchg(Pte.NONE.bits())); // ptep_clear_flush
            tlbFlush.flushTlbPage(address);
            if (pte.isDirty()) {
                page.flags().or(Page.DIRTY); // folio_mark_dirty
            }
            Pte entry = Pte.makeDeviceExclusiveEntry(page);
            word.writeOnce((pte.isSoftDirty() ? entry.makeSoftDirty() : entry).bits()); // set_pte_at
        }
        leaf.ptl().unlock(); // folio_walk_end
        return same;
    }

    /**
     * {@code remove_device_exclusive_entry}: a fault has met {@code entry}. It sleeps for the page lock with the mmap
     * lock held, which Linux may drop the first time [R].
     */
    VmFault remove(PageTable.Leaf leaf, Word word, int address, Pte entry) {
        Page page = mm.memory().page(entry.pfn());
        if (!leftOut.contains(LeftOut.REFERENCE) && !page.refCount().incNotZero()) { // folio_try_get
            mm.machine().reach(Marks.FREED); // "If the folio is free the entry must have been removed already"
            return VmFault.NONE;
        }
        page.lock().lock(); // folio_lock_or_retry
        if (!leftOut.contains(LeftOut.NOTIFIER)) {
            notifier.beforeRestoreExclusive(address);
        }
        leaf.ptl().lock();
        boolean same = word.readOnce() == entry.bits(); // pte_same
        mm.machine().reach(same ? Marks.RESTORED : Marks.NOT_SAME);
        if (same || leftOut.contains(LeftOut.RECHECK)) {
            restoreExclusivePte(mm, page, word, address, entry);
        }
        leaf.ptl().unlock();
        page.lock().unlock();
        if (!leftOut.contains(LeftOut.REFERENCE)) {
            mm.memory().putPage(page);
        }
        if (!leftOut.contains(LeftOut.NOTIFIER)) {
            notifier.afterRestoreExclusive(address);
        }
        return VmFault.NONE;
    }

    /**
     * {@code restore_exclusive_pte}, with the page and the PT lock held and the notifiers called: a page that is no
     * longer exclusive to the process is not made writable.
     */
    static void restoreExclusivePte(AddressSpace mm, Page page, Word word, int address, Pte entry) {
        Protection vma = mm.vmas().find(address);
        Pte pte = Pte.make(page).modify(vma); // mk_pte(page, READ_ONCE(vma->vm_page_prot))
        pte = entry.isSoftDirty() ? pte.makeSoftDirty() : pte;
        if (vma.permits(true) && page.isAnonExclusive()) { // can_change_pte_writable
            if ((page.flags().readOnce(Page.DIRTY) & Page.DIRTY) != 0) {
                pte = pte.makeDirty().makeSoftDirty(); // pte_mkdirty of x86
            }
            pte = pte.makeWritable();
        }
        word.writeOnce(pte.bits()); // set_pte_at
    }
}
