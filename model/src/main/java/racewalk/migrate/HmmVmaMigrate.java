package racewalk.migrate;

import java.util.Locale;
import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Protection;
import racewalk.mm.Pte;
import racewalk.mm.TlbFlush;

/**
 * What v13 and v15 of {@code hmm_vma_migrate} have in common (Jérôme Glisse, November 2016 and January 2017), for
 * anonymous pages that go to other frames of system memory. Huge pages, pages of {@code ZONE_DEVICE} and page cache are
 * left out. The lazy MMU mode does nothing on bare x86. {@code walk_page_range} is a loop over the leaf tables.
 *
 * <p>The designs are modelled statement by statement, with the statements that cannot have been meant; a {@link Repair}
 * stands where each is repaired, and as posted there is none. Addresses are in bytes here, because the patches once add
 * {@code PAGE_SHIFT} to one.
 */
public abstract class HmmVmaMigrate<M extends HmmMigrate> implements Migration {

    /** Branches of the migration. */
    public enum Marks implements Mark {
        /** The page was locked by another when it was collected. */
        COLLECTED_UNLOCKED,
        /** The page was locked when it was collected, and has a migration entry since. */
        ENTRY_SET_EARLY,
        /** The page was not on the LRU list. */
        NOT_ISOLATED,
        /** Someone had a reference on the page before it was unmapped. */
        PINNED_BEFORE_UNMAP,
        /** A PTE that was replaced early was set again. */
        RESTORED,
        /** "SOMETHING BAD IS GOING ON !": no migration entry where one was set. */
        SOMETHING_BAD,
        /** After it was unmapped, the page was still mapped or someone had a reference. */
        PINNED_AFTER_UNMAP,
        /** "This should not happen but be nice": the entry had gone when the destination was to be mapped. */
        ENTRY_GONE
    }

    /** Something that the patches do not do: in which function, at which statement, and what the repair does. */
    public enum Repair {
        DIRTY(
                "hmm_collect_walk_pmd",
                "make_migration_entry(page, write)",
                "the dirty bit of an entry that is replaced early goes to the page"
                        + " (\"copy pte dirty bit to page\", 2022)"),
        FLUSH_LOCKED(
                "hmm_collect_walk_pmd",
                "pte_unmap_unlock(ptep - 1, ptl), before flush_tlb_range",
                "the TLBs are flushed before the PT lock is dropped (\"flush TLB while holding PTL\", 2022)"),
        NOT_ISOLATED(
                "hmm_migrate_lock_and_isolate",
                "put_page(page) if isolate_lru_page(page) has failed, and hmm_migrate_page_check of that page",
                "a page that cannot be isolated keeps its reference until it is restored, is counted once, and does not"
                        + " go to the LRU list, to which others bring it"),
        PUTBACK(
                "hmm_migrate_lock_and_isolate",
                "put_page(page) if hmm_migrate_page_check(page) has failed",
                "a page that is given up after it was isolated goes back to the LRU list"),
        RESTORE_SEARCH(
                "hmm_migrate_lock_and_isolate",
                "if (!page || !(pfns[i] & HMM_PFN_MIGRATE))",
                "the restore pass looks for what is to be restored, not for what is to be migrated"),
        RESTORE_STEP(
                "hmm_migrate_lock_and_isolate",
                "addr += PAGE_SHIFT",
                "the restore pass goes on by PAGE_SIZE, not by PAGE_SHIFT"),
        RESTORE_SOFT_DIRTY(
                "hmm_migrate_lock_and_isolate",
                "if (pte_swp_soft_dirty(*ptep))",
                "the restore pass tests the soft-dirty bit of the entry that it has cleared, not of the cleared one"),
        RESTORE_SET_BACK(
                "hmm_migrate_lock_and_isolate",
                "if (pte_none(pte) || pte_present(pte)), after ptep_get_and_clear",
                "where the restore pass finds no migration entry it sets back what it has cleared, as v15 does"),
        UNMAP_AGAIN(
                "hmm_migrate_unmap",
                "for (; (addr < migrate->end) && restore; ...), where addr is the end already",
                "the second loop of the unmapping begins at the first page again"),
        DESTINATION(
                "hmm_migrate_remove_migration_pte",
                "newpage = page only if there is no newpage",
                "if migrate_page has failed, the source is mapped again, and the destination given back"),
        SOURCES(
                "hmm_migrate_struct_page and hmm_migrate_remove_migration_pte",
                "page = migration_entry_to_page(entry), of an entry read without the PT lock",
                "the source pages are remembered, so that they can be released when their entries have gone"),
        TRYLOCK(
                "hmm_migrate_lock_and_isolate",
                "lock_page(page)",
                "a page that cannot be locked at once is not migrated: nobody sleeps for a page lock and has another");

