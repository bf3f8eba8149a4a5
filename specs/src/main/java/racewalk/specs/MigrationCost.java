package racewalk.specs;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import racewalk.machine.Access;
import racewalk.machine.ForwardingMachine;
import racewalk.machine.LiveMachine;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;
import racewalk.migrate.HmmVmaMigrate;
import racewalk.migrate.MigrateVma;
import racewalk.migrate.PageMigration;

/**
 * What the migration of one leaf table's pages costs, by design, with nobody else there: what an early migration entry
 * saves, and what of it is in vain. There are two CPUs, whose TLBs are flushed.
 */
public final class MigrationCost {

    private static final String CHILD = "child";
    private static final int FREE_PTE_NR = 506;

    /** How the pages are found. */
    public enum Pages {
        /** Mapped once, and with no other reference. */
        ALONE(0),
        /** The same, but every other one is pinned, and cannot move. */
        HALF_PINNED(2),
        /** All are pinned. */
        PINNED(1),
        /** A child maps all of them, too. */
        SHARED(0);

        private final int pinned;

        Pages(int pinned) {
            this.pinned = pinned;
        }

        /** Whether a page is pinned. */
        boolean isPinned(int page) {
            return pinned != 0 && page % pinned == 0;
        }
    }

    /**
     * What one migration did.
     *
     * @param moved how many pages are in another frame
     * @param early how many entries were replaced in the walk of the page table
     * @param unmapped how many were replaced in walks of the rmap
     * @param inVain how many of all these were set again as they had been, for a page that had not moved
     * @param walks how many walks of the rmap there were
     * @param ptLocks how often a PT lock was taken
     * @param flushes how often a CPU's TLB was flushed
     */
    public record Counts(long moved, long early, long unmapped, long inVain, long walks, long ptLocks, long flushes) {}

    private final Rig rig;
    private final int pages;

    private MigrationCost(Machine machine, Design.Mm mm, int pages) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", List.of(new Operation.Migrate(0, pages)));
        actors.put("cpu1", List.of(new Operation.Pin(0)));
        actors.put("cpu2", List.of());
        Processes processes = new Processes(pages, Map.of(CHILD, new TreeSet<>(List.of("cpu2"))));
        Design.Notifier none =
                (Design.Notifier) Designs.find(Design.Kind.NOTIFIER, "none").orElseThrow();
        Scenario scenario = new Scenario(
                Path.of("migration-cost"),
                "migration-cost",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(pages, 1, 2 * pages, FREE_PTE_NR),
                processes,
                List.of(),
                actors,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
        this.rig = new Rig(machine, scenario, new Cell(mm, none, null));
        this.pages = pages;
    }

    /**
     * Counts a migration of {@code pages} pages.
     *
     * @param pages at most 31
     * @throws IllegalStateException if it has moved a page that was pinned, or left any other where it was
     */
    public static Counts count(Design.Mm mm, Pages found, int pages) {
        Counter counter = new Counter();
        MigrationCost cost = new MigrationCost(new Marking(LiveMachine.monitors(_ -> 0, counter), counter), mm, pages);
        cost.populate(found);
        int[][] before = cost.frames();
        counter.forget();
        cost.rig.perform("cpu0", new Operation.Migrate(0, pages));
        int[][] after = cost.frames();
        long changed = 0;
        for (int process = 0; process < after.length; process++) {
            for (int page = 0; page < pages; page++) {
                changed += before[process][page] != after[process][page] ? 1 : 0;
            }
        }
        for (int page = 0; page < pages; page++) {
            if ((before[0][page] == after[0][page]) != found.isPinned(page)) {
                throw new IllegalStateException("page " + page + " was in frame " + before[0][page] + " and is in "
                        + after[0][page] + ", and it is " + (found.isPinned(page) ? "" : "not ") + "pinned");
            }
        }
        return counter.counts(changed);
    }

    private void populate(Pages found) {
        for (int page = 0; page < pages; page++) {
            rig.perform("cpu0", new Operation.Store(page, 1));
        }
        if (found == Pages.SHARED) {
            rig.perform("cpu0", new Operation.Fork(CHILD, 0, pages, pages));
        }
        for (int page = 0; page < pages; page++) {
            if (found.isPinned(page)) {
                rig.perform("cpu1", new Operation.Pin(page));
            }
        }
    }

    /** The frame of each page of each process. */
    private int[][] frames() {
        return rig.processes().stream()
                .map(process -> {
                    int[] frames = new int[pages];
                    Arrays.setAll(
                            frames, page -> process.mm().pageTable().peek(page).pfn());
                    return frames;
                })
                .toArray(int[][]::new);
    }

    /** Has the marks that are reached counted. */
    private static final class Marking extends ForwardingMachine {

        private final Counter counter;

        Marking(Machine machine, Counter counter) {
            super(machine);
            this.counter = counter;
        }

        @Override
        public void reach(Mark mark) {
            counter.marks.merge(mark.id(), 1L, Long::sum);
        }
    }

    /** Sees every step, and every mark. */
    private static final class Counter implements Witness {

        private final Map<String, Long> marks = new TreeMap<>();
        private long walks;
        private long ptLocks;
        private long flushes;

        void forget() {
            marks.clear();
            walks = 0;
            ptLocks = 0;
            flushes = 0;
        }

        private long of(Mark mark) {
            return marks.getOrDefault(mark.id(), 0L);
        }

        Counts counts(long changed) {
            long early = of(HmmVmaMigrate.Marks.ENTRY_SET_EARLY)
                    + of(MigrateVma.Marks.ENTRY_SET)
                    + of(MigrateVma.Marks.MAYBE_PINNED); // which was cleared, and is set again at once
            long unmapped = of(PageMigration.Marks.UNMAPPED);
            long inVain = early + unmapped - changed;
            return new Counts(of(PageMigration.Marks.MOVED), early, unmapped, inVain, walks, ptLocks, flushes);
        }

        @Override
        public void begins(Task task) {
            // What it is comes after it.
        }

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {
            if (access.verb().equals("spin_lock") && word.name().contains("ptl")) {
                ptLocks++;
            }
            if (access.verb().equals("down_read") && word.name().startsWith("anon_vma")) {
                walks++;
            }
        }

        @Override
        public void stepped(Task task, String unit, String what) {
            if (what.equals("flush_tlb")) {
                flushes++;
            }
        }
    }
}
