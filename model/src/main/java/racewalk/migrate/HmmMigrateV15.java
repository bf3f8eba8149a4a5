package racewalk.migrate;

import java.util.Set;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;

/**
 * "[HMM v15 13/16] mm/hmm/migrate: new memory migration helper for use with device memory v2", 6 January 2017: two
 * arrays, so the page table is walked once, and no entry is replaced before {@code try_to_unmap}.
 */
public class HmmMigrateV15 extends HmmVmaMigrate {

    /** The migrations of {@code mm}, with some repairs. */
    public HmmMigrateV15(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs) {
        super(mm, notifier, repairs);
    }

    /** {@code struct hmm_migrate}. */
    final class HmmMigrate {

        final long start;
        final long end;
        final HmmPfns srcPfns;
        final HmmPfns dstPfns;
        private long npages;

        HmmMigrate(long start, long end) {
            this.start = start;
            this.end = end;
            int count = number(end - start);
            this.srcPfns = new HmmPfns(machine(), mm.memory(), "src_pfns", count);
            this.dstPfns = new HmmPfns(machine(), mm.memory(), "dst_pfns", count);
        }

        /** What the steps know, as {@link racewalk.machine.Machine#localsAre} has it. */
        @Override
        public String toString() {
            return npages + ": " + srcPfns + dstPfns;
        }

        /** {@code migrate->npages != 0}. */
        boolean hasPages() {
            return npages != 0;
        }

        /** {@code migrate->npages--}. */
        void oneLess() {
            npages--;
        }

        /** {@code (addr - migrate->start) >> PAGE_SHIFT}. */
        long i(long addr) {
            return (addr - start) >> PAGE_SHIFT;
        }
    }

    @Override
    final void hmmVmaMigrate(long start, long end) {
        HmmMigrate migrate = new HmmMigrate(start, end);
        collect(migrate);
        settle("collected", migrate);
        if (migrate.npages == 0) {
            return;
        }
        lockAndIsolate(migrate);
        settle("isolated", migrate);
        if (migrate.npages == 0) {
            return;
        }
        unmap(migrate);
        settle("unmapped", migrate);
        if (migrate.npages == 0) {
            return;
        }
        allocAndCopy(migrate);
        settle("copied", migrate);
        structPage(migrate);
        settle("moved", migrate);
        // ops->finalize_and_map: the driver may look which pages have moved
        removeMigrationPte(migrate);
    }

    final void settle(String step, HmmMigrate migrate) {
        machine().localsAre(step + " " + migrate);
    }

