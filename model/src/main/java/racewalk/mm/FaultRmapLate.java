package racewalk.mm;

/**
 * A page fault whose copy-on-write removes the old page's rmap only once the new entry is set: Nick Piggin, "[patch]
 * mm: fix race in COW logic", 22 June 2008. Until then {@code do_wp_page} removed it before it cleared the entry, so
 * that another process that shares the page could take it for its own, and write to it, while it was still mapped here.
 */
public final class FaultRmapLate extends Fault {

    /** The faults of {@code mm}. */
    public FaultRmapLate(AddressSpace mm, NotifierSites notifier) {
        super(mm, notifier);
    }

    @Override
    protected void oldPageBeforeClear(Page oldPage) {}

    @Override
    protected void oldPageAfterSet(Page oldPage) {
        pageRemoveRmap(oldPage);
    }
}