        private final String function;
        private final String statement;
        private final String sentence;

        Repair(String function, String statement, String sentence) {
            this.function = function;
            this.statement = statement;
            this.sentence = sentence;
        }

        /** The name in ids of designs. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The function of the patches that it mends. */
        public String function() {
            return function;
        }

        /** The statement, of v13 where v15 has another. */
        public String statement() {
            return statement;
        }

        /** What it does. */
        public String sentence() {
            return sentence;
        }
    }

    static final long PAGE_SHIFT = 12;
    static final long PAGE_SIZE = 1 << PAGE_SHIFT;

    final AddressSpace mm;
    final NotifierSites notifier;
    final TlbFlush tlbFlush;
    final PageMigration pages;
    private final Set<Repair> repairs;

    HmmVmaMigrate(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
        this.pages = new PageMigration(mm);
        this.repairs = repairs;
    }

    /** A driver calls {@code hmm_vma_migrate}: {@code -EINVAL} if the range is not mapped. */
    @Override
    public final void migrate(int start, int end) {
        mm.mmapLock().downRead();
        if (mm.vmas().cover(start, end)) {
            hmmVmaMigrate(start(start << PAGE_SHIFT, end << PAGE_SHIFT));
        }
        mm.mmapLock().upRead();
    }

    /** {@code hmm_vma_migrate}. The mmap lock is held for read. */
    private void hmmVmaMigrate(M migrate) {
        collect(migrate);
        settle("collected", migrate);
        if (migrate.npages() == 0) {
            return;
        }
        lockAndIsolate(migrate);
        settle("isolated", migrate);
        if (migrate.npages() == 0) {
            return;
        }
        unmap(migrate);
        settle("unmapped", migrate);
        if (migrate.npages() == 0) {
            return;
        }
        allocAndCopy(migrate);
        settle("copied", migrate);
        structPage(migrate);
        settle("moved", migrate);
        // ops->finalize_and_map: the driver may look which pages have moved
        removeMigrationPte(migrate);
    }

    /** A {@code struct hmm_migrate} for the range. */
    abstract M start(long start, long end);

    /** {@code hmm_migrate_collect}. */
    private void collect(M migrate) {
        notifier.beforeMigrateCollect(number(migrate.start), number(migrate.end));
        for (long addr = migrate.start; addr < migrate.end; addr = pmdAddrEnd(addr, migrate.end)) {
            PageTable.Leaf leaf = mm.pageTable().leafOf(number(addr));
            if (leaf != null) { // pmd_none
                collectWalkPmd(migrate, leaf, addr, pmdAddrEnd(addr, migrate.end));
            }
        }
        notifier.afterMigrateCollect(number(migrate.start), number(migrate.end));
    }

    /** {@code hmm_collect_walk_pmd}. */
    abstract void collectWalkPmd(M migrate, PageTable.Leaf leaf, long start, long end);

    /** {@code hmm_migrate_lock_and_isolate}. */
    abstract void lockAndIsolate(M migrate);

    /** {@code hmm_migrate_unmap}. */
    abstract void unmap(M migrate);

    /** {@code ops->alloc_and_copy}. */
    abstract void allocAndCopy(M migrate);

    /** {@code hmm_migrate_struct_page}. */
    abstract void structPage(M migrate);

    /** {@code hmm_migrate_remove_migration_pte}. */
    abstract void removeMigrationPte(M migrate);

    final void settle(String step, M migrate) {
        machine().localsAre(step + " " + migrate);
    }

    final boolean repaired(Repair repair) {
        return repairs.contains(repair);
    }

    /**
     * {@code hmm_migrate_page_check}: false if someone has a reference besides the PTEs and the one that this migration
     * has.
     */
    final boolean pageCheck(Page page) {
        int extra = 1;
        return page.refCount().read() - extra <= page.mapCount().readOnce();
    }

