package racewalk.mm;

import java.util.LinkedHashSet;
import java.util.Set;
import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.Files.DirtyZap;

/**
 * {@code munmap} and {@code madvise(MADV_DONTNEED)} of Linux 2.6.24: {@code mm/mmap.c}, {@code mm/memory.c}, era 2008.
 * The order of a zap: gather, PT lock, clear, remove the rmap, unlock, flush the TLBs, free.
 *
 * <p>{@code unmap_vmas} may also finish a gather early, to let others run ({@code ZAP_BLOCK_SIZE}); that is not
 * modelled.
 */
public class Unmap {

    /** Branches of the zap. */
    public enum Marks implements Mark {
        /** A page was on its way to another frame. */
        MIGRATION_ENTRY,
        /** A page was in a device's memory, or a device's alone. */
        DEVICE_ENTRY,
        /** A page of a file was dirty, and the TLBs were flushed under the PT lock. */
        DIRTY_OF_FILE
    }

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;

    /** The unmappings of {@code mm}. */
    public Unmap(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
    }

    /** {@code sys_munmap}, {@code do_munmap}: the VMAs first, then what they mapped; under the mmap lock for write. */
    public void munmap(int start, int end) {
        mm.mmapLock().downWrite();
        detachVmas(start, end);
        unmapRegion(start, end);
        mm.mmapLock().upWrite();
    }

    /** {@code detach_vmas_to_be_unmapped}, with the mmap lock held for write. */
    final void detachVmas(int start, int end) {
        mm.vmas().set(start, end, Protection.UNMAPPED);
    }

    /**
     * {@code sys_madvise}, {@code madvise_dontneed}: the VMAs stay, so the mmap lock is held only for read.
     *
     * @return false, for {@code -ENOMEM}, if the range has a hole; what is mapped is zapped all the same
     */
    public final boolean madviseDontneed(int start, int end) {
        boolean whole = true;
        mm.mmapLock().downRead();
        long vmas = mm.vmas().read(start, end);
        for (int address = start; address < end; address = Vmas.vmaEnd(vmas, address, end)) {
            if (Vmas.at(vmas, address) == Protection.UNMAPPED) {
                whole = false;
            } else {
                zapPageRange(address, Vmas.vmaEnd(vmas, address, end));
            }
        }
        mm.mmapLock().upRead();
        return whole;
    }

    /** {@code exit_mmap}, of a process that nobody uses any more: without the mmap lock. */
    public final void exitMmap() {
        notifier.beforeExitMmap();
        MmuGather tlb = gather(mm, tlbFlush);
        int end = mm.pageTable().span();
        unmapVmas(tlb, 0, end);
        anonVmaUnlink(0, end);
        for (int address = 0; address < end; address = mm.pageTable().leafEnd(address, end)) {
            freePteRange(tlb, address); // free_pgtables
        }
        tlb.finish();
        notifier.afterExitMmap();
    }

    /**
     * {@code anon_vma_unlink}, in {@code free_pgtables}: "Hide vma from rmap and vmtruncate before freeing pgtables".
     */
    private void anonVmaUnlink(int start, int end) {
        if (mm.anonVma() != null) {
            mm.anonVma().unlink(start, end);
        }
        if (mm.rmap() != null) {
            mm.rmap().unlink(mm, start, end);
        }
        if (mm.pageCache() != null) {
            mm.pageCache().unlinkFileVma(start, end);
        }
    }

    final void unmapRegion(int start, int end) {
        MmuGather tlb = gather(mm, tlbFlush);
        notifier.beforeUnmapVmas(start, end);
        unmapVmas(tlb, start, end);
        notifier.afterUnmapVmas(start, end);
        freePgtables(tlb, start, end);
        notifier.beforeTlbFinish(start, end);
        tlb.finish();
        notifier.afterTlbFinish(start, end);
        notifier.afterRegionTlbFinish(start, end);
    }

    /** {@code zap_page_range} of a part of one VMA, with the mmap lock held. */
    public final void zapPageRange(int start, int end) {
        zapPageRange(start, end, false);
    }

    /**
     * The same, or without the mmap lock for {@code unmap_mapping_range}.
     *
     * @param atomic {@code details->i_mmap_lock}: whether a lock is held that spins
     */
    final void zapPageRange(int start, int end, boolean atomic) {
        MmuGather tlb = gather(mm, tlbFlush);
        notifier.beforeZapPageRange(start, end, atomic);
        unmapVmas(tlb, start, end);
        notifier.afterUnmapVmas(start, end);
        notifier.afterZapUnmapVmas(start, end);
        notifier.beforeTlbFinish(start, end);
        tlb.finish();
        notifier.afterZapTlbFinish(start, end, atomic);
    }

