package racewalk.contpte;

/** What a variant of today's code leaves out. */
public enum LeftOut {
    /** The TLB flush between clearing a block and writing it anew: break-before-make. */
    BREAK("does not flush between clearing a block's entries and writing them in the other size"),
    /** The flush of the whole block there: only the page that is changed is flushed. */
    FLUSH_OF_BLOCK("flushes there only the page that is changed"),
    /** {@code contpte_try_unfold}. */
    UNFOLD("changes one entry of a contiguous block and leaves the others as they are"),
    /** In {@code contpte_convert}, the access and dirty bits of all entries but the one that is changed. */
    GATHER("keeps the access and dirty bits of the changed entry alone when it converts a block"),
    /** In {@code __contpte_try_fold}, the comparison of the protections. */
    COMPARE("folds a block whose entries have different protections"),
    /** In {@code contpte_ptep_get_lockless}, that what is inconsistent is read again. */
    REREAD("gathers the bits of a block without a lock, and does not look whether it is one still"),
    /** "arm64: contpte: fix set_access_flags() no-op check for SMMU/ATS faults" (2026): the test of every raw entry. */
    RAW_ENTRIES("takes access flags for set if those that are gathered from the block are"),
    /** "mm/rmap: fix incorrect pte restoration for lazyfree folios" (2026): {@code FPB_RESPECT_WRITE}. */
    RESPECT_WRITE("unmaps entries of a folio in one batch, whether they are writable or not"),
    /** Jain, 6 August 2025, on cac1db8c3aad: the pages of the batch, not of the folio from its first on. */
    OWN_PAGES("asks the first pages of the folio whether a batch may be made writable, wherever the batch begins"),
    /** In {@code commit_anon_folio_batch}, that each page of a batch is looked at. */
    SUB_BATCHES("makes a batch writable if its first page is nobody else's"),
    /** "mm/hugetlb: fix races when looking up a CONT-PTE/PMD size hugetlb page" (2022): {@code huge_pte_lock}. */
    HUGE_PTE_LOCK("looks a hugetlb page up under the leaf table's PT lock");

    private final String sentence;

    LeftOut(String sentence) {
        this.sentence = sentence;
    }

    /** What a design without it does. */
    public String sentence() {
        return sentence;
    }
}
