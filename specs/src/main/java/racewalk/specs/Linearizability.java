package racewalk.specs;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import racewalk.machine.Observer;
import racewalk.mm.PhysicalMemory.Allocations;

/**
 * Linearizability to {@link FlatMemory}, as an automaton over the history: its state is the set of all configurations
 * of the specification that explain what has been invoked and returned so far. A response that leaves none cannot be
 * explained by any order of the operations' parts.
 *
 * <p>The set is closed: it holds every configuration that parts of pending operations can lead to. So it does not
 * depend on the order of two invocations or of two responses, only on that of an invocation and a response.
 *
 * <p>A scenario may also say itself what its operations give: {@link ExpectedResults}.
 */
public final class Linearizability implements Observer<Linearizability.Explanations> {

    /** The property's name in reports. */
    public static final String NAME = "LinearizableToFlatMemory";

    /** How many actors there may be. */
    public static final int MAX_ACTORS = 5;

    private static final int TASK_BITS = 12;
    private static final int DONE_BITS = FlatMemory.MAX_RANGE;
    private static final long DONE = (1 << DONE_BITS) - 1;
    private static final long TOLD = 0xFF;

    /** The code of {@link Operation#DENIED} among the eight bits of what an operation was told. */
    private static final long DENIED = 0xFF;

    /** The code of {@link Operation#OUT_OF_MEMORY}. */
    private static final long OUT_OF_MEMORY = 0xFD;

    /** The code of a result that the specification never gives. */
    private static final long IMPOSSIBLE = 0xFE;

    /**
     * One way to explain the history.
     *
     * @param memory the flat memory now
     * @param progress for each actor, twelve bits: which parts of its pending operation have taken effect, and what
     *     they told
     */
    record Configuration(long memory, long progress) {

        private static final Comparator<Configuration> ORDER =
                Comparator.comparingLong(Configuration::memory).thenComparingLong(Configuration::progress);

        int done(int task) {
            return (int) (progress >>> task * TASK_BITS & DONE);
        }

        long told(int task) {
            return progress >>> task * TASK_BITS + DONE_BITS & TOLD;
        }

        Configuration forget(int task) {
            return new Configuration(memory, progress & ~(((1L << TASK_BITS) - 1) << task * TASK_BITS));
        }

        /** The operation ends here with {@code result}, without any effect. */
        Configuration refuse(int task, Operation operation, long result) {
            int all = (1 << FlatMemory.parts(operation)) - 1;
            return new Configuration(
                    memory, forget(task).progress | (code(result) << DONE_BITS | all) << task * TASK_BITS);
        }

        Configuration take(int task, Operation operation, int part) {
            int done = done(task) | FlatMemory.completes(operation, part, memory);
            long told = told(task) | code(FlatMemory.tell(operation, part, memory));
            Configuration rest = forget(task);
            return new Configuration(
                    FlatMemory.apply(operation, part, memory),
                    rest.progress | (told << DONE_BITS | done) << task * TASK_BITS);
        }

        boolean bars(int device, Operation operation) {
            return device >= 0 && !operation.changesNotifiers() && !FlatMemory.isRegistered(memory, device);
        }
    }

    /**
     * A state: what may explain the history so far.
     *
     * @param pending for each actor, eight bits: the number of its pending operation, from 1, or 0
     * @param configurations the explanations, in a fixed order
     * @param complaint why there are none, or which result is not what the scenario expects; else null
     */
    public record Explanations(long pending, List<Configuration> configurations, String complaint)
            implements Observer.State {

        /** One that has a complaint is another than one with the same explanations: results are not in them. */
        @Override
        public long hash(long seed) {
            long hash = mix(seed ^ (complaint == null ? pending : ~pending));
            for (Configuration configuration : configurations) {
                hash = mix(hash + configuration.memory * (seed | 1));
                hash = mix(hash + configuration.progress);
            }
            return hash;
        }

        /** The finalizer of SplitMix64. */
        private static long mix(long x) {
            long y = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
            y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
            return y ^ y >>> 31;
        }

        private int pending(int task) {
            return (int) (pending >>> task * Byte.SIZE) & 0xFF;
        }
    }

    private final long initialMemory;
    private final List<List<Operation>> operations;
    private final Processes processes;
    private final List<String> actors;
    private final Allocations allocations;
    private final List<Integer> devices;
    private final ExpectedResults results;

    /** The specification of one scenario's histories, with one process, in which no allocation fails. */
    public Linearizability(long initialMemory, List<String> actors, List<List<Operation>> operations) {
        this(
                initialMemory,
                Processes.single(FlatMemory.MAX_PAGES),
                actors,
                operations,
                Allocations.SUCCEED,
                ExpectedResults.NONE);
    }

    /** The specification of one scenario's histories, of which it expects nothing itself. */
    public Linearizability(
            long initialMemory,
            Processes processes,
            List<String> actors,
            List<List<Operation>> operations,
            Allocations allocations) {
        this(initialMemory, processes, actors, operations, allocations, ExpectedResults.NONE);
    }

