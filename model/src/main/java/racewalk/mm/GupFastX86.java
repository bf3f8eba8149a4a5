package racewalk.mm;

import racewalk.machine.Interrupts;

/**
 * {@code __get_user_pages_fast} of x86 until Linux 4.12: {@code arch/x86/mm/gup.c}, era 2016. It looks at nothing
 * twice: whoever clears an entry flushes the TLBs before he frees the page, and the flush is an interrupt, which "does
 * prevent the pagetables and pages from being freed on x86". A CPU that walks is one on which the process runs, so the
 * flush is for it, too.
 */
public class GupFastX86 extends GupFast {

    /** The walks of {@code mm}. */
    public GupFastX86(AddressSpace mm) {
        super(mm);
    }

    @Override
    public final Page getUserPageFast(int address) {
        Interrupts interrupts = of(mm.machine().current()).interrupts();
        interrupts.save(); // local_irq_disable
        Page page = gupPteRange(address);
        interrupts.restore(); // local_irq_enable
        mm.machine().reach(page == null ? Marks.NO_ENTRY : Marks.PINNED);
        return page;
    }

    /** {@code gup_pmd_range}, {@code gup_pte_range}. */
    private Page gupPteRange(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address); // pmd = *pmdp
        if (leaf == null) {
            return null;
        }
        Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce()); // gup_get_pte
        if (!pte.permits(true)) { // pte_protnone, pte_allows_gup
            return null;
        }
        Page page = mm.memory().page(pte.pfn());
        mm.memory().getPage(page);
        return page;
    }

    /** {@code smp_call_function_many}: the CPU is interrupted when it has enabled interrupts. */
    @Override
    void awaitFlush(Cpu cpu) {
        of(cpu.task()).interrupts().awaitIpi();
    }

    /**
     * The same where a CPU's TLB is flushed without an interrupt, by a hypervisor or an instruction. In 2017 x86 went
     * over to {@link GupFastGeneric}, and could then be flushed so [R].
     */
    public static final class FlushedWithoutInterrupt extends GupFastX86 {

        /** The walks of {@code mm}. */
        public FlushedWithoutInterrupt(AddressSpace mm) {
            super(mm);
        }

        @Override
        void awaitFlush(Cpu cpu) {
            // It is not asked.
        }
    }
}
