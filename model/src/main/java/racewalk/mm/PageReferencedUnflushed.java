package racewalk.mm;

/**
 * {@code page_referenced} whose {@code ptep_clear_flush_young} flushes no TLB, as on x86 since "x86/mm: In the PTE
 * swapout page reclaim case clear the accessed bit instead of flushing the TLB", Shaohua Li, 2014: a CPU that has the
 * translation cached does not set the bit again. "Clearing the accessed bit without a TLB flush doesn't cause data
 * corruption", says its comment; "it could cause incorrect page aging and the (mistaken) reclaim of hot pages".
 */
public final class PageReferencedUnflushed extends PageReferenced {

    /** The ageing of {@code mm}. */
    public PageReferencedUnflushed(AddressSpace mm, NotifierSites notifier) {
        super(mm, notifier);
    }

    @Override
    protected void flushTlbPage(int address) {}
}
