package racewalk.hmm;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How a variant of HMM's mirrors, or of a driver's {@code update}, differs from the patches with every repair. */
public enum HmmDifference {
    /** As posted: {@code hmm_mirror_handle_fault} asks for {@code VM_WRITE}, and never for {@code VM_READ}. */
    NO_READ_CHECK(true, "lets a device read what the VMA does not let anybody read"),
    /** As posted: {@code hmm_mirror_fault_pmd} reads {@code *ptep} again, behind {@code directory_ref}. */
    PTE_READ_AGAIN(true, "reads the PTE again when it has set the entry"),
    /** As posted: {@code hmm_mirror_kill} unmaps everything and unlinks the mirror, and lets faults go on. */
    KILLED_WHILE_FAULTING(true, "kills a mirror without keeping its device faults out"),

    /** As posted: {@code HMM_ISDIRTY} leaves all of an entry. Repaired, {@code MMU_ISDIRTY} is a write protection. */
    ISDIRTY_KEEPS_WRITE(true, "leaves entries writable at HMM_ISDIRTY"),

    /**
     * As posted: {@code hmm_mirror_update} calls {@code hmm_mirror_update_pt} after an error, too. The write bit has
     * gone when {@code hmm_mirror_kill} has the driver say what is dirty.
     */
    FAILURE_CHANGES_TABLE(true, "changes a mirror's table though its driver's update has failed"),

    /** {@code hmm_mirror_update} in the other order. */
    TABLE_FIRST(false, "changes its table before it tells the driver"),
    /** {@code hmm_update} without {@code hmm_wait_device_fault}. */
    NO_WAIT(false, "does not wait for device faults that an event overlaps"),
    /** {@code hmm_device_fault_start} without {@code mmu_notifier_range_is_valid}. */
    NO_RECHECK(false, "does not look for active ranges again under hmm->lock"),
    /** {@code hmm_device_fault_start} that looks before it has the lock. */
    UNLOCKED_RECHECK(false, "looks for active ranges again before it takes hmm->lock"),
    /** Nobody looks at {@code event->backoff}. */
    NO_BACKOFF(false, "does not look whether it is to back off"),
    /** {@code hmm_mirror_update_pt} that masks first. */
    MASK_FIRST(false, "masks an entry before it looks at its dirty bit"),
    /** The directory lock is not taken. */
    NO_TABLE_LOCK(false, "does not take the directory lock"),

    /** What Hairgrove asked for (seed 002), {@code hmm->pt} in the place of {@code mirror->pt}. */
    SHARED_TABLE(false, "has one table for all mirrors of a process, which each of them changes"),
    /** The same as right as it can be: a killed mirror leaves the table to the others. */
    SHARED_TABLE_LATE(false, "has one table for all mirrors, which changes when all drivers have been told"),
    /** The same, but for {@code hmm_mirror_kill}, which unmaps everything. */
    SHARED_TABLE_EMPTIED(false, "has one table for all mirrors, which each that is killed empties"),
    /** {@code hmm_pte_set_write} only if the device asked for it. */
    WRITE_BY_FAULT(false, "makes an entry writable for a write fault alone"),
    /** {@code hmm_update} calls only drivers whose mirror has something of the range. */
    ASKS_TABLE(false, "does not tell a driver of a range of which its mirror has no entry"),

    /** The driver does not call {@code hmm_pte_set_dirty}. */
    DRIVER_NO_DIRTY(false, "has a driver that does not carry the dirty bit over"),
    /** It calls {@code hmm_pte_set_dirty} when it programs a writable entry, and never again. */
    DRIVER_DIRTY_AT_FAULT(false, "has a driver that sets the dirty bit at each write fault, and never looks again"),
    /** It does nothing at {@code HMM_FORK}. */
    DRIVER_IGNORES_FORK(false, "has a driver that does nothing at HMM_FORK"),
    /** It does nothing at {@code HMM_WRITE_PROTECT}. */
    DRIVER_IGNORES_WRITE_PROTECT(false, "has a driver that does nothing at HMM_WRITE_PROTECT"),
    /** As posted at {@code HMM_ISDIRTY}, and with a driver that does nothing then, as Glisse would have it. */
    DRIVER_IGNORES_ISDIRTY(false, "leaves entries writable at HMM_ISDIRTY, as its driver does"),
    /** It only removes write permission at {@code HMM_MIGRATE}. */
    DRIVER_READS_AT_MIGRATE(false, "has a driver whose device may still read after HMM_MIGRATE"),
    /** It only removes write permission at {@code HMM_MUNMAP}. */
    DRIVER_READS_AT_MUNMAP(false, "has a driver whose device may still read after HMM_MUNMAP"),
    /** It does as {@code pte_mask} says, and looks at the type of faults alone. */
    DRIVER_BY_MASK(false, "has a driver that does as pte_mask says"),
    /** It drops its entries at every event. */
    DRIVER_DROPS_ALWAYS(false, "has a driver that drops its entries at every event"),

    /** As posted: {@code if (hmm_pte_test_valid_dma(hmm_pte)) continue;}, before {@code hmm_pte_set_write}. */
    DMA_ENTRY_KEPT(true, "does not make an entry writable that is mapped already"),
    /** As posted: {@code mm_pt_iter_page}, of "[PATCH 10/36] HMM: use CPU page table during invalidation". */
    DMA_PAGE_BY_CPU_TABLE(true, "looks in the CPU's table for the page that an entry says is dirty"),
    /** {@code dma_unmap_page} before {@code ops->update}. */
    DMA_UNMAPPED_FIRST(false, "unmaps a page before it tells the driver"),
    /** No {@code dma_unmap_page}. */
    DMA_NEVER_UNMAPPED(false, "drops an entry and leaves its page mapped"),
    /** {@code hmm_mirror_dma_map} does not look whether an entry is mapped. */
    DMA_MAPPED_AGAIN(false, "maps a page at each fault"),
    /** Nobody looks at what {@code hmm_mirror_dma_map} returns if {@code dma_mapping_error}. */
    DMA_ERROR_IGNORED(false, "tells its driver of a page that could not be mapped"),
    /** {@code hmm_mirror_range_dirty} of July, by a driver that cannot account for stores. */
    DMA_RANGE_DIRTY(false, "has a driver that calls hmm_mirror_range_dirty, as posted in July"),
    /** That of May: it passes over each entry that is not valid in both ways, and none is. */
    DMA_RANGE_DIRTY_OF_MAY(false, "has a driver that calls hmm_mirror_range_dirty, as posted in May");

    private final boolean posted;
    private final String sentence;

    HmmDifference(boolean posted, String sentence) {
        this.posted = posted;
        this.sentence = sentence;
    }

    /** Those of the patches as posted. */
    public static Set<HmmDifference> asPosted() {
        Set<HmmDifference> differences = EnumSet.allOf(HmmDifference.class);
        differences.removeIf(difference -> !difference.posted);
        return differences;
    }

    /** Whether the patches as posted have it. */
    public boolean isPosted() {
        return posted;
    }

    /** Whether it is about mirrors that map pages for DMA. */
    public boolean isOfDma() {
        return name().startsWith("DMA_");
    }

    /** The name in the ids of designs. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it does, in a few words that follow the name of the whole. */
    public String sentence() {
        return sentence;
    }
}