    /** {@code hmm_migrate_collect}. */
    private void collect(HmmMigrate migrate) {
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
    private void collectWalkPmd(HmmMigrate migrate, PageTable.Leaf leaf, long start, long end) {
        boolean replaced = false;
        leaf.ptl().lock();
        for (long addr = start; addr < end; addr += PAGE_SIZE) {
            Word ptep = pte(leaf, addr);
            Pte pte = new Pte(ptep.readOnce());
            if (!pte.isPresent()) {
                continue;
            }
            Page page = mm.memory().page(pte.pfn());
            if (!mm.rmap().hasMapping(page)) {
                continue;
            }
            long i = migrate.i(addr);
            migrate.srcPfns.set(i, page, HmmPfns.MIGRATE | (pte.isWritable() ? HmmPfns.WRITE : 0));
            migrate.npages++;
            mm.memory().getPage(page);
            replaced |= collected(migrate, i, page, ptep, pte);
        }
        unlockAndFlush(leaf, start, end, replaced);
    }

    /** With the PT lock held: whether the entry was replaced by a migration entry. 13/16 does not. */
    boolean collected(HmmMigrate migrate, long i, Page page, Word ptep, Pte pte) {
        return false;
    }

    /** {@code hmm_migrate_lock_and_isolate}. */
    void lockAndIsolate(HmmMigrate migrate) {
        boolean allowDrain = true;
        mm.memory().lru().addDrain();
        long i = 0;
        for (long addr = migrate.start; addr < migrate.end && migrate.npages != 0; addr += PAGE_SIZE, i++) {
            Page page = migrate.srcPfns.page(i);
            if (page == null) {
                continue;
            }
            settle("isolating " + i + ", drain " + allowDrain, migrate);
            if (repaired(Repair.TRYLOCK)) {
                if (!page.lock().tryLockPage()) {
                    machine().reach(Marks.COLLECTED_UNLOCKED);
                    migrate.srcPfns.empty(i);
                    migrate.npages--;
                    mm.memory().putPage(page);
                    continue;
                }
            } else {
                page.lock().lock();
            }
            migrate.srcPfns.mark(i, HmmPfns.LOCKED);
            if (!mm.memory().lru().isOnList(page) && allowDrain) {
                mm.memory().lru().addDrainAll();
                allowDrain = false;
            }
            boolean isolated = mm.memory().lru().isolate(page);
            if (!isolated) {
                machine().reach(Marks.NOT_ISOLATED);
                drop(migrate, i, page, false);
            } else {
                mm.memory().putPage(page); // "Drop the reference we took in collect"
            }
            // As posted a page that was just dropped is checked, too, and perhaps dropped again.
            if ((isolated || !repaired(Repair.NOT_ISOLATED)) && !pageCheck(page)) {
                machine().reach(Marks.PINNED_BEFORE_UNMAP);
                drop(migrate, i, page, isolated);
            }
        }
    }

    /** A page that is not to be migrated: as posted it does not come back to the LRU list if it was isolated. */
    final void drop(HmmMigrate migrate, long i, Page page, boolean isolated) {
        migrate.srcPfns.empty(i);
        migrate.npages--;
        page.lock().unlock();
        if (isolated && repaired(Repair.PUTBACK)) {
            mm.memory().lru().putback(page);
        } else {
            mm.memory().putPage(page);
        }
    }

    /** {@code hmm_migrate_unmap}. */
    private void unmap(HmmMigrate migrate) {
        long addr = migrate.start;
        long i = 0;
        long restore = 0;
        for (; addr < migrate.end; addr += PAGE_SIZE, i++) {
            Page page = migrate.srcPfns.page(i);
            if (page == null || !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            pages.tryToUnmap(page, number(addr), restore + " of " + migrate);
            if (page.mapCount().readOnce() > 0 || !pageCheck(page)) { // page_mapped
                machine().reach(Marks.PINNED_AFTER_UNMAP);
                migrate.srcPfns.unmark(i, HmmPfns.MIGRATE);
                migrate.npages--;
                restore++;
            }
            settle("unmapped " + i + ", restore " + restore, migrate);
        }
        if (repaired(Repair.UNMAP_AGAIN)) { // As posted it goes on from the end.
            addr = migrate.start;
            i = 0;
        }
        for (; addr < migrate.end && restore != 0; addr += PAGE_SIZE, i++) {
            Page page = migrate.srcPfns.page(i);
            if (page != null && !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                pages.removeMigrationPtes(page, page, number(addr), restore + " again " + migrate);
                migrate.srcPfns.empty(i);
                page.lock().unlock();
                restore--;
                mm.memory().lru().putback(page);
            }
        }
    }

    /** {@code ops->alloc_and_copy}. */
    private void allocAndCopy(HmmMigrate migrate) {
        for (long i = 0; i < migrate.i(migrate.end); i++) {
            Page page = migrate.srcPfns.page(i);
            Page newPage = page != null && migrate.srcPfns.has(i, HmmPfns.MIGRATE) ? allocAndCopy(page) : null;
            if (newPage != null) {
                migrate.dstPfns.set(i, newPage, HmmPfns.LOCKED);
            }
        }
    }

    /** {@code hmm_migrate_struct_page}. */
    private void structPage(HmmMigrate migrate) {
        long i = 0;
        for (long addr = migrate.start; addr < migrate.end; addr += PAGE_SIZE, i++) {
            Page newPage = migrate.dstPfns.page(i);
            Page page = migrate.srcPfns.page(i);
            if (page == null || newPage == null || !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            if (!pages.migratePage(newPage, page, false)) {
                migrate.srcPfns.unmark(i, HmmPfns.MIGRATE);
            }
        }
    }

    /** {@code hmm_migrate_remove_migration_pte}. */
    private void removeMigrationPte(HmmMigrate migrate) {
        long i = 0;
        for (long addr = migrate.start; addr < migrate.end && migrate.npages != 0; addr += PAGE_SIZE, i++) {
            Page newPage = migrate.dstPfns.page(i);
            Page page = migrate.srcPfns.page(i);
            if (page == null) {
                continue;
            }
            settle("remapping " + i, migrate);
            if (newPage == null) {
                newPage = page;
            }
            if (repaired(Repair.DESTINATION) && newPage != page && !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                giveBack(newPage);
                newPage = page;
            }
            migrate.npages--;
            finish(page, newPage, addr, migrate);
        }
    }
}
