package racewalk.specs;

import java.util.function.IntPredicate;
import racewalk.machine.Access;
import racewalk.machine.Action;
import racewalk.machine.LiveMachine;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;
import racewalk.walk.CopiedTable;
import racewalk.walk.TableShape;
import racewalk.walk.Visitor;
import racewalk.walk.WalkedTable;

/** What it costs to walk a table, to clear or to copy all of it, alone: counted, so the same on every machine. */
public final class TableCost {

    /** What is done to the whole table. */
    public enum What {
        /** A walk that takes no lock. */
        WALK,
        /** The invalidation of the whole range. */
        CLEAR,
        /** Fork: of the page tables of a process alone. */
        COPY
    }

    /**
     * What was done.
     *
     * @param steps accesses to shared memory
     * @param locks how often a lock was taken
     * @param sections how many RCU read sections there were
     * @param references how often a reference on a directory was taken, or was tried to be
     * @param seen how many entries a walk has seen
     */
    public record Counts(long steps, long locks, long sections, long references, long seen) {}

    private TableCost() {}

    /**
     * Counts it.
     *
     * @param pages how many pages each thing that is mapped has: more than one for a huge page
     * @param valid where they begin
     * @throws IllegalStateException if the walk has not seen them all, or one is left when all are cleared
     */
    public static Counts count(Design.Table design, TableShape shape, int pages, IntPredicate valid, What what) {
        Counter counter = new Counter();
        LiveMachine machine = LiveMachine.monitors(_ -> 0, counter);
        WalkedTable table = design.maker().make(machine, "pt", shape);
        WalkedTable child = design.maker().make(machine, "child", shape);
        Task task = machine.task("cpu0");
        long populated = 0;
        for (int address = 0; address < shape.span(); address += pages) {
            if (valid.test(address)) {
                table.populate(address, address + pages, 1);
                populated += pages;
            }
        }
        counter.forget();
        machine.run(task, new Action(what.name(), Long::toString, () -> {
            switch (what) {
                case WALK -> table.walk(0, shape.span(), counter);
                case CLEAR -> table.clear(0, shape.span());
                case COPY -> ((CopiedTable) table).copyRange(child, 0, shape.span(), counter);
            }
            return Operation.DONE;
        }));
        Counts counts = counter.counts();
        table.walk(0, shape.span(), counter);
        if (what == What.COPY) {
            child.walk(0, shape.span(), counter);
        }
        long expected = populated
                * switch (what) {
                    case WALK -> 2;
                    case CLEAR -> 0;
                    case COPY -> 4; // the source's and the destination's while they are copied, and afterwards
                };
        if (counter.seen != expected) {
            throw new IllegalStateException(design.id() + " has seen " + counter.seen + ", not " + expected);
        }
        return counts;
    }

    private static final class Counter implements Witness, Visitor {

        private long steps;
        private long locks;
        private long sections;
        private long references;
        private long seen;

        void forget() {
            steps = 0;
            locks = 0;
            sections = 0;
            references = 0;
        }

        Counts counts() {
            return new Counts(steps, locks, sections, references, seen);
        }

        @Override
        public void sees(int table, int address, long value) {
            seen++;
        }

        @Override
        public String toString() {
            return "";
        }

        @Override
        public void begins(Task task) {
            // What it is comes after it.
        }

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {
            steps++;
            switch (access.verb()) {
                case "spin_lock" -> locks++;
                case "rcu_read_lock" -> sections++;
                case "inc_not_zero" -> references++;
                default -> {}
            }
        }

        @Override
        public void stepped(Task task, String unit, String what) {
            steps++;
        }
    }
}
