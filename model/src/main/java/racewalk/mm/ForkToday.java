package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * {@code copy_pte_range} of Linux 7.0, {@code mm/memory.c}, era today: an anonymous page is no longer exclusive when it
 * is shared ({@code folio_try_dup_anon_rmap_ptes}), and one that is pinned is not shared but copied at once. Without
 * huge pages and batches. {@code write_protect_seq}, which keeps GUP-fast off, is in {@link GupFastToday}.
 *
 * <p>{@code MMF_HAS_PINNED}, which spares processes without pins a look at the references, is not modelled [R].
 */
public final class ForkToday extends Fork {

    /** Branches of the fork. */
    public enum Marks implements Mark {
        /** A pinned page was copied at once. */
        PINNED,
        /** A page was in a device's memory: both have a device-private entry now. */
        DEVICE_PRIVATE,
        /** A page was a device's alone, and was made present again. */
        EXCLUSIVE_RESTORED,
        /** It was not, for it was locked. */
        EXCLUSIVE_LOCKED
    }

    /** What is done with a device-exclusive entry. */
    public enum OnExclusive {
        /** {@code try_restore_exclusive_pte}; where the page is locked the fork fails. */
        RESTORE,
        /** The same, but the fork waits until the page is unlocked, and goes on. No kernel does so. */
        RESTORE_AND_WAIT,
        /** Planted: the child gets it as it is. */
        COPY
    }

    /** What {@code copy_present_ptes} has done. */
    private enum Copied {
        /** Both map the page. */
        SHARED,
        /** The child has a page of its own. */
        COPIED,
        /** {@code -EAGAIN}: a page is needed for a copy. */
        AGAIN,
        /** {@code -EBUSY}: a page that is a device's alone is locked. */
        BUSY;

        /** Whether the loop goes on to the next entry. */
        boolean isDone() {
            return this == SHARED || this == COPIED;
        }
    }

    private final OnExclusive onExclusive;

    /** The fork of {@code parent} into {@code child}. */
    public ForkToday(AddressSpace parent, NotifierSites notifier, AddressSpace child, Unmap exit) {
        this(parent, notifier, child, exit, OnExclusive.RESTORE);
    }

    /** The same, by another way with device-exclusive entries. */
    public ForkToday(
            AddressSpace parent, NotifierSites notifier, AddressSpace child, Unmap exit, OnExclusive onExclusive) {
        super(parent, notifier, child, exit);
        this.onExclusive = onExclusive;
    }

    @Override
    boolean copyPteRange(PageTable.Leaf source, int start, int end) {
        Page prealloc = null;
        int address = start;
        while (true) {
            PageTable.Leaf destination = child.pageTable().leafOf(start);
            if (destination == null) {
                destination = child.pageTable().allocLeaf(start); // pte_alloc_map_lock
            }
            if (destination == null) {
                parent.machine().reach(Fork.Marks.NO_TABLE);
                return false;
            }
            destination.ptl().lock();
            source.ptl().lockNested(NESTED);
            Copied copied = Copied.SHARED;
            for (; address < end && copied.isDone(); address += copied.isDone() ? 1 : 0) {
                Word from = parent.pageTable().pte(source, address);
                Pte entry = new Pte(from.readOnce());
                Word to = child.pageTable().pte(destination, address);
                if (entry.isDeviceExclusive() && onExclusive != OnExclusive.COPY) {
                    if (!tryRestoreExclusivePte(from, address, entry)) {
                        copied = Copied.BUSY;
                        continue;
                    }
                    entry = new Pte(from.readOnce());
                }
                if (entry.isDeviceExclusive()) {
                    copyDeviceExclusivePte(to, entry);
                } else if (entry.isDevicePrivate()) {
                    copyDevicePrivatePte(to, from, entry);
                } else if (entry.isMigrationEntry()) {
                    copyNonpresentPte(to, from, entry);
                } else if (!entry.isNone()) {
                    copied = copyPresentPte(to, from, entry, prealloc, address);
                    if (copied == Copied.SHARED && prealloc != null) { // "we may have got unpinned"
                        parent.memory().putPage(prealloc);
                    }
                    prealloc = null;
                }
            }
            if (copied.isDone()) {
                notifier.copiedLeafLocked(start, end);
            }
            Page locked = copied == Copied.BUSY && onExclusive == OnExclusive.RESTORE_AND_WAIT
                    ? pageOf(source, address)
                    : null;
            source.ptl().unlock();
            destination.ptl().unlock();
            if (locked != null) {
                locked.lock().awaitUnlocked();
                parent.memory().putPage(locked);
                continue;
            }
            if (copied != Copied.AGAIN) {
                if (prealloc != null) {
                    parent.memory().putPage(prealloc);
                }
                return copied.isDone(); // copy_pmd_range makes -ENOMEM of -EBUSY
            }
            prealloc = parent.memory().allocPage(); // folio_prealloc
            if (prealloc == null) {
                return false;
            }
        }
    }

