package racewalk.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import racewalk.machine.Mark;
import racewalk.migrate.MigratePages.Isolated;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;

/**
 * {@code move_pages} of {@code mm/migrate.c}, Linux 7.0, era today: {@code do_pages_move} and {@code migrate_pages}
 * with {@code MIGRATE_SYNC}, of anonymous pages. The memory of devices migrates as {@link MigrateVma} has it.
 *
 * <p>A page is found by its PTE and taken off the LRU list; its lock comes later, without the mmap lock. By then it may
 * be mapped in another way, or be a device's alone: {@code try_to_migrate} meets a device-exclusive entry. The page
 * comes back as one that is present.
 *
 * <p>{@code migrate_pages_sync} tries all pages first with {@code MIGRATE_ASYNC}, where it waits for no lock and
 * flushes the TLBs for all of them together; left out [R]. What is left then is moved one by one, as all are here.
 *
 * <p>Read at 6.11 and as of Hildenbrand, "mm/migrate: convert add_page_for_migration() from follow_page() to
 * folio_walk", Aug 2024, and "mm/rmap: handle device-exclusive entries correctly in try_to_migrate_one()", Jan 2025.
 */
public final class MovePages extends MigrateVma {

    /** Branches of the migration. */
    public enum Marks implements Mark {
        /** The page was locked by another, and waited for. */
        LOCK_WAITED,
        /** Nobody else had the page any more. */
        FREED,
        /** The page was still mapped. */
        STILL_MAPPED,
        /** Someone had a reference on the page that was unmapped. */
        REFERENCED
    }

    /** {@code NR_MAX_MIGRATE_SYNC_RETRY} is seven. From the second on they are the same but for how many follow [R]. */
    private static final int PASSES = 2;

    /** The migrations of {@code mm}, with something left out. */
    public MovePages(AddressSpace mm, NotifierSites notifier, Set<LeftOut> leftOut) {
        super(mm, notifier, leftOut);
    }

    /** {@code do_pages_move}, after {@code lru_cache_disable}, which is here that it drains all. */
    @Override
    public void migrate(int start, int end) {
        mm.memory().lru().addDrainAll(); // lru_cache_disable
        List<Isolated> pagelist = new ArrayList<>();
        for (int address = start; address < end; address++) {
            mm.machine().localsAre("do_pages_move at " + address + " with " + pagelist);
            addFolioForMigration(address, pagelist);
        }
        for (Isolated isolated : List.copyOf(pagelist)) { // migrate_pages_sync
            mm.machine().localsAre("migrate_pages of " + isolated + " in " + pagelist);
            if (migratePagesBatch(isolated, pagelist.toString())) {
                pagelist.remove(isolated);
            }
        }
        pagelist.forEach(isolated -> mm.memory().lru().putback(isolated.page())); // putback_movable_pages
    }

    /** {@code add_folio_for_migration}: by a PTE that is present, and under its lock. */
    private void addFolioForMigration(int address, List<Isolated> pagelist) {
        mm.mmapLock().downRead();
        PageTable.Leaf leaf =
                mm.vmas().cover(address, address + 1) ? mm.pageTable().leafOf(address) : null; // folio_walk_start
        if (leaf != null) {
            leaf.ptl().lock();
            Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
            Page page = pte.isPresent() ? mm.memory().page(pte.pfn()) : null;
            if (page != null && mm.memory().lru().isolate(page)) {
                pagelist.add(new Isolated(page, address));
            }
            leaf.ptl().unlock();
        }
        mm.mmapLock().upRead();
    }

    /** {@code migrate_pages_batch} of one page: false if that is to be put back. */
    private boolean migratePagesBatch(Isolated isolated, String list) {
        Page page = isolated.page();
        for (int pass = 0; pass < PASSES; pass++) {
            String caller = "pass " + pass + " of " + isolated + " in " + list;
            mm.machine().localsAre("migrate_folio_unmap, " + caller);
            if (page.refCount().read() == 1) { // "Folio was freed from under us. So we are done."
                mm.machine().reach(Marks.FREED);
                mm.memory().putPage(page); // migrate_folio_done
                return true;
            }
            Page newPage = mm.memory().allocPage();
            if (migrateFolioUnmap(page, newPage, isolated.address(), caller)) {
                return migrateFolioMove(page, newPage, isolated.address(), list);
            }
        }
        return false;
    }

    /** {@code migrate_folio_unmap}: false, for {@code -EAGAIN}, if the page is as it was. */
    private boolean migrateFolioUnmap(Page page, Page newPage, int address, String caller) {
        if (!page.lock().tryLockPage()) {
            mm.machine().reach(Marks.LOCK_WAITED);
            page.lock().lock();
        }
        mm.machine().bugOn(!newPage.lock().tryLockPage(), newPage + " is locked, which nobody has");
        if (page.mapCount().readOnce() > 0) { // folio_mapped
            folios.tryToUnmap(page, address, newPage + " in " + caller); // try_to_migrate
        }
        if (page.mapCount().readOnce() == 0) {
            return true;
        }
        mm.machine().reach(Marks.STILL_MAPPED);
        undo(page, newPage, address, caller);
        return false;
    }

    /** {@code migrate_folio_undo_src}, {@code migrate_folio_undo_dst}. */
    private void undo(Page page, Page newPage, int address, String caller) {
        folios.removeMigrationPtes(page, page, address, "undo " + newPage + " in " + caller);
        page.lock().unlock();
        newPage.lock().unlock();
        mm.memory().putPage(newPage);
    }

    /** {@code migrate_folio_move}, as often as it may be tried: false if that came to nothing, and all is undone. */
    private boolean migrateFolioMove(Page page, Page newPage, int address, String list) {
        for (int pass = 0; pass < PASSES; pass++) {
            String caller = "pass " + pass + " of " + page + " to " + newPage + " at " + address + " in " + list;
            mm.machine().localsAre("migrate_folio_move, " + caller);
            if (moveToNewFolio(newPage, page)) {
                mm.memory().lru().cacheAdd(newPage); // folio_add_lru
                folios.removeMigrationPtes(page, newPage, address, caller);
                newPage.lock().unlock();
                mm.memory().putPage(newPage);
                page.lock().unlock();
                mm.memory().putPage(page); // migrate_folio_done
                return true;
            }
            mm.machine().reach(Marks.REFERENCED);
        }
        undo(page, newPage, address, "move of " + page + " at " + address + " in " + list);
        return false;
    }

    /** {@code move_to_new_folio}, {@code __migrate_folio}: false for {@code -EAGAIN}. */
    private boolean moveToNewFolio(Page newPage, Page page) {
        if (!folios.hasOnlyIsolation(page, 0)) { // "Check whether src does not have extra refs before we do more work"
            return false;
        }
        newPage.content().writeOnce(page.content().readOnce()); // folio_mc_copy
        mm.rmap().move(page, newPage); // __folio_migrate_mapping, which does not look again
        folios.migratePageStates(newPage, page); // folio_migrate_flags
        mm.machine().reach(PageMigration.Marks.MOVED);
        return true;
    }
}
