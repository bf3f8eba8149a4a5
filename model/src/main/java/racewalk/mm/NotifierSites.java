package racewalk.mm;

/**
 * The places of Linux 2.6.24's {@code mm/} at which the notifier patches since 2008 put a call. Each design overrides
 * the places that its patch touches; a place that no design touches is not here. Ranges are {@code [start, end)} in
 * pages.
 *
 * <p>Methods whose name ends in {@code Locked} are called with the PT lock of the pages held.
 */
public abstract class NotifierSites {

    /** {@code range->owner == NULL}. */
    public static final int NO_OWNER = -1;

    /** No notifier. */
    public static final NotifierSites NONE = new NotifierSites() {};

    /** When {@code do_wp_page} drops the references of the pages. */
    public enum CowRelease {
        /** Under the PT lock, as 2.6.24. */
        LOCKED,
        /**
         * That of the replaced entry, or the copy that nobody needs, under the PT lock; its own of the old page after.
         */
        OLD_PAGE_UNLOCKED,
        /** All of them after the PT lock was dropped. */
        UNLOCKED
    }

    /** For designs. */
    protected NotifierSites() {}

    /** {@code unmap_region} and {@code zap_page_range}, before {@code unmap_vmas}: nothing is cleared yet. */
    public void beforeUnmapVmas(int start, int end) {}

    /** {@code zap_page_range}, before {@code unmap_vmas}, where a patch has another call than in {@code munmap}. */
    public void beforeZapPageRange(int start, int end) {
        beforeUnmapVmas(start, end);
    }

    /**
     * {@link #beforeZapPageRange(int, int)}.
     *
     * @param atomic {@code details->i_mmap_lock != NULL}: a file is cut, and a lock is held that spins
     */
    public void beforeZapPageRange(int start, int end, boolean atomic) {
        beforeZapPageRange(start, end);
    }

    /** {@code unmap_vmas}, at its end: before {@code free_pgtables}, {@code tlb_finish_mmu} and their flush. */
    public void afterUnmapVmas(int start, int end) {}

    /** {@code zap_page_range}, after {@code unmap_vmas}, before {@code tlb_finish_mmu}. */
    public void afterZapUnmapVmas(int start, int end) {}

    /** {@code zap_pte_range}, after {@code ptep_get_and_clear_full}, before {@code tlb_remove_page}. */
    public void zapClearedPteLocked(int address) {}

    /** {@code zap_pte_range}, after its loop, before {@code pte_unmap_unlock}. */
    public void zapClearedLeafLocked(int start, int end) {}

    /**
     * {@code zap_pte_range} of the range's last leaf, after its loop: the whole range, of other leaves too. With the PT
     * lock of that leaf held, or none if there is no table.
     */
    public void zapClearedRange(int start, int end) {}

    /**
     * {@code unmap_region} and {@code zap_page_range}, before {@code tlb_finish_mmu}: what is left in the gather has
     * not been released.
     */
    public void beforeTlbFinish(int start, int end) {}

    /** {@code unmap_region} and {@code zap_page_range}, after {@code tlb_finish_mmu}: the pages have been released. */
    public void afterTlbFinish(int start, int end) {}

    /** {@link #afterTlbFinish(int, int)} of {@code zap_page_range}, with {@code atomic} as at its beginning. */
    public void afterZapTlbFinish(int start, int end, boolean atomic) {
        afterTlbFinish(start, end);
    }

    /** {@code unmap_region}, after {@code tlb_finish_mmu}. */
    public void afterRegionTlbFinish(int start, int end) {}

    /** {@code mprotect_fixup}, before {@code change_protection}. */
    public void beforeChangeProtection(int start, int end) {}

    /** {@code change_pte_range}, between {@code ptep_get_and_clear} and {@code set_pte_at}. */
    public void changeClearedPteLocked(int address) {}

    /** {@code change_pte_range}, after its loop, before {@code pte_unmap_unlock}. */
    public void changedLeafLocked(int start, int end) {}

    /** {@link #changedLeafLocked(int, int)}, with what the mapping allows now. */
    public void changedLeafLocked(int start, int end, Protection protection) {
        changedLeafLocked(start, end);
    }

    /** {@code change_protection}, after its loop, before {@code flush_tlb_range}. */
    public void beforeChangeFlush(int start, int end) {}

    /** {@code change_protection}, after {@code flush_tlb_range}. */
    public void afterChangeFlush(int start, int end) {}

    /** {@code mprotect_fixup}, after {@code change_protection}. */
    public void afterChangeProtection(int start, int end) {}

    /** {@code copy_page_range} of a VMA with copy-on-write, before its loop: the parent's range. */
    public void beforeCopyPageRange(int start, int end) {}

    /**
     * {@code copy_pte_range}, after its loop, before both PT locks are dropped: the parent's entries are
     * write-protected.
     */
    public void copiedLeafLocked(int start, int end) {}

    /**
     * {@code copy_page_range}, where its loop ends, with the mmap lock held; the parent's TLBs are flushed later.
     *
     * @param copied false if the loop was left with {@code -ENOMEM}
     */
    public void afterCopyPageRange(int start, int end, boolean copied) {}

    /** {@code clear_refs_write}, before its walk, with the mmap lock held for read. */
    public void beforeClearRefs(int start, int end) {}

    /** {@code clear_refs_write}, after its walk, before {@code flush_tlb_mm}. */
    public void afterClearRefs(int start, int end) {}

    /** {@code do_wp_page}, with the new page filled, before the PT lock is taken again. */
    public void beforeCow(int address) {}

    /** {@code do_wp_page}, after {@code ptep_clear_flush}, before {@code set_pte_at}. */
    public void cowClearedPteLocked(int address) {}

