package racewalk.migrate;

import java.util.Arrays;
import java.util.Set;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;

/**
 * "[HMM v13 16/18] mm/hmm/migrate: new memory migration helper for use with device memory", November 2016, read from
 * the answer of 19 November that quotes it, but for {@code migrate_page} without a copy, which is another patch of the
 * series. One array has the source pages and later the destinations; the sources are found again in the page table,
 * which is walked without its lock.
 */
public class HmmMigrateV13 extends HmmVmaMigrate<HmmMigrateV13.Pages> {

    /** The migrations of {@code mm}, with some repairs. */
    public HmmMigrateV13(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs) {
        super(mm, notifier, repairs);
    }

    /** {@code struct hmm_migrate} of v13. */
    final class Pages extends HmmMigrate {

        final HmmPfns pfns;
        /** What {@link Repair#SOURCES} adds. */
        final Page[] sources;

        private Pages(long start, long end) {
            super(start, end);
            int count = number(end - start);
            this.pfns = new HmmPfns(machine(), mm.memory(), "pfns", count);
            this.sources = new Page[count];
        }

        @Override
        public String toString() {
            return npages() + ": " + pfns + Arrays.toString(sources);
        }
    }

    @Override
    final Pages start(long start, long end) {
        return new Pages(start, end);
    }

    /** {@code trylock_page}, under the PT lock; the planted fault overrides it. */
    boolean tryLockPageLocked(Page page) {
        return page.lock().tryLockPage();
    }

    @Override
    final void collectWalkPmd(Pages migrate, PageTable.Leaf leaf, long start, long end) {
        int replaced = 0; // pages
        leaf.ptl().lock();
        for (long addr = start; addr < end; addr += PAGE_SIZE) {
            Word ptep = pte(leaf, addr);
            Pte pte = new Pte(ptep.xchg(Pte.NONE.bits())); // ptep_get_and_clear
            if (!pte.isPresent()) {
                if (!pte.isNone()) { // !is_device_entry
                    ptep.writeOnce(pte.bits());
                }
                continue;
            }
            Page page = mm.memory().page(pte.pfn());
            long i = migrate.i(addr);
            migrate.pfns.set(i, page, HmmPfns.MIGRATE | (pte.isWritable() ? HmmPfns.WRITE : 0));
            migrate.oneMore();
            mm.memory().getPage(page);
            if (!tryLockPageLocked(page)) {
                machine().reach(Marks.COLLECTED_UNLOCKED);
                ptep.writeOnce(pte.bits());
                if (repaired(Repair.TRYLOCK)) {
                    migrate.pfns.empty(i);
                    migrate.oneLess();
                    mm.memory().putPage(page);
                }
            } else {
                migrate.pfns.mark(i, HmmPfns.LOCKED);
                migrate.sources[(int) i] = page;
                replaceEarlyLocked(page, ptep, pte);
                replaced++;
            }
        }
        unlockAndFlush(leaf, start, end, replaced > 0);
    }

    @Override
    final void lockAndIsolate(Pages migrate) {
        long addr = migrate.start;
        long i = 0;
        long restore = 0;
        boolean allowDrain = true;
        mm.memory().lru().addDrain();
        while (addr < migrate.end) { // again:
            Page page = migrate.pfns.page(i);
            if (page == null) {
                addr += PAGE_SIZE;
                i++;
                continue;
            }
            if (!migrate.pfns.has(i, HmmPfns.LOCKED)) {
                page.lock().lock();
                migrate.pfns.mark(i, HmmPfns.LOCKED);
                migrate.sources[(int) i] = page;
            }
            if (!mm.memory().lru().isOnList(page) && allowDrain) {
                mm.memory().lru().addDrainAll();
                allowDrain = false;
                continue; // goto again
            }
            boolean isolated = mm.memory().lru().isolate(page);
            if (!isolated) {
                machine().reach(Marks.NOT_ISOLATED);
                migrate.pfns.unmark(i, HmmPfns.MIGRATE);
                migrate.oneLess();
                if (repaired(Repair.NOT_ISOLATED)) {
                    migrate.pfns.mark(i, HmmPfns.NOT_ISOLATED);
                } else {
                    mm.memory().putPage(page); // As posted: the last one, if the only PTE was replaced.
                }
                restore++;
            } else {
                mm.memory().putPage(page); // "Drop the reference we took in collect"
            }
            if ((isolated || !repaired(Repair.NOT_ISOLATED)) && !pageCheck(page)) {
                machine().reach(Marks.PINNED_BEFORE_UNMAP);
                migrate.pfns.unmark(i, HmmPfns.MIGRATE);
                migrate.oneLess();
                restore++;
            }
            addr += PAGE_SIZE;
            i++;
            settle("isolated " + i + ", restore " + restore + ", drain " + allowDrain, migrate);
        }
        if (restore != 0) {
            restore(migrate, restore);
        }
    }

