package racewalk.contpte;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import racewalk.machine.Machine;
import racewalk.machine.Task;

/**
 * The TLBs of all CPUs. ARM64's invalidation is broadcast: each TLB executes it by itself, its CPU's access in flight
 * before or after it, in any order; {@code dsb} waits for all.
 */
public final class Tlbs {

    private final LeafTable table;
    private final Bbm bbm;
    private final List<Task> cpus = new ArrayList<>();
    private final List<LargeTlb> tlbs = new ArrayList<>();

    /** The TLBs of CPUs that are yet to come. */
    public Tlbs(LeafTable table, Bbm bbm) {
        this.table = table;
        this.bbm = bbm;
    }

    /** Adds a CPU. */
    public LargeTlb add(Task cpu) {
        cpus.add(cpu);
        tlbs.add(new LargeTlb(table, cpu.name()));
        return tlbs.getLast();
    }

    /** What the hardware stands. */
    public Bbm bbm() {
        return bbm;
    }

    /** The TLBs. */
    public List<LargeTlb> all() {
        return Collections.unmodifiableList(tlbs);
    }

    /** {@code __flush_tlb_range} with {@code TLBF_NOBROADCAST}: of the calling CPU; a page request has none. */
    void localFlushTlbRange(int start, int end) {
        int own = cpus.indexOf(table.machine().current());
        if (own >= 0) {
            tlbs.get(own).flush(start, end);
        }
    }

    /** {@code __flush_tlb_range}, with its {@code dsb}: returns when no CPU uses an old translation of the range. */
    void flushTlbRange(int start, int end) {
        Machine machine = table.machine();
        List<LargeTlb> others = new ArrayList<>(tlbs);
        int own = cpus.indexOf(machine.current());
        if (own >= 0) {
            others.remove(tlbs.get(own));
            tlbs.get(own).flush(start, end);
        }
        while (!others.isEmpty()) {
            List<String> names = others.stream().map(LargeTlb::toString).toList();
            int next = others.size() == 1 ? 0 : machine.choose("which CPU executes the invalidation next", names);
            others.remove(next).flush(start, end);
        }
    }
}
