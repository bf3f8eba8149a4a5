package racewalk.specs;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import racewalk.machine.Observer;
import racewalk.specs.Operation.OfTable;
import racewalk.walk.PtEntry;

/**
 * What a history of operations on walked tables must look like: an entry is a register, and each operation takes effect
 * on each entry of its range at one moment between its invocation and its response, at another one for each. So what a
 * walk sees of an entry is what the entry was at some time during the walk. A copy tells what it saw of an entry, and
 * what it put into the other table's: that without the permission to write, or nothing.
 *
 * <p>Of each entry the state is the set of ways to explain what has been told of it: its value now, and which of the
 * operations in flight have taken effect, walks with the value that they saw.
 */
public final class TableSpecification implements Observer<TableSpecification.Entries> {

    /** The property's name in reports. */
    public static final String NAME = "LinearizableByEntry";

    /** The largest value of an entry; 0 is that of an invalid one. */
    static final int MAX_VALUE = 15;

    /** How many entries all tables together may have: a walk's result has four bits for each. */
    static final int MAX_ENTRIES = 16;

    private static final int VALUE_BITS = 4;
    private static final int TASK_BITS = 5;
    private static final long TASK = (1 << TASK_BITS) - 1;

    /** The progress of a task that has nothing in flight on the entry; with an effect it is 1 + what was seen. */
    private static final long IDLE = 0;

    /** That of one whose operation has had no effect yet. */
    private static final long PENDING = TASK;

    /** That of none: no operation returns such a result. */
    private static final long IMPOSSIBLE = PENDING - 1;

    /** Above the progress of all tasks stands which operation of each is in flight on the entry. */
    private static final int OPERATIONS = VALUE_BITS + Linearizability.MAX_ACTORS * TASK_BITS;

    private static final int OPERATION_BITS = 4;

    private final List<List<Operation>> actors;
    private final int span;
    private final int entries;
    private final boolean mayFail;
    private final long boot;

    /**
     * The specification of a scenario's histories.
     *
     * @param tables the tables
     * @param boot what is done before the actors start, in order
     * @param actors the operations of each actor
     */
    TableSpecification(Scenario.Tables tables, List<Operation> boot, List<List<Operation>> actors) {
        this.actors = List.copyOf(actors);
        this.span = tables.shape().span();
        this.entries = tables.entries();
        this.mayFail = tables.shape().mayFail();
        long values = 0;
        for (Operation operation : boot) {
            for (int entry = 0; entry < entries; entry++) {
                if (concerns(operation, entry)) {
                    values = with(values, entry, after(operation, valueOf(values, entry)));
                }
            }
        }
        this.boot = values;
    }

    /** What a result says of an entry. */
    static long valueOf(long result, int entry) {
        return result >>> entry * VALUE_BITS & MAX_VALUE;
    }

    /** The result with what it says of an entry replaced. */
    static long with(long result, int entry, long value) {
        return result & ~((long) MAX_VALUE << entry * VALUE_BITS) | value << entry * VALUE_BITS;
    }

    /** The ways to explain all entries: for each, in order, the ways to explain it. */
    public record Entries(List<long[]> ways) implements State {

        @Override
        public long hash(long seed) {
            long hash = seed;
            for (long[] of : ways) {
                for (long way : of) {
                    hash = (hash ^ way) * 0x9E3779B97F4A7C15L;
                    hash ^= hash >>> 29;
                }
                hash = (hash + of.length) * 0xBF58476D1CE4E5B9L;
            }
            return hash ^ hash >>> 32;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entries(List<long[]> others) && Arrays.deepEquals(ways.toArray(), others.toArray());
        }