    /**
     * The specification of one scenario's histories.
     *
     * @param initialMemory the flat memory before anything is invoked
     * @param processes which processes the actors are of
     * @param actors the actors' names
     * @param operations each actor's operations, in order
     * @param allocations whether an operation that needs memory may be refused it
     * @param results what the scenario expects of some actors' operations, which is a property of its own
     */
    public Linearizability(
            long initialMemory,
            Processes processes,
            List<String> actors,
            List<List<Operation>> operations,
            Allocations allocations,
            ExpectedResults results) {
        if (actors.size() > MAX_ACTORS) {
            throw new IllegalArgumentException("at most " + MAX_ACTORS + " actors");
        }
        this.initialMemory = initialMemory;
        this.processes = processes;
        this.actors = List.copyOf(actors);
        this.operations = List.copyOf(operations);
        this.allocations = allocations;
        this.results = results;
        this.devices =
                operations.stream().map(Linearizability::deviceThatRegisters).toList();
    }

    /** The number of the device whose driver registers or unregisters it in these operations; -1 if none does. */
    private static int deviceThatRegisters(List<Operation> operations) {
        for (Operation operation : operations) {
            if (operation instanceof Operation.Register(int device)) {
                return device;
            }
            if (operation instanceof Operation.Unregister(int device)) {
                return device;
            }
        }
        return -1;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Explanations initial() {
        return new Explanations(0, List.of(new Configuration(initialMemory, 0)), null);
    }

    @Override
    public Explanations invoked(Explanations state, int task, int action) {
        if (state.complaint != null) {
            return state;
        }
        long pending = state.pending | (action + 1L) << task * Byte.SIZE;
        return close(pending, state.configurations);
    }

    @Override
    public Explanations responded(Explanations state, int task, int action, long result) {
        if (state.complaint != null) {
            return state;
        }
        Operation operation = operations.get(task).get(action);
        int all = (1 << FlatMemory.parts(operation)) - 1;
        long pending = state.pending & ~(0xFFL << task * Byte.SIZE);
        TreeSet<Configuration> left = new TreeSet<>(Configuration.ORDER);
        for (Configuration configuration : state.configurations) {
            boolean told = configuration.told(task) == code(FlatMemory.known(operation, result))
                    || FlatMemory.mayAlwaysTell(operation, result);
            if (configuration.done(task) == all && told) {
                left.add(configuration.forget(task));
            }
        }
        if (left.isEmpty()) {
            String actor = actors.get(task);
            int first = processes.firstPage(processes.of(actor));
            return new Explanations(
                    0,
                    List.of(),
                    actor + ": " + Operations.show(Scenario.isCpu(actor), operation, first) + " gave "
                            + operation.show(result)
                            + ", which no order of the operations explains");
        }
        return new Explanations(
                pending, List.copyOf(left), results.complaint(actors.get(task), operation, action, result));
    }

    @Override
    public String complaint(Explanations state) {
        return state.complaint;
    }

    /** A history that can be explained has only results that the scenario does not expect to complain about. */
    @Override
    public String property(Explanations state) {
        return state.configurations.isEmpty() ? NAME : ExpectedResults.NAME;
    }

    /** All configurations that parts of pending operations lead to. */
    private Explanations close(long pending, List<Configuration> from) {
        Explanations open = new Explanations(pending, from, null);
        TreeSet<Configuration> closed = new TreeSet<>(Configuration.ORDER);
        closed.addAll(from);
        Deque<Configuration> due = new ArrayDeque<>(from);
        while (!due.isEmpty()) {
            Configuration configuration = due.poll();
            for (int task = 0; task < operations.size(); task++) {
                if (open.pending(task) == 0) {
                    continue;
                }
                Operation operation = operations.get(task).get(open.pending(task) - 1);
                int done = configuration.done(task);
                if (done == 0 && configuration.bars(devices.get(task), operation)) {
                    long denied = FlatMemory.effect(operation, 0).result();
                    Configuration next = configuration.refuse(task, operation, denied);
                    if (closed.add(next)) {
                        due.add(next);
                    }
                    continue;
                }
                boolean refused = FlatMemory.mayBeRefused(operation)
                        || mayLackMemory(Scenario.isCpu(actors.get(task))) && FlatMemory.allocates(operation);
                if (done == 0 && refused) {
                    long refusal = FlatMemory.refusal(operation, Scenario.isCpu(actors.get(task)));
                    Configuration next = configuration.refuse(task, operation, refusal);
                    if (closed.add(next)) {
                        due.add(next);
                    }
                }
                for (int part = 0; part < FlatMemory.parts(operation); part++) {
                    if ((done & 1 << part) == 0 && FlatMemory.isPossible(operation, part, done, configuration.memory)) {
                        Configuration next = configuration.take(task, operation, part);
                        if (closed.add(next)) {
                            due.add(next);
                        }
                    }
                }
            }
        }
        return new Explanations(pending, List.copyOf(closed), null);
    }

    private boolean mayLackMemory(boolean cpu) {
        return allocations == Allocations.MAY_FAIL || allocations == Allocations.DMA_MAY_FAIL && !cpu;
    }

    /** A result in eight bits. */
    private static long code(long result) {
        if (result == Operation.DENIED || result == Operation.EPERM || result == Operation.ENOENT) {
            return DENIED;
        }
        if (result == Operation.OUT_OF_MEMORY) {
            return OUT_OF_MEMORY;
        }
        return result >= 0 && result <= FlatMemory.MAX_VALUE ? result : IMPOSSIBLE;
    }
}
