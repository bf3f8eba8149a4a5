package racewalk.migrate;

import java.util.List;
import java.util.Set;
import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.migrate.MigrateArgs.Select;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Protection;
import racewalk.mm.Pte;
import racewalk.mm.TlbFlush;

/**
 * What became of {@code hmm_vma_migrate}: {@code migrate_vma_setup}, {@code migrate_vma_pages} and {@code
 * migrate_vma_finalize} of {@code mm/migrate_device.c}, Linux 7.0, era today, for anonymous pages that go to other
 * frames of system memory, to a device's memory and back, and pages of files that go to other frames, as no driver of
 * Linux lets them go. Huge pages are left out. {@code
 * walk_page_range} is a loop over the leaf tables; the lazy MMU mode does nothing on bare x86.
 *
 * <p>A page whose lock cannot be had at once is not migrated: nobody sleeps for a page lock and has another.
 *
 * <p>Read at 022a12deda53; what has come since is of huge pages [R].
 */
public class MigrateVma implements Migration {

    /** Branches of the migration. */
    public enum Marks implements Mark {
        /** The page was locked by another when it was collected. */
        LOCKED,
        /** An exclusive page was perhaps pinned: its entry was set again. */
        MAYBE_PINNED,
        /** A device-exclusive entry was replaced in a walk of the rmap. */
        EXCLUSIVE_UNMAPPED,
        /** It was set again, for its page was perhaps pinned. */
        EXCLUSIVE_KEPT,
        /** The entry was replaced when it was collected. */
        ENTRY_SET,
        /** The page was not on the LRU list. */
        NOT_ISOLATED,
        /** After it was unmapped, the page was still mapped or someone had a reference. */
        PINNED,
        /** A page was inserted where there was none. */
        INSERTED,
        /** A page was to be inserted, and another was there already. */
        NOT_INSERTED,
        /** A page of device memory was locked when its device was to give all of them back. */
        DEVICE_LOCKED
    }

    /** What a variant leaves out. */
    public enum LeftOut {
        /** The TLBs are flushed under the PT lock: 60bae7370896, "flush TLB while holding PTL", 2022. */
        FLUSH_LOCKED,
        /** The dirty bit of a collected entry goes to the page: fd35ca3d12cc, "copy pte dirty bit to page", 2022. */
        DIRTY,
        /** {@code folio_try_share_anon_rmap_pte}. */
        TRY_SHARE,
        /** The looks at the references, in {@code migrate_vma_check_page} and {@code folio_migrate_mapping}. */
        COUNTS,
        /** That the entry is cleared before anyone asks whether the page is pinned: it is asked first, and once. */
        CLEARED_FIRST,
        /** {@code remove_migration_ptes} comes to the parent of a fork before the child. */
        PARENT_FIRST,
        /** A device-exclusive entry is no permission to write: whoever asks finds out from the VMA and the page. */
        EXCLUSIVE_READ_ONLY
    }

    final AddressSpace mm;
    final FolioMigration folios;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;
    private final Set<LeftOut> leftOut;