        @Override
        public int hashCode() {
            return Arrays.deepHashCode(ways.toArray());
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Entries initial() {
        long[][] ways = new long[entries][];
        for (int entry = 0; entry < entries; entry++) {
            ways[entry] = new long[] {valueOf(boot, entry)};
        }
        return new Entries(List.of(ways));
    }

    private boolean concerns(Operation operation, int entry) {
        int at = operation instanceof OfTable.Lockstep ? entry % span : entry;
        return operation.start() <= at && at < operation.end() || source(operation, entry) >= 0;
    }

    /** The entry that a copy puts into this one; -1 if there is none. */
    private int source(Operation operation, int entry) {
        if (!(operation instanceof OfTable.Copy copy) || entry / span != copy.to()) {
            return -1;
        }
        int source = copy.start() / span * span + entry % span;
        return copy.start() <= source && source < copy.end() ? source : -1;
    }

    private static boolean looks(Operation operation) {
        return operation instanceof OfTable.Walk
                || operation instanceof OfTable.Lockstep
                || operation instanceof OfTable.Pin
                || operation instanceof OfTable.Load
                || operation instanceof OfTable.Copy;
    }

    private static long after(Operation operation, long value) {
        return switch ((OfTable) operation) {
            case OfTable.Walk _, OfTable.Lockstep _, OfTable.Pin _, OfTable.Load _, OfTable.Collapse _ -> value;
            case OfTable.Populate populate -> populate.value();
            case OfTable.Clear _, OfTable.Retract _, OfTable.Finish _ -> 0;
            case OfTable.Protect _, OfTable.Copy _ -> readOnly(value);
        };
    }

    private static long readOnly(long value) {
        return value & ~PtEntry.WRITE;
    }

    private static long progress(long way, int task) {
        return way >>> VALUE_BITS + task * TASK_BITS & TASK;
    }

    private static long withProgress(long way, int task, long progress) {
        int shift = VALUE_BITS + task * TASK_BITS;
        return way & ~(TASK << shift) | progress << shift;
    }

    @Override
    public Entries invoked(Entries state, int task, int action) {
        Operation operation = actors.get(task).get(action);
        long[][] ways = state.ways.toArray(long[][]::new);
        for (int entry = 0; entry < entries; entry++) {
            if (concerns(operation, entry)) {
                TreeSet<Long> all = new TreeSet<>();
                for (long way : ways[entry]) {
                    long invoked = withProgress(way, task, PENDING);
                    invoked = invoked & ~operationField(task) | number(task, action);
                    close(invoked, entry, all);
                }
                ways[entry] = array(all);
            }
        }
        return new Entries(List.of(ways));
    }

    private static long operationField(int task) {
        return ((1L << OPERATION_BITS) - 1) << OPERATIONS + task * OPERATION_BITS;
    }

    private static long number(int task, int action) {
        return (long) action << OPERATIONS + task * OPERATION_BITS;
    }

    private Operation inFlight(long way, int task) {
        int action = (int) ((way & operationField(task)) >>> OPERATIONS + task * OPERATION_BITS);
        return actors.get(task).get(action);
    }

    /** Adds what may follow when operations in flight take effect, in any order. */
    private void close(long way, int entry, TreeSet<Long> all) {
        if (!all.add(way)) {
            return;
        }
        for (int task = 0; task < actors.size(); task++) {
            if (progress(way, task) == PENDING) {
                Operation operation = inFlight(way, task);
                long value = way & MAX_VALUE;
                if (source(operation, entry) >= 0) {
                    for (long put = 0; put < PtEntry.WRITE; put++) {
                        close(effect(way, task, put, put == 0 ? value : put), entry, all);
                    }
                } else {
                    long told = looks(operation) ? value : 0;
                    close(effect(way, task, told, after(operation, value)), entry, all);
                }
            }
        }
    }

    /** The way on which an operation has taken effect, told something, and left a value. */
    private static long effect(long way, int task, long told, long value) {
        return withProgress(way, task, 1 + told) & ~(long) MAX_VALUE | value;
    }

    private static long[] array(TreeSet<Long> ways) {
        return ways.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public Entries responded(Entries state, int task, int action, long result) {
        Operation operation = actors.get(task).get(action);
        long[][] ways = state.ways.toArray(long[][]::new);
        for (int entry = 0; entry < entries; entry++) {
            if (concerns(operation, entry)) {
                long told = told(operation, entry, result);
                TreeSet<Long> left = new TreeSet<>();
                int source = source(operation, entry);
                boolean equal = source < 0 || valueOf(result, entry) == readOnly(valueOf(result, source));
                for (long way : ways[entry]) {
                    if (equal && progress(way, task) == told) {
                        left.add(withProgress(way, task, IDLE) & ~operationField(task));
                    }
                }
                ways[entry] = array(left);
            }
        }
        return new Entries(List.of(ways));
    }

    /** The progress of a way that explains a result: of an operation without memory one in which it had no effect. */
    private long told(Operation operation, int entry, long result) {
        if (looks(operation)) {
            return 1 + valueOf(result, entry);
        }
        boolean refused = mayFail && operation instanceof OfTable.Populate && result == Operation.OUT_OF_MEMORY;
        return result == Operation.DONE ? 1 : refused ? PENDING : IMPOSSIBLE;
    }

    @Override
    public String complaint(Entries state) {
        for (int entry = 0; entry < entries; entry++) {
            if (state.ways.get(entry).length == 0) {
                return "entry " + entry + " was never what it was seen to be";
            }
        }
        return null;
    }
}
