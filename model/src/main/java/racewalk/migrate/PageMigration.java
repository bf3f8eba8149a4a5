package racewalk.migrate;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Protection;
import racewalk.mm.Pte;
import racewalk.mm.Rmap;
import racewalk.mm.TlbFlush;

/**
 * What all migrations of Linux 4.9 do to one page, anonymous or of a file, era 2016: {@code try_to_unmap} of {@code
 * mm/rmap.c} for a migration, {@code migrate_page} and {@code remove_migration_ptes} of {@code mm/migrate.c}. The page
 * lock is held.
 */
public class PageMigration {

    /** What happens to a page. */
    public enum Marks implements Mark {
        /** A PTE was replaced by a migration entry in a walk of the rmap. */
        UNMAPPED,
        /** Someone had a reference on the page when its frame was to be replaced. */
        PINNED,
        /** The page moved to its new frame. */
        MOVED,
        /** A migration entry was replaced by a PTE. */
        REMAPPED
    }

    final AddressSpace mm;

    /** The migrations of pages that {@code mm} maps, perhaps among others. */
    public PageMigration(AddressSpace mm) {
        this.mm = mm;
    }

    /**
     * {@code try_to_unmap(page, TTU_MIGRATION | TTU_IGNORE_MLOCK | TTU_IGNORE_ACCESS)}: a walk of the rmap until the
     * page is not mapped; {@code page_lock_anon_vma_read} does not begin one if it is not.
     *
     * @param caller what the caller knows, as {@link racewalk.machine.Machine#localsAre} has it; null if it is not said
     */
    public final void tryToUnmap(Page page, int address, Object caller) {
        if (page.mapCount().readOnce() != 0) {
            mm.rmap().walk(page, address, (member, at, walk) -> {
                if (!tryToUnmapOne(page, member, at)) {
                    return false;
                }
                settle("try_to_unmap " + page, walk, caller);
                return page.mapCount().readOnce() != 0; // page_not_mapped
            });
        }
    }

    private void settle(String what, String walk, Object caller) {
        if (caller != null) {
            mm.localsAre(what + " in " + walk + " for " + caller);
        }
    }

    /** {@code try_to_unmap_one}: whether the walk goes on. */
    private boolean tryToUnmapOne(Page page, Rmap.Member member, int address) {
        boolean goesOn = true;
        member.notifier().beforeTryToUnmapOne(address);
        PageTable.Leaf leaf = member.mm().pageTable().checkAddress(page, address);
        if (leaf != null) {
            goesOn = unmap(page, member, leaf, address);
            leaf.ptl().unlock();
        }
        member.notifier().afterTryToUnmapOne(address, leaf != null);
        return goesOn;
    }

    /** {@code try_to_unmap_one} of an entry that maps the page, with the PT lock held: whether the walk goes on. */
    boolean unmap(Page page, Rmap.Member member, PageTable.Leaf leaf, int address) {
        Word word = member.mm().pageTable().pte(leaf, address);
        Pte pte = new Pte(word.xchg(Pte.NONE.bits())); // ptep_clear_flush
        new TlbFlush(member.mm(), member.notifier()).flushTlbPage(address);
        member.notifier().rmapClearedPteLocked(address);
        if (pte.isDirty()) {
            page.flags().or(Page.DIRTY); // set_page_dirty
        }
        Pte entry = Pte.makeMigrationEntry(page, pte.isWritable());
        word.writeOnce((pte.isSoftDirty() ? entry.makeSoftDirty() : entry).bits()); // set_pte_at
        mm.machine().reach(Marks.UNMAPPED);
        page.mapCount().add(-1); // page_remove_rmap
        mm.memory().putPage(page);
        return true;
    }

    /**
     * {@code migrate_page}: the new frame takes the place of the old one. Only its isolation may have a reference on
     * the page: {@code migrate_page_move_mapping}.
     *
     * @param copy whether the content is copied, too, and not by someone else before
     * @return false, for {@code -EAGAIN}, if someone else has one
     */
    public final boolean migratePage(Page newPage, Page page, boolean copy) {
        return migratePage(newPage, page, copy, 0);
    }

    final boolean migratePage(Page newPage, Page page, boolean copy, long extra) {
        boolean ofFile = mm.rmap().isOfFile(page);
        if (ofFile ? !mm.pageCache().migrateMapping(newPage, page, extra) : !hasOnlyIsolation(page, extra)) {
            mm.machine().reach(Marks.PINNED);
            return false;
        }
        if (!ofFile) {
            mm.rmap().move(page, newPage);
        }
        if (copy) {
            newPage.content().writeOnce(page.content().readOnce()); // migrate_page_copy
        }
        migratePageStates(newPage, page);
        mm.machine().reach(Marks.MOVED);
        return true;
    }

    /** {@code migrate_page_move_mapping}: whether the page has no other reference, but for {@code extra} expected. */
    boolean hasOnlyIsolation(Page page, long extra) {
        return page.refCount().read() == 1 + extra;
    }

    /** {@code migrate_page_states}. */
    void migratePageStates(Page newPage, Page page) {
        if (page.flags().testAndClear(Page.DIRTY)) {
            newPage.flags().or(Page.DIRTY);
        }
    }

    /**
     * {@code remove_migration_ptes}: a walk of the rmap of {@code newPage}, in which each migration entry of {@code
     * page} becomes a PTE of {@code newPage}. The two may be the same.
     *
     * @param caller what the caller knows, as {@link racewalk.machine.Machine#localsAre} has it; null if it is not said
     */
    public final void removeMigrationPtes(Page page, Page newPage, int address, Object caller) {
        rmapWalk(newPage, address, (member, at, walk) -> {
            removeMigrationPte(page, newPage, member.mm(), at);
            settle("remove_migration_ptes " + page + ", " + newPage, walk, caller);
            return true;
        });
    }

    /** {@code rmap_walk}, of {@code remove_migration_ptes}. */
    void rmapWalk(Page page, int address, Rmap.Visit visit) {
        mm.rmap().walk(page, address, visit);
    }

    private void removeMigrationPte(Page page, Page newPage, AddressSpace of, int address) {
        PageTable.Leaf leaf = of.pageTable().leafOf(address);
        if (leaf == null) {
            return;
        }
        leaf.ptl().lock();
        Word word = of.pageTable().pte(leaf, address);
        Pte entry = new Pte(word.readOnce());
        if (entry.isMigrationEntry() && entry.pfn() == page.pfn()) {
            restore(newPage, word, entry, of, address);
            mm.machine().reach(Marks.REMAPPED);
        }
        leaf.ptl().unlock();
    }

    /** {@code remove_migration_pte}: replaces the migration entry, with the PT lock held. */
    void restore(Page newPage, Word word, Pte entry, AddressSpace of, int address) {
        mm.memory().getPage(newPage);
        Protection vma = of.vmas().findByRmap(address);
        Pte pte = Pte.make(newPage).modify(vma); // pte_mkold(mk_pte(new, vma->vm_page_prot))
        pte = entry.isSoftDirty() ? pte.makeSoftDirty() : pte;
        // "Recheck VMA as permissions can change since migration started"
        boolean write = entry.isWritable() && vma.permits(true); // maybe_mkwrite
        word.writeOnce((write ? pte.makeWritable() : pte).bits()); // set_pte_at
        newPage.mapCount().add(1); // page_add_anon_rmap, page_add_file_rmap
    }
}
