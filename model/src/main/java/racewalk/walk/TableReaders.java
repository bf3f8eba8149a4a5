package racewalk.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Interrupts;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * Who reads tables under no lock of theirs, and what is waited for before a table is freed: {@code mm/mmu_gather.c}. A
 * reader is in an RCU read section or has the interrupts of its CPU disabled. A grace period waits for both; an IPI
 * only for the latter: "This isn't an RCU grace period and hence the page-tables cannot be assumed to be actually
 * RCU-freed. It is however sufficient for software page-table walkers that rely on IRQ disabling."
 *
 * <p>A callback of RCU runs as soon as it may: a stale reader finds the table freed the earlier.
 */
final class TableReaders {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A table is freed later, because somebody may read it. */
        LATER,
        /** There is no page for a batch of tables. */
        NO_BATCH
    }

    /** How a table that is unlinked is freed. */
    enum Freeing {
        /** By {@code call_rcu}: {@code pte_free_defer}, and {@code tlb_remove_table} with {@code CONFIG_PT_RECLAIM}. */
        RCU,
        /**
         * "Semi RCU", {@code tlb_remove_table} otherwise: a batch of tables by {@code call_rcu}; one table for which
         * there is no batch after an IPI ({@code tlb_remove_table_one}).
         */
        SEMI_RCU,
        /** At once, after an IPI. */
        IPI,
        /** At once: {@code pte_free}. */
        AT_ONCE
    }

    private static final int CPUS = 3;
    private static final long READING = 1L << 32;

    /** What is known of a CPU: its word holds {@link #READING}, and the tables that are freed when it reads no more. */
    private record Cpu(Interrupts interrupts, Word rcu) {}

    private final PageTables mm;
    private final Machine machine;
    private final List<Cpu> cpus;
    private final HardwareUnit rcu;

    /** The readers of the tables of {@code mm}: three CPUs, and the boot task. */
    TableReaders(PageTables mm) {
        this.mm = mm;
        this.machine = mm.machine();
        this.cpus = IntStream.rangeClosed(0, CPUS)
                .mapToObj(number -> mm + ".cpu" + number)
                .map(name -> new Cpu(machine.interrupts(name), machine.word(name + ".rcu", 0, TableReaders::show)))
                .toList();
        this.rcu = machine.unit(mm + ".rcu callbacks");
    }

    private static String show(long word) {
        String tables = word == 0 || word == READING ? "" : " before tables " + Long.toBinaryString(word & ~READING);
        return (word & READING) == 0 ? "idle" + tables : "reading" + tables;
    }

    private Cpu current() {
        int id = machine.current().id();
        if (id >= CPUS && id != Task.BOOT) {
            throw new ScopeExceeded("tables that are freed are modelled for " + CPUS + " CPUs");
        }
        return cpus.get(Math.min(id, CPUS));
    }

    /** {@code rcu_read_lock}. */
    void rcuReadLock() {
        current().rcu.or(READING);
    }

    /** {@code rcu_read_unlock}, and {@code rcu_do_batch} of what has waited for it. */
    void rcuReadUnlock() {
        doBatch("rcu_read_unlock");
    }

    /** {@code local_irq_save}. */
    void irqSave() {
        current().interrupts.save();
    }

    /** {@code local_irq_restore}, and {@code rcu_do_batch} of what has waited for it. */
    void irqRestore() {
        current().interrupts.restore();
        doBatch("rcu_do_batch");
    }

    private void doBatch(String what) {
        Cpu reader = current();
        long free = rcu.step(what, () -> {
            long behind = reader.rcu.readOnce() & ~READING;
            reader.rcu.writeOnce(0);
            for (Cpu other : cpus) {
                behind &= ~other.rcu.readOnce();
            }
            return behind;
        });
        for (long rest = free; rest != 0; rest &= rest - 1) {
            mm.free(mm.pages().get(Long.numberOfTrailingZeros(rest)));
        }
    }

    /** {@code tlb_remove_table_sync_one}: every other CPU takes an interrupt. */
    void syncOne() {
        Cpu self = current();
        cpus.stream().limit(CPUS).filter(cpu -> cpu != self).forEach(cpu -> cpu.interrupts.awaitIpi());
    }

    /** Frees a table that is unlinked. */
    void free(PtPage table, Freeing freeing) {
        switch (freeing) {
            case RCU -> callRcu(table);
            case SEMI_RCU -> {
                if (machine.choose("__get_free_page for a batch", 2) == 0) {
                    callRcu(table);
                } else {
                    machine.reach(Marks.NO_BATCH);
                    syncOne();
                    mm.free(table);
                }
            }
            case IPI -> {
                syncOne();
                mm.free(table);
            }
            case AT_ONCE -> mm.free(table);
        }
    }

    private void callRcu(PtPage table) {
        long bit = 1L << table.number();
        boolean later = rcu.step("call_rcu", () -> {
                    long reading = 0;
                    for (Cpu cpu : cpus) {
                        if (cpu.interrupts.areDisabled() || (cpu.rcu.readOnce() & READING) != 0) {
                            cpu.rcu.or(bit);
                            reading = 1;
                        }
                    }
                    return reading;
                })
                != 0;
        if (later) {
            machine.reach(Marks.LATER);
        } else {
            mm.free(table);
        }
    }

    /** Whether a table waits for the end of a grace period, for invariants. */
    boolean isWaitedFor(PtPage table) {
        return cpus.stream().anyMatch(cpu -> (cpu.rcu.peek() >> table.number() & 1) != 0);
    }

    /** The words that say so. */
    List<Word> words() {
        List<Word> words = new ArrayList<>();
        cpus.forEach(cpu -> words.add(cpu.rcu));
        return words;
    }
}
