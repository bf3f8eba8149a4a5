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
        DEVICE_PRIVATE
    }

    /** What {@code copy_present_ptes} has done. */
    private enum Copied {
        /** Both map the page. */
        SHARED,
        /** The child has a page of its own. */
        COPIED,
        /** {@code -EAGAIN}: a page is needed for a copy. */
        AGAIN
    }

    /** The fork of {@code parent} into {@code child}. */
    public ForkToday(AddressSpace parent, NotifierSites notifier, AddressSpace child, Unmap exit) {
        super(parent, notifier, child, exit);
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
            for (; address < end && copied != Copied.AGAIN; address += copied == Copied.AGAIN ? 0 : 1) {
                Word from = parent.pageTable().pte(source, address);
                Pte entry = new Pte(from.readOnce());
                Word to = child.pageTable().pte(destination, address);
                if (entry.isDevicePrivate()) {
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
            if (copied != Copied.AGAIN) {
                notifier.copiedLeafLocked(start, end);
            }
            source.ptl().unlock();
            destination.ptl().unlock();
            if (copied != Copied.AGAIN) {
                if (prealloc != null) {
                    parent.memory().putPage(prealloc);
                }
                return true;
            }
            prealloc = parent.memory().allocPage(); // folio_prealloc
            if (prealloc == null) {
                return false;
            }
        }
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
