package racewalk.mm;

import java.util.Set;
import racewalk.machine.SeqCount;
import racewalk.machine.Word;

/**
 * {@code gup_fast} of Linux 7.0, {@code mm/gup.c}, era today, with {@code FOLL_PIN} and {@code FOLL_WRITE}: besides the
 * entry the one above it is read twice, and a pin is dropped if a fork has begun to write-protect entries.
 *
 * <p>"GUP-fast needs to do below in order: (1) pin the page (by prefetching pte), then (2) check pte not changed. For
 * the rest of pgtable operations where pgtable updates can be racy with GUP-fast, we need to do (1) clear pte, then (2)
 * check whether page is pinned." Huge pages, {@code gup_fast_folio_allowed} and, as nobody pins to read, {@code
 * gup_must_unshare} are left out.
 */
public final class GupFastToday extends GupFastGeneric {

    /** What a variant leaves out. */
    public enum LeftOut {
        /** The second look at the entry, and at the one above it. */
        PTE_REREAD,
        /** The second look at the entry above it. */
        PMD_REREAD,
        /** {@code mm->write_protect_seq}: "prevent gup_fast from racing with COW during fork", 2020 [R]. */
        WRITE_PROTECT_SEQ,
        /** That a table is freed no earlier than a walk has left it. */
        TABLE_RCU
    }

    private final SeqCount writeProtectSeq;
    private final Set<LeftOut> leftOut;

    /** The walks of {@code mm}, with something left out. */
    public GupFastToday(AddressSpace mm, Set<LeftOut> leftOut) {
        super(mm);
        this.writeProtectSeq = mm.machine().seqCount(mm + " write_protect_seq");
        this.leftOut = leftOut;
    }

    /** {@code gup_fast}. */
    @Override
    public Page getUserPageFast(int address) {
        if (leftOut.contains(LeftOut.WRITE_PROTECT_SEQ)) {
            return super.getUserPageFast(address);
        }
        long seq = writeProtectSeq.tryBegin();
        if (seq < 0) {
            mm.machine().reach(Marks.FORK_BEFORE);
            return null;
        }
        Page page = super.getUserPageFast(address);
        if (writeProtectSeq.readRetry(seq) && page != null) {
            mm.machine().reach(Marks.FORK_MEANWHILE);
            put(page); // gup_fast_unpin_user_pages
            return null;
        }
        return page;
    }

    /** {@code try_grab_folio_fast}. */
    @Override
    boolean tryGrab(Page page) {
        if (!super.tryGrab(page)) { // try_get_folio
            return false;
        }
        page.refCount().add(Page.PIN_COUNTING_BIAS - 1);
        return true;
    }

    /** {@code gup_put_folio}. */
    @Override
    void put(Page page) {
        mm.memory().putPages(page, Page.PIN_COUNTING_BIAS);
    }

    /** {@code pmd_val(pmd) != pmd_val(*pmdp) || pte_val(pte) != pte_val(ptep_get(ptep))}. */
    @Override
    boolean hasChanged(int address, PageTable.Leaf leaf, Word ptep, Pte pte) {
        if (leftOut.contains(LeftOut.PTE_REREAD)) {
            return false;
        }
        return !leftOut.contains(LeftOut.PMD_REREAD) && mm.pageTable().leafOf(address) != leaf
                || super.hasChanged(address, leaf, ptep, pte);
    }

    @Override
    void freeTable(PageTable.Leaf leaf) {
        if (leftOut.contains(LeftOut.TABLE_RCU)) {
            mm.pageTable().freeLeaf(leaf);
        } else {
            super.freeTable(leaf);
        }
    }

    @Override
    void copyPageRangeBegins() {
        writeProtectSeq.writeBegin(); // raw_write_seqcount_begin
    }

    @Override
    void copyPageRangeEnds() {
        writeProtectSeq.writeEnd(); // raw_write_seqcount_end
    }
}
