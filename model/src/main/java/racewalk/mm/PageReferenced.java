package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * {@code page_referenced} of Linux 2.6.24, {@code mm/rmap.c}, era 2008, for a page with one mapping in private
 * anonymous memory: whether it has been accessed since it was asked last, and it forgets that it was.
 *
 * <p>Reclaim comes to a page by a list of pages and knows no address. Here someone looks up which page {@code address}
 * has, takes a reference as {@code isolate_lru_pages} does, and asks of that page [R]. Two at once may ask of one page
 * here; in 2.6.24 the list has it once, and only who has taken it off asks. The swap token, {@code VM_LOCKED} and
 * {@code page_test_and_clear_young} of s390 are not modelled.
 */
public class PageReferenced {

    /** What was found. */
    public enum Marks implements Mark {
        /** There was no page, or it had gone from there when its PTE was looked at. */
        NOT_MAPPED,
        /** {@code PG_referenced}: someone looked the page up for a device, or a device has given it back accessed. */
        PAGE_REFERENCED,
        /** The PTE was young. */
        PTE_YOUNG,
        /** A secondary MMU said that it was. */
        SECONDARY_YOUNG,
        /** Nobody has accessed it. */
        OLD
    }

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;

    /** The ageing of {@code mm}, which keeps account of accesses. */
    public PageReferenced(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
    }

    /** Whether the page that {@code address} has was accessed; false if there is none. */
    public final boolean ofPageAt(int address) {
        Page page = mm.anonVma().isolate(mm, address);
        if (page == null) {
            mm.machine().reach(Marks.NOT_MAPPED);
            return false;
        }
        boolean referenced = pageReferenced(page, address);
        mm.memory().putPage(page); // putback
        if (!referenced) {
            mm.machine().reach(Marks.OLD);
        }
        return referenced;
    }

    /** {@code page_referenced}. */
    private boolean pageReferenced(Page page, int address) {
        boolean referenced = page.flags().testAndClear(Page.REFERENCED); // TestClearPageReferenced
        if (referenced) {
            mm.machine().reach(Marks.PAGE_REFERENCED);
        }
        if (page.mapCount().readOnce() > 0) { // page_mapped
            mm.anonVma().lock().lock(); // page_lock_anon_vma
            if (mm.anonVma().covers(address)) {
                referenced |= pageReferencedOne(page, address);
            }
            mm.anonVma().lock().unlock();
        }
        return referenced;
    }

    /** {@code page_referenced_one}. */
    private boolean pageReferencedOne(Page page, int address) {
        PageTable.Leaf leaf = mm.pageTable().checkAddress(page, address);
        if (leaf == null) {
            mm.machine().reach(Marks.NOT_MAPPED);
            return false;
        }
        boolean referenced = ptepClearFlushYoung(mm.pageTable().pte(leaf, address), address);
        referenced |= secondary(notifier.agedPteLocked(address));
        leaf.ptl().unlock();
        referenced |= secondary(notifier.agedUnlocked(address, referenced));
        return referenced;
    }

    private boolean secondary(boolean young) {
        if (young) {
            mm.machine().reach(Marks.SECONDARY_YOUNG);
        }
        return young;
    }

    /** {@code ptep_clear_flush_young} of {@code asm-generic}. */
    private boolean ptepClearFlushYoung(Word word, int address) {
        boolean young = new Pte(word.readOnce()).isYoung() && word.testAndClear(Pte.ACCESSED);
        if (young) {
            mm.machine().reach(Marks.PTE_YOUNG);
            flushTlbPage(address);
        }
        return young;
    }

    /** {@code flush_tlb_page}. */
    protected void flushTlbPage(int address) {
        tlbFlush.flushTlbPage(address);
    }
}