    /** {@code try_restore_exclusive_pte}: false, for {@code -EBUSY}, if the page is locked. */
    private boolean tryRestoreExclusivePte(Word word, int address, Pte entry) {
        Page page = parent.memory().page(entry.pfn());
        if (!page.lock().tryLockPage()) {
            parent.machine().reach(Marks.EXCLUSIVE_LOCKED);
            return false;
        }
        DeviceExclusive.restoreExclusivePte(parent, page, word, address, entry);
        page.lock().unlock();
        parent.machine().reach(Marks.EXCLUSIVE_RESTORED);
        return true;
    }

    /** The page of an entry, with a reference, and the PT lock held. */
    private Page pageOf(PageTable.Leaf source, int address) {
        Pte entry = new Pte(parent.pageTable().pte(source, address).readOnce());
        Page page = parent.memory().page(entry.pfn());
        parent.memory().getPage(page);
        return page;
    }

    /** Planted: a device-exclusive entry as any that maps a page, which stays exclusive to the process. */
    private void copyDeviceExclusivePte(Word to, Pte entry) {
        Page page = parent.memory().page(entry.pfn());
        parent.memory().getPage(page);
        page.mapCount().add(1);
        to.writeOnce(entry.bits());
    }

    /** {@code copy_nonpresent_pte} of a migration entry. */
    private void copyNonpresentPte(Word to, Word from, Pte entry) {
        parent.machine().reach(Fork.Marks.MIGRATION_ENTRY);
        Pte shared = entry.makeMigrationEntryShared(); // "A previously exclusive entry is now shared"
        if (!shared.equals(entry)) {
            from.writeOnce(shared.bits());
        }
        to.writeOnce(shared.bits());
    }

    /**
     * {@code copy_nonpresent_pte} of a device-private entry; it is soft-dirty no more: "We do not preserve soft-dirty
     * information".
     */
    private void copyDevicePrivatePte(Word to, Word from, Pte entry) {
        parent.machine().reach(Marks.DEVICE_PRIVATE);
        Page page = parent.memory().page(entry.pfn());
        parent.memory().getPage(page);
        page.flags().andNot(Page.ANON_EXCLUSIVE); // folio_try_dup_anon_rmap_pte: "these pages cannot get pinned"
        page.mapCount().add(1);
        Pte read = entry;
        if (entry.isWritable()) {
            read = Pte.makeDevicePrivateEntry(page, false);
            from.writeOnce(read.bits());
        }
        to.writeOnce(read.bits());
    }

    /** {@code copy_present_ptes} of one. */
    private Copied copyPresentPte(Word to, Word from, Pte entry, Page prealloc, int address) {
        Page page = parent.memory().page(entry.pfn());
        parent.memory().getPage(page);
        // folio_try_dup_anon_rmap_pte
        if (page.maybeDmaPinned() && page.isAnonExclusive()) {
            parent.memory().putPage(page);
            return copyPresentPage(to, page, prealloc, address);
        }
        if (page.isAnonExclusive()) {
            page.flags().andNot(Page.ANON_EXCLUSIVE);
        }
        page.mapCount().add(1);
        parent.machine().reach(Fork.Marks.SHARED);
        if (entry.isWritable()) {
            ptepSetWrprotect(from);
        }
        to.writeOnce(entry.writeProtect().bits()); // set_ptes
        return Copied.SHARED;
    }

    /** {@code copy_present_page}. */
    private Copied copyPresentPage(Word to, Page page, Page newPage, int address) {
        if (newPage == null) {
            return Copied.AGAIN;
        }
        parent.machine().reach(Marks.PINNED);
        newPage.content().writeOnce(page.content().readOnce()); // copy_mc_user_highpage
        newPage.flags().or(Page.ANON_EXCLUSIVE); // folio_add_new_anon_rmap
        if (child.rmap() != null) {
            child.rmap().addNew(newPage, child);
        }
        newPage.mapCount().add(1);
        if (child.memory().lru() != null) {
            child.memory().lru().cacheAdd(newPage); // folio_add_lru_vma
        }
        Protection protection = child.vmas().find(address);
        Pte pte = Pte.make(newPage).modify(protection).makeDirty(); // maybe_mkwrite(pte_mkdirty(mk_pte()))
        pte = child.rmap() == null ? pte : pte.makeSoftDirty();
        to.writeOnce((protection.permits(true) ? pte.makeWritable() : pte).bits()); // set_pte_at
        return Copied.COPIED;
    }
}