    /** {@code tlb_gather_mmu}; the planted faults override it. */
    protected MmuGather gather(AddressSpace of, TlbFlush flush) {
        return new MmuGather(of, flush);
    }

    /**
     * {@code unmap_vmas}, {@code unmap_page_range} and the levels down to the leaves; the planted faults override it.
     */
    protected void unmapVmas(MmuGather tlb, int start, int end) {
        for (int address = start; address < end; address = mm.pageTable().leafEnd(address, end)) {
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            int leafEnd = mm.pageTable().leafEnd(address, end);
            if (leaf != null) {
                zapPteRange(tlb, leaf, address, leafEnd, leafEnd == end ? start : leafEnd);
            } else if (leafEnd == end) {
                notifier.zapClearedRange(start, end);
            }
        }
    }

    /**
     * {@code zap_pte_range}; what it does about a dirty page of a file {@link Files} says. {@code whole} is where the
     * whole range began if this is its last leaf, else the end.
     */
    private void zapPteRange(MmuGather tlb, PageTable.Leaf leaf, int start, int end, int whole) {
        Set<Page> delayedRmap = new LinkedHashSet<>();
        boolean forceFlush = false;
        leaf.ptl().lock(); // pte_offset_map_lock
        for (int address = start; address < end; address++) {
            Word word = mm.pageTable().pte(leaf, address);
            Pte entry = new Pte(word.readOnce());
            if (entry.isNone()) {
                continue;
            }
            if (entry.isMigrationEntry()) { // it has neither a reference nor an rmap
                mm.machine().reach(Marks.MIGRATION_ENTRY);
                word.writeOnce(Pte.NONE.bits()); // pte_clear_not_present_full
                continue;
            }
            if (!entry.isPresent()) { // zap_nonpresent_ptes, since 2017: a CPU cannot use it, so nothing is flushed
                mm.machine().reach(Marks.DEVICE_ENTRY);
                Page page = mm.memory().page(entry.pfn());
                page.mapCount().add(-1); // folio_remove_rmap_pte
                mm.memory().putPage(page);
                word.writeOnce(Pte.NONE.bits()); // clear_not_present_full_ptes
                continue;
            }
            entry = new Pte(word.xchg(Pte.NONE.bits())); // ptep_get_and_clear_full: sees a dirty bit set until now
            notifier.zapClearedPteLocked(address);
            Page page = mm.memory().page(entry.pfn());
            boolean dirtyOfFile = mm.isOfFile(address) && entry.isDirty(); // !PageAnon
            if (dirtyOfFile) {
                forceFlush |= zapsDirty() != DirtyZap.FLUSHED_UNLOCKED;
                PageCache.setPageDirty(page);
            }
            if (dirtyOfFile && zapsDirty() == DirtyZap.RMAP_DELAYED) {
                delayedRmap.add(page);
            } else {
                page.mapCount().add(-1); // page_remove_rmap
            }
            tlb.removePage(page);
        }
        if (forceFlush) { // "Do the actual TLB flush before dropping ptl"
            mm.machine().reach(Marks.DIRTY_OF_FILE);
            tlb.flushMmuTlbonly();
            delayedRmap.forEach(page -> page.mapCount().add(-1)); // tlb_flush_rmaps
        }
        notifier.zapClearedLeafLocked(start, end);
        if (whole < end) {
            notifier.zapClearedRange(whole, end);
        }
        leaf.ptl().unlock();
        if (forceFlush) {
            tlb.flushMmuFree();
        }
    }

    private DirtyZap zapsDirty() {
        return mm.pageCache().files().zap();
    }

    /** {@code free_pgtables}: unlinks the leaves in whose span no VMA is left. The mmap lock is held. */
    private void freePgtables(MmuGather tlb, int start, int end) {
        anonVmaUnlink(start, end);
        PageTable table = mm.pageTable();
        long vmas = mm.vmas().read(0, table.span());
        for (int address = start; address < end; address = table.leafEnd(address, end)) {
            int first = address / table.entriesPerLeaf() * table.entriesPerLeaf();
            if (Vmas.isHole(vmas, first, first + table.entriesPerLeaf())) {
                freePteRange(tlb, address);
            }
        }
    }

    private void freePteRange(MmuGather tlb, int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf != null) {
            mm.pageTable().clearEntry(address);
            tlb.removeLeaf(leaf);
        }
    }
}
