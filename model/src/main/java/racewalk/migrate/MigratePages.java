package racewalk.migrate;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Mark;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;

/**
 * {@code move_pages} of Linux 4.9, {@code mm/migrate.c}, era 2016: {@code do_move_page_to_node_array} with {@code
 * MPOL_MF_MOVE_ALL}, {@code migrate_pages} and {@code __unmap_and_move} with {@code MIGRATE_SYNC}. The general way of
 * {@code Documentation/mm/page_migration.rst}, for anonymous pages and those of a file: one page at a time is locked.
 *
 * <p>A page of a file that is under writeback is waited for, but only in the last passes; one that was truncated is
 * left.
 */
public class MigratePages implements Migration {

    /** Branches of the migration. */
    public enum Marks implements Mark {
        /** The page was locked by another. */
        LOCKED,
        /** The page was locked by another, and waited for. */
        LOCK_WAITED,
        /** Nobody else had the page any more. */
        FREED,
        /** The page was still mapped, or someone had a reference: another pass. */
        AGAIN,
        /** The page was under writeback: another pass. */
        UNDER_WRITEBACK,
        /** The page was under writeback, and waited for. */
        WRITEBACK_WAITED
    }

    /** Ten in Linux. From the fourth on they are the same but for how many are left [R]. */
    private static final int PASSES = 4;

    private final AddressSpace mm;
    private final PageMigration pages;

    /** The migrations of {@code mm}. */
    public MigratePages(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.pages = new PageMigration(mm);
    }

    /** A page on {@code pagelist}, isolated; its address is {@code page->index}. */
    record Isolated(Page page, int address) {

        @Override
        public String toString() {
            return page + "@" + address;
        }
    }

    /** {@code do_move_page_to_node_array}, after {@code migrate_prep}. */
    @Override
    public void migrate(int start, int end) {
        mm.memory().lru().addDrainAll(); // migrate_prep
        mm.mmapLock().downRead();
        List<Isolated> pagelist = new ArrayList<>();
        for (int address = start; address < end; address++) {
            mm.machine().localsAre("do_move_page_to_node_array at " + address + " with " + pagelist);
            Page page = followPage(address);
            if (page != null) {
                if (mm.memory().lru().isolate(page)) {
                    pagelist.add(new Isolated(page, address));
                }
                mm.memory().putPage(page);
            }
        }
        migratePages(pagelist);
        mm.mmapLock().upRead();
    }

    /** {@code follow_page} with {@code FOLL_GET}. */
    private Page followPage(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            return null;
        }
        leaf.ptl().lock();
        Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
        Page page = pte.isPresent() ? mm.memory().page(pte.pfn()) : null;
        if (page != null) {
            mm.memory().getPage(page);
        }
        leaf.ptl().unlock();
        return page;
    }

    /** {@code migrate_pages}, and {@code putback_movable_pages} of what is left. */
    private void migratePages(List<Isolated> pagelist) {
        for (int pass = 0; pass < PASSES && !pagelist.isEmpty(); pass++) {
            boolean force = pass > 2;
            for (Isolated isolated : List.copyOf(pagelist)) {
                String caller = "migrate_pages, pass " + pass + " with " + isolated + " of " + pagelist;
                mm.machine().localsAre(caller);
                if (unmapAndMove(isolated, force, caller)) {
                    pagelist.remove(isolated);
                }
            }
        }
        pagelist.forEach(isolated -> mm.memory().lru().putback(isolated.page()));
    }

    /** {@code unmap_and_move}: false, for {@code -EAGAIN}, if the page stays on the list. */
    private boolean unmapAndMove(Isolated isolated, boolean force, String caller) {
        Page page = isolated.page();
        Page newPage = mm.memory().allocPage();
        if (newPage == null) {
            mm.memory().lru().putback(page); // -ENOMEM
            return true;
        }
        if (page.refCount().read() == 1) { // "page was freed from under us. So we are done."
            mm.machine().reach(Marks.FREED);
            mm.memory().putPage(newPage);
            mm.memory().putPage(page);
            return true;
        }
        boolean moved = unmapAndMove(page, newPage, isolated.address(), force, caller);
        if (moved) {
            mm.memory().lru().putback(newPage);
            mm.memory().putPage(page);
        } else {
            mm.machine().reach(Marks.AGAIN);
            mm.memory().putPage(newPage);
        }
        return moved;
    }

    /** {@code __unmap_and_move}: false for {@code -EAGAIN}. */
    private boolean unmapAndMove(Page page, Page newPage, int address, boolean force, String caller) {
        if (!tryLockPage(page)) {
            mm.machine().reach(Marks.LOCKED);
            if (!force) {
                return false;
            }
            page.lock().lock();
            mm.machine().reach(Marks.LOCK_WAITED);
        }
        boolean moved = false;
        if (mm.pageCache() != null && mm.pageCache().mustBeWaitedFor(page)) {
            mm.machine().reach(force ? Marks.WRITEBACK_WAITED : Marks.UNDER_WRITEBACK);
            if (!force) {
                unlockPage(page);
                return false;
            }
            mm.pageCache().waitOnPageWriteback(page);
        }
        if (newPage.lock().tryLockPage()) {
            boolean wasMapped = page.mapCount().readOnce() > 0; // page_mapped
            if (wasMapped) {
                pages.tryToUnmap(page, address, newPage + " " + caller);
            }
            if (page.mapCount().readOnce() == 0 && !isTruncated(page)) {
                moved = pages.migratePage(newPage, page, true); // move_to_new_page
            }
            if (wasMapped) {
                pages.removeMigrationPtes(page, moved ? newPage : page, address, newPage + " " + moved + caller);
            }
            newPage.lock().unlock();
        }
        unlockPage(page);
        return moved;
    }

    /** {@code !page->mapping}, of a page that was isolated as one of a file. */
    private boolean isTruncated(Page page) {
        return mm.pageCache() != null && !mm.rmap().hasMapping(page);
    }

    /** {@code trylock_page}; the planted fault overrides it. */
    boolean tryLockPage(Page page) {
        return page.lock().tryLockPage();
    }

    /** {@code unlock_page}. */
    void unlockPage(Page page) {
        page.lock().unlock();
    }
}
