package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import racewalk.mm.NotifierSites;

/**
 * {@code arch_invalidate_secondary_tlbs} since 2023, for hardware that walks the CPUs' page tables: called from {@code
 * flush_tlb_mm_range} itself, and nowhere else (Alistair Popple, "mmu_notifiers: Call invalidate_range() when
 * invalidating TLBs", July 2023; {@code arch/x86/mm/tlb.c}). So it is told when and where the CPUs are, once they have
 * acknowledged.
 *
 * <p>It is put into 2.6.24's flushes here. One of them is in {@code ptep_set_access_flags}, where an entry becomes more
 * permissive: arm64 has it today, and it is what the change was made for; x86 has it no more [R].
 */
public final class SecondaryTlbs extends NotifierSites {

    private final List<PigginJuly.Ops> notifiers = new ArrayList<>();

    /** {@code mmu_notifier_register}, before the tasks start. */
    public void register(PigginJuly.Ops ops) {
        notifiers.add(ops);
    }

    /** {@code flush_tlb_mm_range}: {@code mmu_notifier_arch_invalidate_secondary_tlbs} at its end. */
    @Override
    public void flushedTlb(int start, int end) {
        notifiers.forEach(ops -> ops.invalidateRange(start, end));
    }
}
