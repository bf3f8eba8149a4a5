package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Machine;

/**
 * {@code flush_tlb_range}: a flush is issued, executed on each CPU that may hold an entry, and complete for the issuer
 * when all have acknowledged. The issuer's own CPU comes first; the others in any order, each as one step, at which
 * that CPU's stale entries end.
 */
public final class TlbFlush {

    private final AddressSpace mm;
    private final NotifierSites notifier;

    /** The flushes of {@code mm}, of which nobody is told. */
    public TlbFlush(AddressSpace mm) {
        this(mm, NotifierSites.NONE);
    }

    /** The flushes of {@code mm}. */
    public TlbFlush(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
    }

    /** {@code flush_tlb_range(vma, start, end)}: returns when no CPU uses an old entry of the range. */
    public void flushTlbRange(int start, int end) {
        Machine machine = mm.machine();
        List<Cpu> others = new ArrayList<>();
        for (Cpu cpu : mm.cpus()) {
            if (cpu.task() == machine.current()) {
                cpu.tlb().flush(start, end);
            } else {
                others.add(cpu);
            }
        }
        while (!others.isEmpty()) {
            List<String> names = others.stream().map(cpu -> cpu.task().name()).toList();
            int next = others.size() == 1 ? 0 : machine.choose("which CPU executes the flush next", names);
            Cpu other = others.remove(next);
            if (mm.gupFast() != null) {
                mm.gupFast().awaitFlush(other);
            }
            other.tlb().flush(start, end);
        }
        notifier.flushedTlb(start, end);
    }

    /** {@code flush_tlb_page(vma, address)}. */
    public void flushTlbPage(int address) {
        flushTlbRange(address, address + 1);
    }

    /** {@code flush_tlb_mm(mm)}. */
    public void flushTlbMm() {
        flushTlbRange(0, mm.pageTable().span());
    }

    /** {@code tlb_flush} of a gather, on x86. */
    void flushGather() {
        flushTlbMm();
        notifier.flushedGather(0, mm.pageTable().span());
    }
}
