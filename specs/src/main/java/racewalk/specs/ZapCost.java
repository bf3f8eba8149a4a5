package racewalk.specs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import racewalk.machine.Access;
import racewalk.machine.LiveMachine;
import racewalk.machine.Machine;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.NotifierSites;
import racewalk.mm.Pte;
import racewalk.mm.Unmap;
import racewalk.secondary.NotifiedMmu;
import racewalk.specs.Design.Attached;

/**
 * What it costs to tell a device of a zap: one leaf table of so many PTEs, which a device has translated all of, is
 * zapped by {@code zap_page_range}, alone. There are two CPUs, whose TLBs are flushed.
 */
public final class ZapCost {

    private static final String DEVICE = "dev0";
    private static final int FREE_PTE_NR = 506;
    private static final IntUnaryOperator FIRST = _ -> 0;

    private final Rig rig;
    private final AddressSpace mm;
    private final Unmap unmap;
    private final int ptes;

    /** Whatever {@code machine} is; nothing is mapped yet. */
    public ZapCost(Machine machine, Design.Notifier notifier, Design.Secondary device, int ptes) {
        NotifierSites[] sites = new NotifierSites[1];
        Design.Notifier noted = new Design.Notifier(notifier.about(), on -> {
            Attached attached = notifier.attach().apply(on);
            sites[0] = attached.sites();
            return attached;
        });
        Design.Mm linux =
                (Design.Mm) Designs.find(Design.Kind.MM, "linux-2.6.24").orElseThrow();
        this.rig = new Rig(machine, scenario(ptes), new Cell(linux, noted, device));
        this.mm = rig.processes().getFirst().mm();
        this.unmap = new Unmap(mm, sites[0]);
        this.ptes = ptes;
    }

    private static Scenario scenario(int ptes) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        List.of("cpu0", "cpu1", DEVICE).forEach(actor -> actors.put(actor, List.of()));
        return new Scenario(
                Path.of("zap-cost"),
                "zap-cost",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(ptes, 1, ptes + 1, FREE_PTE_NR),
                List.of(),
                actors,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }

    /** A CPU writes each page, and then the device does. */
    public void populate() {
        for (int page = 0; page < ptes; page++) {
            rig.perform("cpu0", new Operation.Store(page, 1));
            rig.perform(DEVICE, new Operation.Store(page, 2));
        }
    }

    /** Discards them all, as {@code MADV_DONTNEED} does. */
    public void zap() {
        mm.mmapLock().downRead();
        unmap.zapPageRange(0, ptes);
        mm.mmapLock().upRead();
    }

    /** How many PTEs are set. */
    public int mapped() {
        int mapped = 0;
        for (int page = 0; page < ptes; page++) {
            mapped += mm.pageTable().peek(page).isPresent() ? 1 : 0;
        }
        return mapped;
    }

    /** How many of the pages the device translates. */
    public int translated() {
        int translated = 0;
        for (int page = 0; page < ptes; page++) {
            translated += rig.processes().getFirst().devices().get(DEVICE).peek(page).stream()
                            .anyMatch(entry -> entry.permits(false))
                    ? 1
                    : 0;
        }
        return translated;
    }

    /**
     * What one zap did.
     *
     * @param callbacks how often a function of the device was called by the notifier
     * @param locks how often each lock was taken, by its name; sections of RCU among them
     * @param deviceFlushes how often the device's or the guest's TLB was flushed
     * @param cpuFlushes how often a CPU's was
     */
    public record Counts(long callbacks, Map<String, Long> locks, long deviceFlushes, long cpuFlushes) {}

    /**
     * Counts a zap of {@code ptes} PTEs.
     *
     * @throws IllegalStateException if the zap left a PTE or a translation behind
     */
    public static Counts count(Design.Notifier notifier, Design.Secondary device, int ptes) {
        Counter counter = new Counter();
        ZapCost cost = new ZapCost(LiveMachine.monitors(FIRST, counter), counter.told(notifier), device, ptes);
        cost.populate();
        if (cost.mapped() != ptes || cost.translated() != ptes) {
            throw new IllegalStateException("not populated: " + cost.mapped() + ", " + cost.translated());
        }
        counter.forget();
        cost.zap();
        if (cost.mapped() != 0 || cost.translated() != 0) {
            throw new IllegalStateException("not zapped: " + cost.mapped() + ", " + cost.translated());
        }
        return counter.counts();
    }

    /** Sees every step, and every call of a device. */
    private static final class Counter implements Witness {

        private final Map<String, Long> locks = new TreeMap<>();
        private long callbacks;
        private long deviceFlushes;
        private long cpuFlushes;

        void forget() {
            locks.clear();
            callbacks = 0;
            deviceFlushes = 0;
            cpuFlushes = 0;
        }

        Counts counts() {
            return new Counts(callbacks, Map.copyOf(locks), deviceFlushes, cpuFlushes);
        }

        /** The same design, whose devices are registered with their calls counted. */
        Design.Notifier told(Design.Notifier notifier) {
            return new Design.Notifier(notifier.about(), machine -> {
                Attached attached = notifier.attach().apply(machine);
                return new Attached(
                        attached.sites(), device -> attached.register().accept(new Told(device, () -> callbacks++)));
            });
        }

        @Override
        public void begins(Task task) {
            // What it is comes after it.
        }

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {
            switch (access.verb()) {
                case "spin_lock", "mutex_lock", "down_read", "rcu_read_lock" -> locks.merge(word.name(), 1L, Long::sum);
                default -> {}
            }
        }

        @Override
        public void stepped(Task task, String unit, String what) {
            switch (what) {
                case "flush_tlb" -> cpuFlushes++;
                case "tgh_invalidate", "kvm_flush_remote_tlbs" -> deviceFlushes++;
                default -> {}
            }
        }
    }

    /** A device that notes each call of a notifier. */
    private record Told(NotifiedMmu device, Runnable note) implements NotifiedMmu {

        @Override
        public void invalidatePage(int address) {
            note.run();
            device.invalidatePage(address);
        }

        @Override
        public void invalidatePages(int start, int end) {
            note.run();
            device.invalidatePages(start, end);
        }

        @Override
        public void invalidateRangeBegin(int start, int end) {
            note.run();
            device.invalidateRangeBegin(start, end);
        }

        @Override
        public void invalidateRangeEnd(int start, int end) {
            note.run();
            device.invalidateRangeEnd(start, end);
        }

        @Override
        public void unmap(int address) {
            note.run();
            device.unmap(address);
        }

        @Override
        public void invalidateRange(int start, int end) {
            note.run();
            device.invalidateRange(start, end);
        }

        @Override
        public long read(int address) {
            return device.read(address);
        }

        @Override
        public long write(int address, long value) {
            return device.write(address, value);
        }

        @Override
        public void prefault(int start, int end) {
            device.prefault(start, end);
        }

        @Override
        public List<Pte> peek(int address) {
            return device.peek(address);
        }

        @Override
        public long peekPins(int pfn) {
            return device.peekPins(pfn);
        }

        @Override
        public List<Word> words() {
            return device.words();
        }
    }
}