    /** The migrations of {@code mm}, with something left out. */
    public MigrateVma(AddressSpace mm, NotifierSites notifier, Set<LeftOut> leftOut) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
        this.folios = new FolioMigration(mm, leftOut);
        this.leftOut = leftOut;
    }

    /** The same for another process of the family. */
    public MigrateVma of(AddressSpace other, NotifierSites otherNotifier) {
        return other == mm ? this : new MigrateVma(other, otherNotifier, leftOut);
    }

    /** A driver whose device's memory is system memory, as {@code dmirror_migrate_to_device} else. */
    @Override
    public void migrate(int start, int end) {
        mm.mmapLock().downRead();
        if (mm.vmas().cover(start, end)) {
            MigrateArgs args = MigrateArgs.ofRange(mm, start, end, Select.SYSTEM, MigrateArgs.NO_OWNER, "");
            migrateVmaSetup(args);
            settle("set up", args);
            allocAndCopy(args);
            settle("copied", args);
            migrateVmaPages(args);
            settle("moved", args);
            migrateVmaFinalize(args);
        }
        mm.mmapLock().upRead();
    }

    private static void settle(String step, MigrateArgs args) {
        args.settle(step);
    }

    /** {@code migrate_vma_setup}, with the mmap lock held: collects the pages, and unmaps them wherever they are. */
    public void migrateVmaSetup(MigrateArgs args) {
        migrateVmaCollect(args);
        settle("collected", args);
        if (args.cpages() != 0) {
            migrateDeviceUnmap(args);
        }
    }

    private void migrateVmaCollect(MigrateArgs args) {
        int end = args.start + args.npages;
        notifier.beforeMigrateCollect(args.start, end, args.owner);
        for (int address = args.start; address < end; address = mm.pageTable().leafEnd(address, end)) {
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            int leafEnd = mm.pageTable().leafEnd(address, end);
            if (leaf == null) { // pmd_none
                collectHole(args, address, leafEnd);
            } else {
                collectPmd(args, leaf, address, leafEnd);
            }
            settle("collected until " + leafEnd, args);
        }
        notifier.afterMigrateCollect(args.start, end);
    }

    /** {@code migrate_vma_collect_hole}. */
    private void collectHole(MigrateArgs args, int start, int end) {
        for (int address = start; address < end; address++) {
            if (mm.isOfFile(address)) { // "Only allow populating anonymous memory."
                continue;
            }
            args.src.mark(address - args.start, HmmPfns.MIGRATE);
            args.oneMorePage();
        }
    }

    /** {@code migrate_vma_collect_pmd}. */
    private void collectPmd(MigrateArgs args, PageTable.Leaf leaf, int start, int end) {
        boolean unmapped = false;
        leaf.ptl().lock();
        for (int address = start; address < end; address++) {
            Word ptep = mm.pageTable().pte(leaf, address);
            Pte pte = new Pte(ptep.readOnce());
            if (pte.isNone() && mm.isOfFile(address)) {
                continue; // !vma_is_anonymous
            }
            if (pte.isNone()) {
                args.src.mark(address - args.start, HmmPfns.MIGRATE);
                args.oneMorePage();
            } else if (isSelected(args, pte)) {
                unmapped |= collectPte(args, address, ptep, pte);
            }
        }
        if (unmapped && !leftOut.contains(LeftOut.FLUSH_LOCKED)) {
            tlbFlush.flushTlbRange(start, end);
        }
        leaf.ptl().unlock();
        if (unmapped && leftOut.contains(LeftOut.FLUSH_LOCKED)) {
            tlbFlush.flushTlbRange(start, end);
        }
    }

    /** {@code migrate_vma_collect_pmd}: whether the page of an entry is one that the caller asks for. */
    private boolean isSelected(MigrateArgs args, Pte pte) {
        if (pte.isPresent()) {
            return args.select == Select.SYSTEM;
        }
        return pte.isDevicePrivate()
                && args.select == Select.DEVICE_PRIVATE
                && mm.memory().page(pte.pfn()).owner() == args.owner;
    }

    /**
     * {@code migrate_vma_collect_pmd} of an entry that is selected, with the PT lock held: whether a present one was
     * replaced. Of the fault page the fault has the lock.
     */
    private boolean collectPte(MigrateArgs args, int address, Word ptep, Pte found) {
        Page page = mm.memory().page(found.pfn());
        if (!mm.rmap().hasMapping(page)) {
            return false;
        }
        mm.memory().getPage(page);
        if (!args.isLockedByFault(page) && !page.lock().tryLockPage()) {
            mm.machine().reach(Marks.LOCKED);
            mm.memory().putPage(page);
            return false;
        }
        boolean anonExclusive = page.isAnonExclusive();
        if (anonExclusive && folios.isPinnedBeforeClear(page)) {
            page.lock().unlock();
            mm.memory().putPage(page);
            return false;
        }
        Pte pte = new Pte(ptep.xchg(Pte.NONE.bits())); // ptep_clear_flush, ptep_get_and_clear
        if (anonExclusive) {
            if (found.isPresent()) { // pte_accessible
                tlbFlush.flushTlbPage(address);
            }
            if (!folios.tryShareAnonRmapPte(page)) {
                ptep.writeOnce(pte.bits()); // set_pte_at
                unlock(args, page);
                mm.memory().putPage(page);
                return false;
            }
        }
        args.oneMorePage();
        if (pte.isDirty() && !leftOut.contains(LeftOut.DIRTY)) {
            page.flags().or(Page.DIRTY); // folio_mark_dirty
        }
        ptep.writeOnce(FolioMigration.migrationEntry(page, pte, found.isWritable(), anonExclusive)
                .bits()); // set_pte_at
        page.mapCount().add(-1); // folio_remove_rmap_pte
        mm.memory().putPage(page);
        args.src.set(address - args.start, page, HmmPfns.MIGRATE | (found.isWritable() ? HmmPfns.WRITE : 0));
        mm.machine().reach(Marks.ENTRY_SET);
        return found.isPresent();
    }

    private static void unlock(MigrateArgs args, Page page) {
        if (!args.isLockedByFault(page)) {
            page.lock().unlock();
        }
    }

    /** {@code migrate_vma_check_page}. */
    private boolean checkPage(MigrateArgs args, Page page) {
        int extra = 1 + args.faultReferences(page);
        extra += page.isZoneDevice() ? 1 : 0; // "Page from ZONE_DEVICE have one extra reference"
        extra += mm.rmap().isOfFile(page) ? 1 : 0; // "For file back page"
        return leftOut.contains(LeftOut.COUNTS)
                || page.refCount().read() - extra <= page.mapCount().readOnce();
    }

    /** {@code migrate_vma_unmap}, {@code migrate_device_unmap}. */
    private void migrateDeviceUnmap(MigrateArgs args) {
        int restore = 0;
        boolean allowDrain = true;
        int unmapped = 0;
        mm.memory().lru().addDrain();
        for (int i = 0; i < args.npages; i++) {
            String locals = "unmap " + i + ", restore " + restore + ", drain " + allowDrain + ", unmapped " + unmapped;
            settle(locals, args);
            Page page = args.src.page(i);
            if (page == null) {
                unmapped += args.src.has(i, HmmPfns.MIGRATE) ? 1 : 0;
                continue;
            }
            if (!page.isZoneDevice()) { // "ZONE_DEVICE folios are not on LRU"
                if (!mm.memory().lru().isOnList(page) && allowDrain) {
                    mm.memory().lru().addDrainAll();
                    allowDrain = false;
                }
                if (!mm.memory().lru().isolate(page)) {
                    mm.machine().reach(Marks.NOT_ISOLATED);
                    args.src.unmark(i, HmmPfns.MIGRATE);
                    restore++;
                    continue;
                }
                mm.memory().putPage(page); // "Drop the reference we took in collect"
            }
            if (page.mapCount().readOnce() > 0) { // folio_mapped
                folios.tryToUnmap(page, args.address(i), args.locals(locals + allowDrain)); // try_to_migrate
            }
            if (page.mapCount().readOnce() > 0 || !checkPage(args, page)) {
                mm.machine().reach(Marks.PINNED);
                if (!page.isZoneDevice()) {
                    mm.memory().getPage(page);
                    mm.memory().lru().putback(page);
                }
                args.src.unmark(i, HmmPfns.MIGRATE);
                restore++;
                continue;
            }
            unmapped++;
        }
        for (int i = 0; i < args.npages && restore != 0; i++) {
            Page page = args.src.page(i);
            if (page == null || args.src.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            String locals = "restore " + i + ", restore " + restore + ", unmapped " + unmapped;
            settle(locals, args);
            folios.removeMigrationPtes(page, page, args.address(i), args.locals(locals));
            args.src.empty(i);
            unlock(args, page);
            mm.memory().putPage(page);
            restore--;
        }
        args.pagesAre(unmapped);
    }

    /** That of {@link #migrate}: locked frames with the content. */
    private void allocAndCopy(MigrateArgs args) {
        for (int i = 0; i < args.npages; i++) {
            if (!args.src.has(i, HmmPfns.MIGRATE)) {
                continue;
            }
            settle("copy " + i, args);
            Page newPage = mm.memory().allocPage();
            if (newPage != null) {
                newPage.lock().lock();
                Page page = args.src.page(i);
                newPage.content().writeOnce(page == null ? 0 : page.content().readOnce());
                args.dst.set(i, newPage, 0);
            }
        }
    }

    /**
     * {@code migrate_vma_pages}, {@code migrate_device_pages}, {@code __migrate_device_pages}: the pages that cannot
     * take the place of the old ones are no longer marked for migration.
     */
    public void migrateVmaPages(MigrateArgs args) {
        int notified = -1;
        for (int i = 0; i < args.npages; i++) {
            settle("move " + i + ", notified " + notified, args);
            Page newPage = args.dst.page(i);
            Page page = args.src.page(i);
            if (newPage == null) {
                args.src.unmark(i, HmmPfns.MIGRATE);
            } else if (page == null) {
                if (notified < 0) {
                    notified = args.start + i;
                    notifier.beforeMigrateInsert(notified, args.start + args.npages, args.owner);
                }
                insertPage(args, i, newPage);
            } else if (!migrateMapping(args, newPage, page)) {
                args.src.unmark(i, HmmPfns.MIGRATE);
            } else if (newPage.isZoneDevice()) {
                newPage.index().writeOnce(args.address(i));
            }
        }
        if (notified >= 0) {
            notifier.afterMigrateInsert(notified, args.start + args.npages);
        }
    }

    /** {@code __migrate_device_pages} of a page that is unmapped. */
    private boolean migrateMapping(MigrateArgs args, Page newPage, Page page) {
        boolean written = mm.pageCache() != null && mm.pageCache().isWriteback(page);
        mm.machine().bugOn(written, page + " is under writeback"); // BUG_ON(folio_test_writeback(folio))
        return folios.migrateMapping(newPage, page, args.faultReferences(page));
    }

    /** {@code migrate_vma_insert_page}. */
    private void insertPage(MigrateArgs args, int i, Page page) {
        int address = args.start + i;
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            leaf = mm.pageTable().allocLeaf(address); // pte_alloc
        }
        if (leaf == null) {
            args.src.unmark(i, HmmPfns.MIGRATE);
            return;
        }
        Protection vma = mm.vmas().find(address);
        Pte entry = Pte.make(page).modify(vma); // mk_pte(page, vma->vm_page_prot)
        entry = vma.permits(true) ? entry.makeDirty().makeSoftDirty().makeWritable() : entry;
        if (page.isZoneDevice()) {
            entry = Pte.makeDevicePrivateEntry(page, vma.permits(true));
            page.index().writeOnce(address);
        }
        leaf.ptl().lock();
        Word ptep = mm.pageTable().pte(leaf, address);
        if (!new Pte(ptep.readOnce()).isNone()) {
            leaf.ptl().unlock();
            mm.machine().reach(Marks.NOT_INSERTED);
            args.src.unmark(i, HmmPfns.MIGRATE);
            return;
        }
        mm.rmap().addNew(page, mm); // folio_add_new_anon_rmap
        page.flags().or(Page.ANON_EXCLUSIVE);
        page.mapCount().add(1);
        if (!page.isZoneDevice()) {
            mm.memory().lru().cacheAdd(page); // folio_add_lru_vma
        }
        mm.memory().getPage(page);
        ptep.writeOnce(entry.bits()); // set_pte_at
        leaf.ptl().unlock();
        mm.machine().reach(Marks.INSERTED);
    }

    /** {@code migrate_vma_finalize}, {@code migrate_device_finalize}, {@code __migrate_device_finalize}. */
    public void migrateVmaFinalize(MigrateArgs args) {
        for (int i = 0; i < args.npages; i++) {
            settle("finalize " + i, args);
            Page dst = args.dst.page(i);
            Page src = args.src.page(i);
            if (dst != null && (src == null || !args.src.has(i, HmmPfns.MIGRATE))) {
                dst.lock().unlock();
                mm.memory().putPage(dst);
                dst = null;
            }
            if (src == null) {
                continue;
            }
            dst = dst == null ? src : dst;
            if (!dst.isZoneDevice()) {
                mm.memory().lru().cacheAdd(dst); // folio_add_lru
            }
            folios.removeMigrationPtes(src, dst, args.address(i), args.locals("finalize " + i + " "));
            unlock(args, src);
            mm.memory().putPage(src);
            if (dst != src) {
                dst.lock().unlock();
                mm.memory().putPage(dst);
            }
        }
    }

    /**
     * {@code migrate_device_range}: the pages of a device's memory that are not free and not locked are unmapped
     * wherever they are, to be brought back. Nobody asks who maps them.
     */
    public MigrateArgs migrateDeviceRange(List<Page> pages, String caller) {
        MigrateArgs args = MigrateArgs.ofDevicePages(mm, pages.size(), caller);
        for (int i = 0; i < pages.size(); i++) {
            settle("lock " + i, args);
            Page page = pages.get(i);
            if (!page.refCount().incNotZero()) { // migrate_device_pfn_lock: folio_get_nontail_page
                continue;
            }
            if (!page.lock().tryLockPage()) {
                mm.machine().reach(Marks.DEVICE_LOCKED);
                mm.memory().putPage(page);
                continue;
            }
            args.src.set(i, page, HmmPfns.MIGRATE);
        }
        migrateDeviceUnmap(args);
        return args;
    }
}