    /**
     * {@code hmm_collect_walk_pmd}: replaces the entry of a locked page, {@code pte}, which has just been cleared, by a
     * migration entry. The PT lock is held.
     */
    final void replaceEarlyLocked(Page page, Word ptep, Pte pte) {
        Pte entry = Pte.makeMigrationEntry(page, pte.isWritable());
        ptep.writeOnce((pte.isSoftDirty() ? entry.makeSoftDirty() : entry).bits());
        if (repaired(Repair.DIRTY) && pte.isDirty()) {
            page.flags().or(Page.DIRTY);
        }
        page.mapCount().add(-1); // page_remove_rmap
        mm.memory().putPage(page);
        machine().reach(Marks.ENTRY_SET_EARLY);
    }

    /** {@code hmm_collect_walk_pmd}: drops the PT lock, then flushes the TLBs if an entry was replaced. */
    final void unlockAndFlush(PageTable.Leaf leaf, long start, long end, boolean replaced) {
        if (replaced && repaired(Repair.FLUSH_LOCKED)) {
            tlbFlush.flushTlbRange(number(start), number(end));
        }
        leaf.ptl().unlock();
        if (replaced && !repaired(Repair.FLUSH_LOCKED)) {
            tlbFlush.flushTlbRange(number(start), number(end));
        }
    }

    /**
     * {@code hmm_migrate_lock_and_isolate}: sets one PTE again that was replaced early. The PT lock is held.
     *
     * @param setsBack whether something else than a migration entry, which it has cleared, is set again
     */
    final void restorePteLocked(Page page, boolean wasWritable, long addr, Word ptep, boolean setsBack) {
        Protection vma = mm.vmas().find(number(addr));
        boolean write = wasWritable && vma.permits(true);
        Pte entry = new Pte(ptep.xchg(Pte.NONE.bits())); // ptep_get_and_clear
        if (!entry.isMigrationEntry()) {
            machine().reach(Marks.SOMETHING_BAD);
            if (setsBack) {
                ptep.writeOnce(entry.bits());
            }
            return;
        }
        machine().reach(Marks.RESTORED);
        Pte pte = Pte.make(page).modify(vma); // pte_mkold(mk_pte(page, vma->vm_page_prot))
        pte = write ? pte.makeWritable() : pte;
        // As posted: *ptep, which has just been cleared.
        Pte asked = repaired(Repair.RESTORE_SOFT_DIRTY) ? entry : new Pte(ptep.readOnce());
        pte = asked.isSoftDirty() ? pte.makeSoftDirty() : pte;
        mm.memory().getPage(page);
        ptep.writeOnce(pte.bits());
        page.mapCount().add(1); // page_add_anon_rmap
    }

    /** A driver's {@code alloc_and_copy} of one page: a locked frame with its content; null if there is none. */
    final Page allocAndCopy(Page page) {
        Page newPage = mm.memory().allocPage();
        if (newPage != null) {
            newPage.lock().lock();
            newPage.content().writeOnce(page.content().readOnce());
        }
        return newPage;
    }

    /** {@code hmm_migrate_remove_migration_pte}: what it does with a page and its destination, perhaps the same. */
    final void finish(Page page, Page newPage, long addr, M migrate) {
        pages.removeMigrationPtes(page, newPage, number(addr), addr + " finished " + migrate);
        page.lock().unlock();
        mm.memory().lru().putback(page);
        if (newPage != page) {
            newPage.lock().unlock();
            mm.memory().lru().putback(newPage);
        }
    }

    /** A page that is given up: with its isolation's reference, or with that of collect. */
    final void release(HmmPfns pfns, long i, Page page) {
        boolean isolated = !pfns.has(i, HmmPfns.NOT_ISOLATED);
        pfns.empty(i);
        page.lock().unlock();
        if (isolated) {
            mm.memory().lru().putback(page);
        } else {
            mm.memory().putPage(page);
        }
    }

    /** A destination that is not needed: nobody gives it back as posted. */
    final void giveBack(Page newPage) {
        newPage.lock().unlock();
        mm.memory().putPage(newPage);
    }

    /** {@code addr >> PAGE_SHIFT}. */
    static int number(long addr) {
        return (int) (addr >> PAGE_SHIFT);
    }

    final Word pte(PageTable.Leaf leaf, long addr) {
        return mm.pageTable().pte(leaf, number(addr));
    }

    /** {@code pmd_addr_end}. */
    final long pmdAddrEnd(long addr, long end) {
        return (long) mm.pageTable().leafEnd(number(addr), number(end)) << PAGE_SHIFT;
    }

    final Machine machine() {
        return mm.machine();
    }
}
