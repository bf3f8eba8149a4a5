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
public class HmmMigrateV15 extends HmmVmaMigrate<HmmMigrateV15.Pages> {

    /** The migrations of {@code mm}, with some repairs. */
    public HmmMigrateV15(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs) {
        super(mm, notifier, repairs);
    }

    /** {@code struct hmm_migrate} of v15. */
    final class Pages extends HmmMigrate {

        final HmmPfns srcPfns;
        final HmmPfns dstPfns;

        private Pages(long start, long end) {
            super(start, end);
            int count = number(end - start);
            this.srcPfns = new HmmPfns(machine(), mm.memory(), "src_pfns", count);
            this.dstPfns = new HmmPfns(machine(), mm.memory(), "dst_pfns", count);
        }

        @Override
        public String toString() {
            return npages() + ": " + srcPfns + dstPfns;
        }
    }

    @Override
    final Pages start(long start, long end) {
        return new Pages(start, end);
    }

    @Override
    final void collectWalkPmd(Pages migrate, PageTable.Leaf leaf, long start, long end) {
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
            migrate.oneMore();
            mm.memory().getPage(page);
            replaced |= collected(migrate, i, page, ptep, pte);
        }
        unlockAndFlush(leaf, start, end, replaced);
    }

    /** With the PT lock held: whether the entry was replaced by a migration entry. 13/16 does not. */
    boolean collected(Pages migrate, long i, Page page, Word ptep, Pte pte) {
        return false;
    }

    @Override
    void lockAndIsolate(Pages migrate) {
        boolean allowDrain = true;
        mm.memory().lru().addDrain();
        long i = 0;
        for (long addr = migrate.start; addr < migrate.end && migrate.npages() != 0; addr += PAGE_SIZE, i++) {
            Page page = migrate.srcPfns.page(i);
            if (page == null) {
                continue;
            }
            settle("isolating " + i + ", drain " + allowDrain, migrate);
            page.lock().lock();
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
    final void drop(Pages migrate, long i, Page page, boolean isolated) {
        migrate.srcPfns.empty(i);
        migrate.oneLess();
        page.lock().unlock();
        if (isolated && repaired(Repair.PUTBACK)) {
            mm.memory().lru().putback(page);
        } else {
            mm.memory().putPage(page);
        }
    }

    @Override
    final void unmap(Pages migrate) {
        long addr = migrate.start;
        long i = 0;
        long restore = 0;
        for (; addr < migrate.end; addr += PAGE_SIZE, i++) {
            Page page = migrate.srcPfns.page(i);
            if (page == null || !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            pages.tryToUnmap(page, number(addr), i + ", restore " + restore + " of " + migrate);
            if (page.mapCount().readOnce() > 0 || !pageCheck(page)) { // page_mapped
                machine().reach(Marks.PINNED_AFTER_UNMAP);
                migrate.srcPfns.unmark(i, HmmPfns.MIGRATE);
                migrate.oneLess();
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
                pages.removeMigrationPtes(page, page, number(addr), i + ", restore " + restore + " again " + migrate);
                migrate.srcPfns.empty(i);
                page.lock().unlock();
                restore--;
                mm.memory().lru().putback(page);
            }
        }
    }

    @Override
    final void allocAndCopy(Pages migrate) {
        for (long i = 0; i < migrate.i(migrate.end); i++) {
            Page page = migrate.srcPfns.page(i);
            Page newPage = page != null && migrate.srcPfns.has(i, HmmPfns.MIGRATE) ? allocAndCopy(page) : null;
            if (newPage != null) {
                migrate.dstPfns.set(i, newPage, HmmPfns.LOCKED);
            }
        }
    }

    @Override
    final void structPage(Pages migrate) {
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

    @Override
    final void removeMigrationPte(Pages migrate) {
        long i = 0;
        for (long addr = migrate.start; addr < migrate.end && migrate.npages() != 0; addr += PAGE_SIZE, i++) {
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
            migrate.oneLess();
            finish(page, newPage, addr, migrate);
        }
    }
}
