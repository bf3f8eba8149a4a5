package racewalk.specs;

import racewalk.contpte.LargeFolioMm;
import racewalk.contpte.LeafTable;
import racewalk.contpte.Ptes;
import racewalk.contpte.Tlbs;
import racewalk.machine.Access;
import racewalk.machine.Action;
import racewalk.machine.LiveMachine;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;
import racewalk.mm.Protection;

/** What it costs to change entries of a block of 16, alone: counted, so the same on every machine. */
public final class ContpteCost {

    /** {@code CONT_PTES} with pages of 4 KiB. */
    public static final int CONT_PTES = 16;

    private static final int LAST = CONT_PTES - 1;
    private static final int INNER = 3;

    /** What is done to the block, all of which is writable. */
    public enum What {
        /** One entry in its middle is write-protected. */
        ONE,
        /** All of it is. */
        ALL,
        /** One that had been write-protected becomes writable, and the block is not looked at. */
        ONE_BY_ITSELF,
        /** The last one that had been becomes so: now it is as the others are. */
        LAST_TO_MATCH
    }

    /**
     * What was done.
     *
     * @param entries accesses to entries
     * @param flushes flushes of the TLBs
     */
    public record Counts(long entries, long flushes) {}

    private ContpteCost() {}

    /** Counts it. */
    public static Counts count(Design.Contiguous design, What what) {
        Counter counter = new Counter();
        LiveMachine machine = LiveMachine.monitors(_ -> 0, counter);
        LeafTable table = new LeafTable(machine, CONT_PTES, CONT_PTES);
        Tlbs tlbs = new Tlbs(table, design.bbm());
        Task cpu = machine.task("cpu0");
        tlbs.add(cpu);
        Ptes ptes = design.ptes().make(table, tlbs, design.leftOut());
        LargeFolioMm mm = new LargeFolioMm(table, ptes, design.leftOut());
        mm.boot();
        switch (what) {
            case ONE, ALL -> {}
            case ONE_BY_ITSELF -> mm.mprotect(INNER, INNER + 1, Protection.READ);
            case LAST_TO_MATCH -> mm.mprotect(LAST, CONT_PTES, Protection.READ);
        }
        counter.entries = 0;
        counter.flushes = 0;
        machine.run(cpu, new Action(what.name(), () -> {
            switch (what) {
                case ONE -> mm.mprotect(INNER, INNER + 1, Protection.READ);
                case ALL -> mm.mprotect(0, CONT_PTES, Protection.READ);
                case ONE_BY_ITSELF -> mm.mprotect(INNER, INNER + 1, Protection.READ_WRITE);
                case LAST_TO_MATCH -> mm.mprotect(LAST, CONT_PTES, Protection.READ_WRITE);
            }
            return Operation.DONE;
        }));
        return new Counts(counter.entries, counter.flushes);
    }

    private static final class Counter implements Witness {

        private long entries;
        private long flushes;

        @Override
        public void begins(Task task) {
            // What it is comes after it.
        }

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {
            entries += word.name().startsWith("pte[") ? 1 : 0;
        }

        @Override
        public void stepped(Task task, String unit, String what) {
            flushes += what.equals("tlbi") ? 1 : 0;
        }
    }
}
