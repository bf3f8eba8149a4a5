package racewalk.migrate;

import java.util.Set;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;

/**
 * v15 with "[HMM v15 14/16] mm/hmm/migrate: optimize page map once in vma being migrated", 6 January 2017: the entry
 * of a page that can be locked at once is replaced when it is collected.
 */
public final class HmmMigrateV15Early extends HmmMigrateV15 {

    /** The migrations of {@code mm}, with some repairs. */
    public HmmMigrateV15Early(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs) {
        super(mm, notifier, repairs);
    }

    @Override
    boolean collected(Pages migrate, long i, Page page, Word ptep, Pte pte) {
        if (!page.lock().tryLockPage()) {
            machine().reach(Marks.COLLECTED_UNLOCKED);
            if (repaired(Repair.TRYLOCK)) {
                migrate.srcPfns.empty(i);
                migrate.oneLess();
                mm.memory().putPage(page);
            } else {
                ptep.writeOnce(pte.bits()); // As posted, though it was not cleared: a dirty bit set since is lost.
            }
            return false;
        }
        migrate.srcPfns.mark(i, HmmPfns.LOCKED);
        // As posted: what the entry was is what it was before it was cleared.
        Pte cleared = new Pte(ptep.xchg(Pte.NONE.bits())); // ptep_get_and_clear
        replaceEarlyLocked(page, ptep, repaired(Repair.DIRTY) ? cleared : pte);
        return true;
    }

    @Override
    void lockAndIsolate(Pages migrate) {
        long restore = 0;
        boolean allowDrain = true;
        mm.memory().lru().addDrain();
        long i = 0;
        for (long addr = migrate.start; addr < migrate.end && migrate.npages() != 0; addr += PAGE_SIZE, i++) {
            Page page = migrate.srcPfns.page(i);
            boolean needRestore = true;
            if (page == null) {
                continue;
            }
            settle("isolating " + i + ", restore " + restore + ", drain " + allowDrain, migrate);
            if (!migrate.srcPfns.has(i, HmmPfns.LOCKED)) {
                page.lock().lock();
                needRestore = false;
                migrate.srcPfns.mark(i, HmmPfns.LOCKED);
            }
            if (!mm.memory().lru().isOnList(page) && allowDrain) {
                mm.memory().lru().addDrainAll();
                allowDrain = false;
            }
            boolean isolated = mm.memory().lru().isolate(page);
            if (!isolated) {
                machine().reach(Marks.NOT_ISOLATED);
                restore += failed(migrate, i, page, needRestore, false);
            } else {
                mm.memory().putPage(page); // "Drop the reference we took in collect"
            }
            if ((isolated || !repaired(Repair.NOT_ISOLATED)) && !pageCheck(page)) {
                machine().reach(Marks.PINNED_BEFORE_UNMAP);
                restore += failed(migrate, i, page, needRestore, isolated);
            }
        }
        if (restore != 0) {
            restore(migrate, restore);
        }
    }

    /** How many more pages are to be restored. */
    private long failed(Pages migrate, long i, Page page, boolean needRestore, boolean isolated) {
        if (!needRestore) {
            drop(migrate, i, page, isolated);
            return 0;
        }
        migrate.srcPfns.unmark(i, HmmPfns.MIGRATE);
        if (!isolated && repaired(Repair.NOT_ISOLATED)) {
            migrate.srcPfns.mark(i, HmmPfns.NOT_ISOLATED);
        }
        return 1;
    }

    /** {@code hmm_migrate_lock_and_isolate}, its second half. */
    private void restore(Pages migrate, long count) {
        long restore = count;
        for (long addr = migrate.start, i = 0; addr < migrate.end && restore != 0; ) {
            boolean migrates = migrate.srcPfns.has(i, HmmPfns.MIGRATE);
            // As posted it looks for a page that is to be migrated.
            if (migrate.srcPfns.page(i) == null || (repaired(Repair.RESTORE_SEARCH) ? migrates : !migrates)) {
                addr += PAGE_SIZE;
                i++;
                continue;
            }
            long restart = addr;
            PageTable.Leaf leaf = mm.pageTable().leafOf(number(addr));
            long next = pmdAddrEnd(addr, migrate.end);
            if (leaf != null) { // else goto unlock_release
                leaf.ptl().lock();
                for (; addr < next; addr += PAGE_SIZE, i++) {
                    Page page = migrate.srcPfns.page(i);
                    if (page != null && !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                        restorePteLocked(page, migrate.srcPfns.has(i, HmmPfns.WRITE), addr, pte(leaf, addr), true);
                    }
                }
                leaf.ptl().unlock();
            }
            addr = restart; // unlock_release:
            i = migrate.i(addr);
            for (; addr < next && restore != 0; addr += repaired(Repair.RESTORE_STEP) ? PAGE_SIZE : PAGE_SHIFT, i++) {
                Page page = migrate.srcPfns.page(i);
                if (page != null && !migrate.srcPfns.has(i, HmmPfns.MIGRATE)) {
                    release(migrate.srcPfns, i, page);
                    restore--;
                }
            }
        }
    }
}
