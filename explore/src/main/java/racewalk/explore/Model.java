package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.Mark;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Word;

/**
 * An explored program: what is the same in all its states, and what a search learns of its code. Several {@link World}s
 * of one thread may share one.
 */
final class Model {

    private final ExploredMachine machine = new ExploredMachine();
    private final Program program;
    private final LocalAutomaton[] automata;
    private final Fingerprint fingerprint;
    private final ObserverTable observer;
    private final int[] inFlight;
    private final boolean ordersOperations;
    private final List<Mark> marks = new ArrayList<>();
    /** For each word the invariants that read it, as bits. */
    private final long[] watched;

    private final long[] initial;
    private final Renaming[] renamings;
    private long reached;
    private long learned;

    /**
     * Builds the program and runs its boot code.
     *
     * @param quiesce whether histories end at {@link racewalk.machine.Machine#quiesce}
     * @throws BootFailure if the boot code breaks a rule
     */
    Model(Program.Factory factory, boolean quiesce, Fingerprint fingerprint) {
        this(factory, quiesce, fingerprint, false);
    }

    /**
     * As above, at quiesce.
     *
     * @param symmetry whether to use the symmetries that the program declares
     * @throws BrokenSymmetryException if one does not hold in the first state
     */
    Model(Program.Factory factory, Fingerprint fingerprint, boolean symmetry) {
        this(factory, true, fingerprint, symmetry);
    }

    private Model(Program.Factory factory, boolean quiesce, Fingerprint fingerprint, boolean symmetry) {
        this.fingerprint = fingerprint;
        DirectDriver boot = new DirectDriver(machine);
        machine.drive(boot, machine.boot());
        program = build(factory);
        initial = boot.values();
        observer = new ObserverTable(program.observer(), fingerprint);
        ordersOperations = program.observer().ordersOperations();
        inFlight = program.inFlight().stream()
                .mapToInt(word -> ((ExploredWord) word).index())
                .toArray();
        watched = watched();
        List<Actor> actors = program.actors();
        automata = new LocalAutomaton[actors.size()];
        for (int t = 0; t < automata.length; t++) {
            automata[t] = new LocalAutomaton(this, actors.get(t), quiesce);
        }
        renamings = symmetry ? Renaming.of(this) : new Renaming[0];
    }

    private Program build(Program.Factory factory) {
        try {
            return factory.build(machine);
        } catch (BrokenRule | ScopeExceeded e) {
            throw new BootFailure(e);
        }
    }

    private long[] watched() {
        if (program.invariants().size() > Long.SIZE) {
            throw new ScopeExceeded("at most " + Long.SIZE + " invariants");
        }
        long[] watchers = new long[initial.length];
        for (int i = 0; i < program.invariants().size(); i++) {
            for (Word word : program.invariants().get(i).reads()) {
                watchers[((ExploredWord) word).index()] |= 1L << i;
            }
        }
        return watchers;
    }

    ExploredMachine machine() {
        return machine;
    }

    Program program() {
        return program;
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    ObserverTable observer() {
        return observer;
    }

    int tasks() {
        return automata.length;
    }

    LocalAutomaton automaton(int task) {
        return automata[task];
    }

    /** The word that says which operation the task has in flight. */
    int inFlight(int task) {
        return inFlight[task];
    }

    /** The words' values when the boot code has run. */
    long[] initial() {
        return initial;
    }

    /** The symmetries that are used. */
    Renaming[] renamings() {
        return renamings;
    }

    /** What a renaming makes of a local state of {@code task}. */
    Node image(int task, Node node, int renaming) {
        Node image = node.image(renaming);
        if (image == null) {
            Renaming by = renamings[renaming];
            LocalAutomaton other = automata[by.task(task)];
            image = node.parent == null
                    ? other.root(node.action)
                    : after(other, image(task, node.parent, renaming), node, by);
            by.checkSame(node, image);
            node.setImage(renaming, renamings.length, image);
            reach(image.marks);
        }
        return image;
    }

    private static Node after(LocalAutomaton other, Node before, Node node, Renaming by) {
        return other.next(before, by.told(node.parent, before, node.via));
    }

    /** Checks that a renaming makes of a step of a hardware unit, which has ended at {@code leaf}, the same. */
    void checkInside(int task, Node step, Node leaf, int renaming) {
        if (leaf.image(renaming) == null) {
            Renaming by = renamings[renaming];
            Node image = by.replay(leaf, inside(by.task(task), image(task, step, renaming)));
            leaf.setImage(renaming, renamings.length, image);
        }
    }

    /** The inside of {@code step}, a step of a hardware unit by {@code task}. */
    UnitAutomaton inside(int task, Node step) {
        if (step.inside == null) {
            step.inside = new UnitAutomaton(this, program.actors().get(task).task(), step);
        }
        return step.inside;
    }

    /** Whether the order of a response and another task's invocation matters to the observer. */
    boolean ordersOperations() {
        return ordersOperations;
    }

    /** For each word the invariants that read it, as bits. */
    long[] watchers() {
        return watched;
    }

    /** The invariants that read the word, as bits. */
    long watchers(int word) {
        return watched[word];
    }

    /** The invariants that read whether the task has an operation in flight, as bits. */
    long watchersOfFlight(int task) {
        return watched[inFlight[task]];
    }

    /** A bit for the mark, the same for the life of this model. */
    long markBit(Mark mark) {
        int index = marks.indexOf(mark);
        if (index < 0) {
            index = marks.size();
            if (index == Long.SIZE) {
                throw new ScopeExceeded("more than " + Long.SIZE + " marks reached by one program");
            }
            marks.add(mark);
        }
        return 1L << index;
    }

    /** Some run has reached the marks. */
    void reach(long bits) {
        reached |= bits;
    }

    /** The marks reached so far, by any run. */
    List<Mark> reachedMarks() {
        return marks.stream()
                .filter(mark -> (reached & markBit(mark)) != 0)
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** Of each task the operations in which it may go round, as far as is known. */
    List<BitSet> goingRound() {
        return Arrays.stream(automata).map(LocalAutomaton::goingRound).toList();
    }

    /** Whether histories go on together within an operation of some task: without that no run is infinite. */
    boolean loops() {
        return Arrays.stream(automata).anyMatch(LocalAutomaton::meets);
    }

    /** An access inside the hardware step {@code step} has been met for the first time. */
    void learn(Node step, Node inside) {
        learned += step.footprint.merge(inside.footprint) ? 1 : 0;
    }

    /** How much is known of what tasks may do: more local states, or more that a hardware unit's step may touch. */
    long knowledge() {
        long sum = learned;
        for (LocalAutomaton automaton : automata) {
            sum += automaton.size();
        }
        return sum;
    }
}
