package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Word;

/**
 * {@code __get_user_pages_fast} where a TLB may be flushed without an interrupt: {@code mm/gup.c} under {@code
 * CONFIG_HAVE_GENERIC_RCU_GUP}, read in a version of 2017, era 2016 [R]. The page is grabbed unless it has no
 * reference, and dropped again if the entry has changed since; a table is freed by {@code call_rcu_sched} ({@code
 * tlb_remove_table}), when every CPU that had its interrupts disabled has enabled them.
 *
 * <p>The callback runs as soon as it may: a stale walk finds the table freed the earlier. That there may be no memory
 * for a batch of tables, and then an IPI waits for the CPUs, is not modelled.
 */
public class GupFastGeneric extends GupFast {

    private final HardwareUnit rcu;

    /** The walks of {@code mm}. */
    public GupFastGeneric(AddressSpace mm) {
        super(mm);
        this.rcu = mm.machine().unit(mm + " rcu callbacks");
    }

    @Override
    public Page getUserPageFast(int address) {
        Walker walker = of(mm.machine().current());
        walker.interrupts().save();
        Page page = gupPteRange(address);
        walker.interrupts().restore();
        freeTablesBehind(walker);
        return page;
    }

    /** {@code gup_pmd_range}, {@code gup_pte_range}. */
    private Page gupPteRange(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address); // READ_ONCE(*pmdp)
        if (leaf == null) {
            mm.machine().reach(Marks.NO_ENTRY);
            return null;
        }
        Word ptep = mm.pageTable().pte(leaf, address);
        Pte pte = new Pte(ptep.readOnce()); // gup_get_pte
        if (!pte.permits(true)) { // pte_protnone, pte_access_permitted
            mm.machine().reach(Marks.NO_ENTRY);
            return null;
        }
        Page page = mm.memory().page(pte.pfn());
        if (!tryGrab(page)) {
            mm.machine().reach(Marks.NO_REFERENCE);
            return null;
        }
        if (hasChanged(address, leaf, ptep, pte)) {
            mm.machine().reach(Marks.CHANGED);
            put(page);
            return null;
        }
        mm.machine().reach(Marks.PINNED);
        return page;
    }

    /** {@code page_cache_get_speculative}: false if the page has no reference. */
    boolean tryGrab(Page page) {
        return page.refCount().incNotZero();
    }

    /** {@code put_page}. */
    void put(Page page) {
        mm.memory().putPage(page);
    }

    /** {@code pte_val(pte) != pte_val(*ptep)}. */
    boolean hasChanged(int address, PageTable.Leaf leaf, Word ptep, Pte pte) {
        return ptep.readOnce() != pte.bits();
    }

    /** {@code tlb_remove_table}, and {@code tlb_table_flush}. */
    @Override
    void freeTable(PageTable.Leaf leaf) {
        long bit = 1L << mm.pageTable().numberOf(leaf);
        boolean later = rcu.step("call_rcu_sched", () -> {
                    long walking = 0;
                    for (Walker walker : walkers()) {
                        if (walker.interrupts().areDisabled()) {
                            walker.tables().or(bit);
                            walking = 1;
                        }
                    }
                    return walking;
                })
                != 0;
        if (later) {
            mm.machine().reach(Marks.TABLE_LATER);
        } else {
            mm.pageTable().freeLeaf(leaf);
        }
    }

    /** {@code rcu_do_batch}, {@code tlb_remove_table_rcu}: of what waited for this CPU and for no other any more. */
    private void freeTablesBehind(Walker walker) {
        long free = rcu.step("rcu_do_batch", () -> {
            long tables = walker.tables().readOnce();
            if (tables != 0) {
                walker.tables().writeOnce(0);
                for (Walker other : walkers()) {
                    tables &= ~other.tables().readOnce();
                }
            }
            return tables;
        });
        List<PageTable.Leaf> leaves = new ArrayList<>();
        for (long rest = free; rest != 0; rest &= rest - 1) {
            leaves.add(mm.pageTable().leafNumbered(Long.numberOfTrailingZeros(rest)));
        }
        leaves.forEach(mm.pageTable()::freeLeaf);
    }
}
