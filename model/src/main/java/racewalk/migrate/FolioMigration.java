package racewalk.migrate;

import java.util.Set;
import racewalk.machine.Word;
import racewalk.migrate.MigrateVma.LeftOut;
import racewalk.mm.AddressSpace;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Protection;
import racewalk.mm.Pte;
import racewalk.mm.Rmap;
import racewalk.mm.TlbFlush;

/**
 * What the migrations of Linux 7.0 do to one page, anonymous or of a file, era today: {@code try_to_migrate} of {@code
 * mm/rmap.c}, {@code folio_migrate_mapping}, {@code folio_migrate_flags} and {@code remove_migration_ptes} of {@code
 * mm/migrate.c}. An exclusive page is not exclusive while it is unmapped, but its entry keeps that it was; a pinned one
 * is not unmapped.
 */
final class FolioMigration extends PageMigration {

    private final Set<LeftOut> leftOut;

    FolioMigration(AddressSpace mm, Set<LeftOut> leftOut) {
        super(mm);
        this.leftOut = leftOut;
    }

    /** {@code try_to_migrate_one}, after {@code page_vma_mapped_walk}. */
    @Override
    boolean unmap(Page page, Rmap.Member member, PageTable.Leaf leaf, int address) {
        Word word = member.mm().pageTable().pte(leaf, address);
        boolean anonExclusive = page.isAnonExclusive();
        if (anonExclusive && isPinnedBeforeClear(page)) {
            return false;
        }
        Pte pte = new Pte(word.xchg(Pte.NONE.bits())); // ptep_clear_flush, or pte_clear of a device's entry
        if (pte.isPresent()) {
            new TlbFlush(member.mm(), member.notifier()).flushTlbPage(address);
            member.notifier().rmapClearedPteLocked(address);
        }
        if (pte.isDirty()) {
            page.flags().or(Page.DIRTY); // folio_mark_dirty
        }
        if (anonExclusive && !tryShareAnonRmapPte(page)) {
            word.writeOnce(pte.bits()); // set_pte_at
            if (pte.isDeviceExclusive()) {
                mm.machine().reach(MigrateVma.Marks.EXCLUSIVE_KEPT);
            }
            return false;
        }
        word.writeOnce(migrationEntry(page, pte, isWritable(pte), anonExclusive).bits()); // set_pte_at
        mm.machine().reach(PageMigration.Marks.UNMAPPED);
        if (pte.isDeviceExclusive()) {
            mm.machine().reach(MigrateVma.Marks.EXCLUSIVE_UNMAPPED);
        }
        page.mapCount().add(-1); // folio_remove_rmap_pte
        mm.memory().putPage(page);
        return true;
    }

    /**
     * {@code pte_write}, {@code is_writable_device_private_entry}: not of a device-exclusive entry, which {@code
     * mprotect} leaves as it is. A fault finds out again whether the page may be written to.
     */
    private boolean isWritable(Pte pte) {
        return pte.isWritable() || pte.isDeviceExclusive() && leftOut.contains(LeftOut.EXCLUSIVE_READ_ONLY);
    }

    /**
     * {@code folio_try_share_anon_rmap_pte}, with the PT lock held and the PTE of an exclusive page cleared: false, for
     * {@code -EBUSY}, if it may be pinned.
     */
    boolean tryShareAnonRmapPte(Page page) {
        if (leftOut.contains(LeftOut.TRY_SHARE)) {
            return true;
        }
        boolean asks = !leftOut.contains(LeftOut.CLEARED_FIRST) && !page.isZoneDevice();
        if (asks && page.maybeDmaPinned()) { // "device private folios cannot get pinned via GUP"
            mm.machine().reach(MigrateVma.Marks.MAYBE_PINNED);
            return false;
        }
        page.flags().andNot(Page.ANON_EXCLUSIVE);
        return true;
    }

    /** Where the planted fault looks whether the page is pinned: before its PTE is cleared. */
    boolean isPinnedBeforeClear(Page page) {
        return leftOut.contains(LeftOut.CLEARED_FIRST) && page.maybeDmaPinned();
    }

    /** The entry that stands for {@code pte} while the page migrates. */
    static Pte migrationEntry(Page page, Pte pte, boolean writable, boolean anonExclusive) {
        Pte entry = Pte.makeMigrationEntry(page, writable);
        if (writable || anonExclusive) {
            entry = entry.makeExclusive();
        }
        if (pte.isYoung()) {
            entry = entry.makeYoung();
        }
        if (pte.isDirty()) {
            entry = entry.makeDirty();
        }
        return pte.isSoftDirty() ? entry.makeSoftDirty() : entry;
    }

    /** {@code folio_migrate_mapping} of a folio without {@code mapping}: {@code folio_expected_refs} is one. */
    @Override
    boolean hasOnlyIsolation(Page page, long extra) {
        return leftOut.contains(LeftOut.COUNTS) || super.hasOnlyIsolation(page, extra);
    }

    /**
     * {@code folio_migrate_mapping} and {@code folio_migrate_flags}, of content that was copied before: false, for
     * {@code -EAGAIN}, if someone has a reference who is not expected.
     *
     * @param extra {@code extra_count}
     */
    boolean migrateMapping(Page newPage, Page page, long extra) {
        return migratePage(newPage, page, false, extra);
    }

    /** {@code folio_migrate_flags}. */
    @Override
    void migratePageStates(Page newPage, Page page) {
        if ((page.flags().readOnce(Page.DIRTY) & Page.DIRTY) != 0) {
            newPage.flags().or(Page.DIRTY);
        }
    }

    @Override
    void rmapWalk(Page page, int address, Rmap.Visit visit) {
        if (leftOut.contains(LeftOut.PARENT_FIRST)) {
            mm.rmap().walkBackwards(page, address, visit);
        } else {
            super.rmapWalk(page, address, visit);
        }
    }

    @Override
    void restore(Page newPage, Word word, Pte entry, AddressSpace of, int address) {
        mm.memory().getPage(newPage);
        Protection vma = of.vmas().findByRmap(address);
        Pte pte = Pte.make(newPage).modify(vma); // mk_pte(new, READ_ONCE(vma->vm_page_prot))
        pte = entry.isSoftDirty() ? pte.makeSoftDirty() : pte;
        pte = entry.isYoung() ? pte.makeYoung() : pte; // else pte_mkold
        boolean dirty = (newPage.flags().readOnce(Page.DIRTY) & Page.DIRTY) != 0;
        pte = dirty && entry.isDirty() ? pte.makeDirty() : pte;
        pte = entry.isWritable() ? pte.makeWritable() : pte;
        if (entry.isExclusive() && !of.isOfFile(address)) {
            newPage.flags().or(Page.ANON_EXCLUSIVE); // RMAP_EXCLUSIVE
        }
        newPage.mapCount().add(1); // folio_add_anon_rmap_pte, folio_add_file_rmap_pte
        if (newPage.isZoneDevice()) {
            Pte device = Pte.makeDevicePrivateEntry(newPage, pte.isWritable());
            pte = entry.isSoftDirty() ? device.makeSoftDirty() : device;
        }
        word.writeOnce(pte.bits()); // set_pte_at
    }
}