    /** {@code do_wp_page}, after {@code set_pte_at} of the new page. */
    public void cowSetPteLocked(int address) {}

    /** {@code do_wp_page}: where the patch has {@code pte_unmap_unlock} among the releases. */
    public CowRelease cowRelease() {
        return CowRelease.LOCKED;
    }

    /**
     * {@code do_wp_page}, after the PT lock was dropped, before {@link #cowRelease what is left to release}.
     *
     * @param copied whether the new page was mapped
     */
    public void cowUnlocked(int address, boolean copied) {}

    /** {@code do_wp_page}, after the PT lock was dropped: the old page has been released. */
    public void afterCow(int address) {}

    /** Each flush of the TLBs, when all CPUs have acknowledged; under the PT lock or not. */
    public void flushedTlb(int start, int end) {}

    /** {@code tlb_flush_mmu}, after {@code tlb_flush}, before the pages are released. */
    public void flushedGather(int start, int end) {}

    /**
     * {@code page_referenced_one}, in or after {@code ptep_clear_flush_young}.
     *
     * @return whether a secondary MMU has accessed {@code address}
     */
    public boolean agedPteLocked(int address) {
        return false;
    }

    /**
     * {@code page_referenced_one}, after the PT lock was dropped.
     *
     * @param referenced what it has found so far
     * @return whether a secondary MMU has accessed {@code address}
     */
    public boolean agedUnlocked(int address, boolean referenced) {
        return false;
    }

    /** {@code handle_pte_fault}, after the {@code flush_tlb_page} of a spurious write fault. */
    public void spuriousFaultLocked(int address) {}

    /** {@code hmm_migrate_collect}, {@code migrate_vma_collect}: before the walk of the page table. */
    public void beforeMigrateCollect(int start, int end) {}

    /** {@code hmm_migrate_collect}, {@code migrate_vma_collect}: after the walk of the page table. */
    public void afterMigrateCollect(int start, int end) {}

    /** {@link #beforeMigrateCollect(int, int)} of {@code MMU_NOTIFY_MIGRATE} with the owner of device memory. */
    public void beforeMigrateCollect(int start, int end, int owner) {
        beforeMigrateCollect(start, end);
    }

    /** {@link #beforeMigrateInsert(int, int)} of {@code MMU_NOTIFY_MIGRATE} with the owner of device memory. */
    public void beforeMigrateInsert(int start, int end, int owner) {
        beforeMigrateInsert(start, end);
    }

    /** {@code __migrate_device_pages}: before the first page is inserted where there was none. */
    public void beforeMigrateInsert(int start, int end) {}

    /** {@code __migrate_device_pages}: after its loop, if a page was to be inserted. */
    public void afterMigrateInsert(int start, int end) {}

    /**
     * {@code make_device_exclusive}, with the page locked, before the second walk: {@code MMU_NOTIFY_EXCLUSIVE} with
     * the owner that the caller gives, or {@link #NO_OWNER}.
     */
    public void beforeMakeExclusive(int address, int owner) {}

    /** {@code make_device_exclusive}, after the PT lock was dropped. */
    public void afterMakeExclusive(int address) {}

    /** {@code remove_device_exclusive_entry}, with the page locked, before the PT lock is taken. */
    public void beforeRestoreExclusive(int address) {}

    /** {@code remove_device_exclusive_entry}, at its end. */
    public void afterRestoreExclusive(int address) {}

    /** {@code exit_mmap}, at its beginning: every page is mapped still. */
    public void beforeExitMmap() {}

    /** {@code exit_mmap}, after {@code tlb_finish_mmu}: all pages have been released. */
    public void afterExitMmap() {}

    /** {@code try_to_unmap}, before the rmap is walked: the page is locked, and no lock that spins is held. */
    public void beforeTryToUnmap(Page page) {}

    /** {@code try_to_unmap}, after the rmap was walked: the page is locked still, and no lock that spins is held. */
    public void afterTryToUnmap(Page page) {}

    /** {@code try_to_unmap_one}, before {@code page_check_address}, under the lock of the rmap, which spins. */
    public void beforeTryToUnmapOne(int address) {}

    /** {@code try_to_unmap_one}, after {@code ptep_clear_flush}, before {@code page_remove_rmap}. */
    public void rmapClearedPteLocked(int address) {}

    /**
     * {@code try_to_unmap_one}, after the PT lock was dropped, under the lock of the rmap; who reclaims the page has a
     * reference still.
     *
     * @param unmapped whether a PTE was cleared
     */
    public void afterTryToUnmapOne(int address, boolean unmapped) {}

    /** {@code unmap_mapping_range} of what is mapped, at its end: {@code i_mmap_lock} was dropped. */
    public void afterUnmapMappingRange(int start, int end) {}

    /** {@code page_mkclean}, before the rmap is walked: the page is locked, and no lock that spins is held. */
    public void beforePageMkclean(Page page) {}

    /** {@code page_mkclean}, after the rmap was walked: the page is locked still, and no lock that spins is held. */
    public void afterPageMkclean(Page page) {}

    /** {@code page_mkclean_one}, before {@code page_check_address}, under {@code i_mmap_lock}. */
    public void beforePageMkcleanOne(int address) {}

    /** {@code page_mkclean_one}, after {@code ptep_clear_flush}, before {@code set_pte_at} of the clean entry. */
    public void mkcleanClearedPteLocked(int address) {}

    /**
     * {@code page_mkclean_one}, at its end, under {@code i_mmap_lock}.
     *
     * @param mapped whether {@code page_check_address} has found the page
     * @param cleaned whether its entry was dirty or writable
     */
    public void afterPageMkcleanOne(int address, boolean mapped, boolean cleaned) {}
}