    /** {@code hmm_migrate_lock_and_isolate}, its second half. */
    private void restore(Pages migrate, long count) {
        long restore = count;
        for (long addr = migrate.start, i = 0; addr < migrate.end; ) {
            if (isPassed(migrate, i)) {
                addr += PAGE_SIZE;
                i++;
                continue;
            }
            long restart = addr;
            PageTable.Leaf leaf = mm.pageTable().leafOf(number(addr));
            long next = pmdAddrEnd(addr, migrate.end);
            if (leaf == null) {
                addr = next;
                i = migrate.i(addr);
                continue;
            }
            leaf.ptl().lock();
            for (; addr < next; addr += PAGE_SIZE, i++) {
                Page page = migrate.pfns.page(i);
                if (page != null && !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
                    boolean write = migrate.pfns.has(i, HmmPfns.WRITE);
                    restorePteLocked(page, write, addr, pte(leaf, addr), repaired(Repair.RESTORE_SET_BACK));
                }
            }
            leaf.ptl().unlock();
            addr = restart;
            i = migrate.i(addr);
            // As posted it goes on by PAGE_SHIFT.
            for (; addr < next && restore != 0; addr += repaired(Repair.RESTORE_STEP) ? PAGE_SIZE : PAGE_SHIFT, i++) {
                Page page = migrate.pfns.page(i);
                if (page != null && !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
                    giveUp(migrate, i, page);
                    restore--;
                }
            }
            if (restore == 0) {
                break;
            }
        }
    }

    /** Whether there is nothing to restore at {@code i}: as posted, unless the page is to be migrated. */
    private boolean isPassed(Pages migrate, long i) {
        boolean migrates = migrate.pfns.has(i, HmmPfns.MIGRATE);
        return migrate.pfns.page(i) == null || (repaired(Repair.RESTORE_SEARCH) ? migrates : !migrates);
    }

    private void giveUp(Pages migrate, long i, Page page) {
        migrate.sources[(int) i] = null;
        release(migrate.pfns, i, page);
    }

    @Override
    final void unmap(Pages migrate) {
        long addr = migrate.start;
        long i = 0;
        long restore = 0;
        for (; addr < migrate.end; addr += PAGE_SIZE, i++) {
            Page page = migrate.pfns.page(i);
            if (page == null || !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            pages.tryToUnmap(page, number(addr), i + ", restore " + restore + " of " + migrate);
            if (page.mapCount().readOnce() > 0 || !pageCheck(page)) { // page_mapped
                machine().reach(Marks.PINNED_AFTER_UNMAP);
                migrate.pfns.unmark(i, HmmPfns.MIGRATE);
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
            Page page = migrate.pfns.page(i);
            if (page != null && !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
                pages.removeMigrationPtes(page, page, number(addr), i + ", restore " + restore + " again " + migrate);
                giveUp(migrate, i, page);
                restore--;
            }
        }
    }

    @Override
    final void allocAndCopy(Pages migrate) {
        for (long i = 0; i < migrate.i(migrate.end); i++) {
            Page page = migrate.pfns.page(i);
            if (page == null || !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            Page newPage = allocAndCopy(page);
            if (newPage == null) {
                migrate.pfns.unmark(i, HmmPfns.MIGRATE);
            } else {
                migrate.pfns.set(i, newPage, HmmPfns.MIGRATE | HmmPfns.LOCKED);
            }
        }
    }

    /** {@code hmm_migrate_struct_page}: "No need to lock nothing can change from under us". */
    @Override
    final void structPage(Pages migrate) {
        for (long addr = migrate.start; addr < migrate.end; ) {
            long next = pmdAddrEnd(addr, migrate.end);
            PageTable.Leaf leaf = mm.pageTable().leafOf(number(addr));
            for (; leaf != null && addr < next; addr += PAGE_SIZE) {
                structPageOne(migrate, migrate.i(addr), pte(leaf, addr));
            }
            addr = next;
        }
    }

    private void structPageOne(Pages migrate, long i, Word ptep) {
        Page newPage = migrate.pfns.page(i);
        if (newPage == null || !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
            return;
        }
        Pte entry = new Pte(ptep.readOnce());
        if (!entry.isMigrationEntry()) { // "This should not happen but be nice"
            machine().reach(Marks.ENTRY_GONE);
            migrate.pfns.empty(i);
            if (repaired(Repair.SOURCES)) {
                newPage.lock().unlock();
            }
            mm.memory().putPage(newPage); // As posted it is locked, and nobody knows the source any more.
            return;
        }
        Page page = mm.memory().page(entry.pfn());
        if (!pages.migratePage(newPage, page, false)) {
            migrate.pfns.unmark(i, HmmPfns.MIGRATE);
        }
    }

    /** {@code hmm_migrate_remove_migration_pte}: walks the page table without its lock once more. */
    @Override
    final void removeMigrationPte(Pages migrate) {
        for (long addr = migrate.start; addr < migrate.end; ) {
            long next = pmdAddrEnd(addr, migrate.end);
            PageTable.Leaf leaf = mm.pageTable().leafOf(number(addr));
            for (; leaf != null && addr < next; addr += PAGE_SIZE) {
                removeOne(migrate, migrate.i(addr), addr, pte(leaf, addr));
            }
            addr = next;
        }
    }

    private void removeOne(Pages migrate, long i, long addr, Word ptep) {
        settle("remapping " + i, migrate);
        Page page;
        if (repaired(Repair.SOURCES)) {
            page = migrate.sources[(int) i];
            if (page == null) {
                return;
            }
        } else {
            Pte entry = new Pte(ptep.readOnce());
            if (!entry.isMigrationEntry()) {
                return;
            }
            page = mm.memory().page(entry.pfn());
        }
        Page newPage = migrate.pfns.page(i);
        if (newPage == null) {
            newPage = page;
        }
        if (repaired(Repair.DESTINATION) && newPage != page && !migrate.pfns.has(i, HmmPfns.MIGRATE)) {
            giveBack(newPage);
            newPage = page;
        }
        migrate.pfns.empty(i);
        migrate.oneLess();
        finish(page, newPage, addr, migrate);
    }
}
