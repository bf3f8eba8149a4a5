package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Change;
import racewalk.machine.Invariant;
import racewalk.machine.Mark;
import racewalk.machine.Observe;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Word;

/**
 * The global state of an explored program, and how a task's step changes it: the values of all words, the local state
 * of each task, the state of the observer; an undo log and a 128-bit fingerprint of all that.
 *
 * <p>A transition is one announced operation together with the invocation before it, if it is the first of its
 * operation, and the response after it, if it is the last. Late invocations and early responses make the strictest
 * real-time order, so every history that is not explained is still found.
 */
final class World {

    /** What a step came to. */
    enum Step {
        /** The state is the next one. */
        MADE,
        /** The step itself breaks a rule; the state is that before it. */
        BROKEN,
        /** The step needs more than the scope provides; the state is that before it. */
        OUT_OF_SCOPE
    }

    private final ExploredMachine machine = new ExploredMachine();
    private final Program program;
    private final LocalAutomaton[] automata;
    private final Fingerprint fingerprint;
    private final ObserverTable observer;
    private final int[] inFlight;
    /** Whether the order of an invocation and a response matters. */
    private final boolean ordersOperations;

    private final List<Mark> marks = new ArrayList<>();
    /** For each word the invariants that read it, as bits. */
    private final long[] watched;

    private final long[] words;
    private final long[] lowKeys;
    private final long[] highKeys;
    private final Node[] nodes;
    private int observed;
    private long low;
    private long high;
    private long reached;
    private long learned;

    private int[] undoWord = new int[64];
    private long[] undoValue = new long[64];
    private int undoTop;

    /** Where every run starts. */
    private final Snapshot first;

    private Footprint recording;
    /** The invariant that is being evaluated, as a bit. */
    private long evaluating;

    private String property;
    private String message;

    World(Program.Factory factory, boolean quiesce) {
        this(factory, quiesce, Fingerprint.STANDARD);
    }

    /**
     * Builds the program.
     *
     * @param quiesce whether histories end at {@link racewalk.machine.Machine#quiesce}
     * @throws BootFailure if the boot code breaks a rule
     */
    World(Program.Factory factory, boolean quiesce, Fingerprint fingerprint) {
        this.fingerprint = fingerprint;
        DirectDriver boot = new DirectDriver(machine);
        machine.drive(boot, machine.boot());
        program = build(factory);
        words = boot.values();
        lowKeys = new long[words.length];
        highKeys = new long[words.length];
        Arrays.setAll(lowKeys, fingerprint::lowKey);
        Arrays.setAll(highKeys, fingerprint::highKey);
        machine.drive(new Effect(), machine.boot());
        observer = new ObserverTable(program.observer(), fingerprint);
        observed = observer.initial();
        ordersOperations = program.observer().ordersOperations();
        inFlight = program.inFlight().stream()
                .mapToInt(word -> ((ExploredWord) word).index())
                .toArray();
        watched = watchers();
        List<Actor> actors = program.actors();
        automata = new LocalAutomaton[actors.size()];
        nodes = new Node[actors.size()];
        for (int t = 0; t < automata.length; t++) {
            automata[t] = new LocalAutomaton(machine, this, actors.get(t), quiesce, fingerprint);
            nodes[t] = automata[t].start();
            reached |= nodes[t].marks;
        }
        fingerprintAll();
        first = snapshot();
    }

    private Program build(Program.Factory factory) {
        try {
            return factory.build(machine);
        } catch (BrokenRule | ScopeExceeded e) {
            throw new BootFailure(e);
        }
    }

    private long[] watchers() {
        if (program.invariants().size() > Long.SIZE) {
            throw new ScopeExceeded("at most " + Long.SIZE + " invariants");
        }
        long[] watchers = new long[words.length];
        for (int i = 0; i < program.invariants().size(); i++) {
            for (Word word : program.invariants().get(i).reads()) {
                watchers[((ExploredWord) word).index()] |= 1L << i;
            }
        }
        return watchers;
    }

    private void fingerprintAll() {
        low = 0;
        high = 0;
        for (int w = 0; w < words.length; w++) {
            toggle(w, words[w]);
        }
        for (int t = 0; t < nodes.length; t++) {
            toggle(t);
        }
        toggleObserver();
    }

    Program program() {
        return program;
    }

    int tasks() {
        return nodes.length;
    }

    Node node(int task) {
        return nodes[task];
    }

    long low() {
        return low;
    }

    long high() {
        return high;
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    ExploredMachine machine() {
        return machine;
    }

    /** The marks reached so far, by any run. */
    List<Mark> reachedMarks() {
        return marks.stream()
                .filter(mark -> (reached & markBit(mark)) != 0)
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** A bit for the mark, the same for the life of this world. */
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

    /** Whether some task has gone round in a loop: without that no run is infinite. */
    boolean loops() {
        for (LocalAutomaton automaton : automata) {
            if (automaton.loops()) {
                return true;
            }
        }
        return false;
    }

    /** How much is known of what tasks may do: more local states, or more that a hardware unit's step may touch. */
    long knowledge() {
        return learned + localStates();
    }

    LocalAutomaton automaton(int task) {
        return automata[task];
    }

    /** The invariants that read the word, as bits. */
    long watchers(int word) {
        return watched[word];
    }

    /** The invariants that read whether the task has an operation in flight, as bits. */
    long watchersOfFlight(int task) {
        return watched[inFlight[task]];
    }

    /** How many local states have been built. */
    long localStates() {
        long sum = 0;
        for (LocalAutomaton automaton : automata) {
            sum += automaton.size();
        }
        return sum;
    }

    /** Whether the task has finished. */
    boolean isDone(int task) {
        return nodes[task].kind == Node.Kind.DONE;
    }

    /** Whether the task can take its step now. */
    boolean isEnabled(int task) {
        Node node = nodes[task];
        return switch (node.kind) {
            case WORD -> !node.blocking || ((words[node.word] & node.guardMask) == node.guardValue) == node.guardEqual;
            case UNIT, CHOOSE, LOOP, RESPOND -> true;
            case BROKEN, OUT_OF_SCOPE, DONE -> false;
        };
    }

    /** The tasks that can take a step now, as bits. */
    int enabled() {
        int enabled = 0;
        for (int t = 0; t < nodes.length; t++) {
            if (isEnabled(t)) {
                enabled |= 1 << t;
            }
        }
        return enabled;
    }

    /** In how many ways the task can take its step. */
    int ways(int task) {
        return nodes[task].op instanceof Op.ChooseOp(String _, int options) ? options : 1;
    }

    /**
     * Takes the step of {@code task}, which is enabled. Afterwards {@link #footprint}, {@link #invokes} and {@link
     * #responds} tell what it did, and {@link #undo} takes it back.
     *
     * @param way which of its {@link #ways}
     * @param print is filled with what a step of a hardware unit touches
     */
    Step step(int task, int way, Footprint print) {
        Node node = nodes[task];
        int mark = undoTop;
        int observedBefore = observed;
        print.clear();
        recording = print;
        try {
            if (node.begins) {
                if (ordersOperations) {
                    print.setInvokes();
                }
                write(inFlight[task], node.action + 1L);
                observe(observer.invoked(observed, task, node.action));
            }
            Node next = node;
            if (node.kind != Node.Kind.RESPOND) {
                long told = perform(node, task, way, print);
                next = automata[task].next(node, told);
                reached |= next.marks;
            }
            if (next.kind == Node.Kind.RESPOND) {
                if (ordersOperations) {
                    print.setResponds();
                }
                write(inFlight[task], 0);
                long result = ((Op.Respond) next.op).result();
                observe(observer.responded(observed, task, next.action, result));
                next = automata[task].afterResponse(next);
                reached |= next.marks;
            }
            move(task, next);
            return Step.MADE;
        } catch (BrokenRule | AssertionError e) {
            Op.Broken broken = Op.Broken.by(program.actors().get(task).task(), e);
            property = broken.property();
            message = broken.message();
            rollBack(mark, observedBefore);
            return Step.BROKEN;
        } catch (ScopeExceeded e) {
            message = e.getMessage();
            rollBack(mark, observedBefore);
            return Step.OUT_OF_SCOPE;
        } finally {
            recording = null;
        }
    }

    private long perform(Node node, int task, int way, Footprint print) {
        return switch (node.kind) {
            case WORD -> {
                print.addAll(node.footprint);
                yield access(node);
            }
            case UNIT -> {
                machine.drive(machine.driver(), program.actors().get(task).task());
                try {
                    yield ((Op.UnitOp) node.op).effect().getAsLong();
                } catch (BrokenRule | ScopeExceeded | NotDeterministicException | EngineMisuse e) {
                    throw e;
                } catch (RuntimeException e) {
                    throw new BrokenRule(Rule.OOPS, program.actors().get(task).task() + ": " + e);
                } finally {
                    machine.drive(machine.driver(), machine.boot());
                    learned += node.footprint.merge(print) ? 1 : 0;
                }
            }
            case CHOOSE -> way;
            case LOOP -> 0;
            default -> throw new IllegalStateException(node.kind + " is no step");
        };
    }

    private long access(Node node) {
        if (node.freeWord >= 0 && (words[node.freeWord] & node.freeBit) != 0) {
            throw useAfterFree((Op.WordOp) node.op);
        }
        long old = words[node.word];
        boolean open = ((old & node.guardMask) == node.guardValue) == node.guardEqual;
        long now = open ? Change.apply(node.change, node.operand, old) : old;
        if (now != old) {
            write(node.word, now);
        }
        return Observe.of(node.observe, node.observeMask, old, now, open);
    }

    static BrokenRule useAfterFree(Op.WordOp op) {
        return new BrokenRule(
                Rule.USE_AFTER_FREE, op.access().verb() + " of " + op.word().name() + ", whose memory is free");
    }

    /** Where {@link #undo} has to go back to. */
    int undoMark() {
        return undoTop;
    }

    /** The value that a word had when {@link #undoMark} was {@code mark}. */
    long valueAt(int word, int mark) {
        for (int i = mark; i < undoTop; i++) {
            if (undoWord[i] == word) {
                return undoValue[i];
            }
        }
        return words[word];
    }

    /** Whether the task waits: its operation has been announced and cannot happen now. */
    boolean isBlocked(int task) {
        return nodes[task].blocking && !isEnabled(task);
    }

    /** Fills {@code print} with what the step for which {@code task} is blocked would touch at most. */
    void foresee(int task, Footprint print) {
        Node node = nodes[task];
        boolean responds = mayRespond(task);
        print.clear();
        print.addAll(node.footprint);
        if (ordersOperations && node.begins) {
            print.setInvokes();
        }
        if (ordersOperations && responds) {
            print.setResponds();
        }
        watch(print, task, node.begins || responds);
    }

    /** Whether the step for which {@code task} is blocked may be the last of its operation. */
    private boolean mayRespond(int task) {
        Node node = nodes[task];
        long told;
        switch (node.observe) {
            case NOTHING -> told = 0;
            case SUCCESS -> told = 1;
            case OLD -> {
                if (!node.guardEqual || (node.observeMask & ~node.guardMask) != 0) {
                    return true;
                }
                told = node.guardValue & node.observeMask;
            }
            default -> {
                return true;
            }
        }
        return automata[task].next(node, told).kind == Node.Kind.RESPOND;
    }

    /** {@link Footprint#watch} for the step that {@code task} has taken from {@code node}. */
    void watchStep(Footprint print, int task, Node node) {
        watch(print, task, node.begins || words[inFlight[task]] == 0);
    }

    private void watch(Footprint print, int task, boolean beginsOrEnds) {
        if (!program.invariants().isEmpty()) {
            print.watch(watched, beginsOrEnds ? watched[inFlight[task]] : 0);
        }
    }

    /** Whether the order of a response and another task's invocation matters to the observer. */
    boolean ordersOperations() {
        return ordersOperations;
    }

    /** A hash of the observer's state: of the history. */
    long history() {
        return observer.low(observed);
    }

    /** The observer's state, for {@link #undo}. */
    int observed() {
        return observed;
    }

    /** Takes back the last step: {@code task} was at {@code node}. */
    void undo(int mark, int task, Node node, int observedBefore, long lowBefore, long highBefore) {
        while (undoTop > mark) {
            undoTop--;
            words[undoWord[undoTop]] = undoValue[undoTop];
        }
        nodes[task] = node;
        observed = observedBefore;
        low = lowBefore;
        high = highBefore;
    }

    private void rollBack(int mark, int observedBefore) {
        while (undoTop > mark) {
            undoTop--;
            int word = undoWord[undoTop];
            toggle(word, words[word]);
            words[word] = undoValue[undoTop];
            toggle(word, words[word]);
        }
        observe(observedBefore);
    }

    /** The rule that the last step broke. */
    String property() {
        return property;
    }

    /** Why the last step could not be made. */
    String message() {
        return message;
    }

    /**
     * Evaluates what must hold in this state, as far as the steps since {@code mark} may have changed it. Where a
     * task's code has broken a rule only that counts: the state means nothing else.
     *
     * @param found is told the name and the explanation of each violation
     */
    void check(int mark, Violations found) {
        long due = 0;
        for (int i = mark; i < undoTop; i++) {
            due |= watched[undoWord[i]];
        }
        check(due, found);
    }

    /** Evaluates everything that must hold in this state. */
    void checkAll(Violations found) {
        check(-1L, found);
    }

    private void check(long due, Violations found) {
        if (isBroken()) {
            for (Node node : nodes) {
                if (node.op instanceof Op.Broken(String broken, String how)) {
                    found.violated(broken, how);
                }
            }
            return;
        }
        for (long rest = due; rest != 0; rest &= rest - 1) {
            int number = Long.numberOfTrailingZeros(rest);
            if (number >= program.invariants().size()) {
                break;
            }
            Invariant invariant = program.invariants().get(number);
            String wrong = evaluate(invariant, 1L << number);
            if (wrong != null) {
                found.violated(invariant.name(), wrong);
            }
        }
        String complaint = observer.complaint(observed);
        if (complaint != null) {
            found.violated(program.observer().name(), complaint);
        }
    }

    private String evaluate(Invariant invariant, long bit) {
        evaluating = bit;
        try {
            return invariant.check().get();
        } finally {
            evaluating = 0;
        }
    }

    /** Whether a task's code has broken a rule: nothing after this state means anything. */
    boolean isBroken() {
        for (Node node : nodes) {
            if (node.kind == Node.Kind.BROKEN) {
                return true;
            }
        }
        return false;
    }

    /** Why some task cannot go on within the scope, or null. */
    String outOfScope() {
        for (Node node : nodes) {
            if (node.op instanceof Op.OutOfScope(String why)) {
                return why;
            }
        }
        return null;
    }

    /** The values of all words. */
    long[] values() {
        return words;
    }

    /** {@code values} with this world's words of the operations in flight, which only the engine sets. */
    long[] withoutInFlight(long[] values) {
        long[] copy = values.clone();
        for (int word : inFlight) {
            copy[word] = words[word];
        }
        return copy;
    }

    /** A copy of the state, for searches that are not depth first. */
    Snapshot snapshot() {
        return new Snapshot(words.clone(), nodes.clone(), observed, low, high);
    }

    /** Goes to the first state. */
    void restart() {
        restore(first);
    }

    /** Goes to a state that was copied. */
    void restore(Snapshot snapshot) {
        System.arraycopy(snapshot.words(), 0, words, 0, words.length);
        System.arraycopy(snapshot.nodes(), 0, nodes, 0, nodes.length);
        observed = snapshot.observed();
        low = snapshot.low();
        high = snapshot.high();
        undoTop = 0;
    }

    /** A copied state. */
    @SuppressWarnings("ArrayRecordComponent")
    record Snapshot(long[] words, Node[] nodes, int observed, long low, long high) {}

    private void write(int word, long value) {
        if (undoTop == undoWord.length) {
            undoWord = Arrays.copyOf(undoWord, 2 * undoTop);
            undoValue = Arrays.copyOf(undoValue, 2 * undoTop);
        }
        undoWord[undoTop] = word;
        undoValue[undoTop] = words[word];
        undoTop++;
        toggle(word, words[word]);
        words[word] = value;
        toggle(word, value);
    }

    private void toggle(int word, long value) {
        low ^= Fingerprint.lowOf(lowKeys[word], value);
        high ^= Fingerprint.highOf(highKeys[word], value);
    }

    private void move(int task, Node next) {
        toggle(task);
        nodes[task] = next;
        toggle(task);
    }

    private void toggle(int task) {
        low ^= nodes[task].lowShare;
        high ^= nodes[task].highShare;
    }

    private void observe(int next) {
        if (next != observed) {
            toggleObserver();
            observed = next;
            toggleObserver();
        }
    }

    private void toggleObserver() {
        low ^= observer.low(observed);
        high ^= observer.high(observed);
    }

    /** Adds what {@code access} to {@code word} depends on and may change. */
    static void addTo(Footprint print, ExploredWord word, Access access) {
        print.add(word.index(), access.reads(), access.writes(), access.change().kind());
        if (word.free() != null) {
            print.add(word.free().index(), word.freeBit(), 0, Change.Kind.KEEP);
        }
    }

    /** Performs the accesses of a hardware unit's step, and answers those who look without a step. */
    private final class Effect implements Driver {

        @Override
        public long access(ExploredWord word, Access access) {
            if (recording == null) {
                throw new IllegalStateException(access.verb() + " " + word.name() + " outside a task's step");
            }
            addTo(recording, word, access);
            if (word.free() != null && (words[word.free().index()] & word.freeBit()) != 0) {
                throw useAfterFree(new Op.WordOp(word, access));
            }
            long old = words[word.index()];
            boolean open = access.guard().open(old);
            if (!open && access.blocking()) {
                throw new EngineMisuse("a hardware step may not wait: " + access.verb() + " " + word.name());
            }
            long now = open ? access.change().apply(old) : old;
            if (now != old) {
                write(word.index(), now);
            }
            return access.observe().of(old, now, open);
        }

        @Override
        public long step(String unit, String what, LongSupplier effect) {
            throw new EngineMisuse("a hardware step inside a hardware step: " + what);
        }

        @Override
        public int choose(String what, int options) {
            throw new EngineMisuse("a choice inside a hardware step: " + what);
        }

        @Override
        public void loopHead(String what) {
            throw new EngineMisuse("the head of a loop inside a hardware step: " + what);
        }

        @Override
        public long peek(ExploredWord word) {
            if (recording != null) {
                throw NotDeterministicException.peek("a hardware step", word);
            }
            if (evaluating != 0 && (watched[word.index()] & evaluating) == 0) {
                Invariant invariant = program.invariants().get(Long.numberOfTrailingZeros(evaluating));
                throw new IllegalStateException(
                        "the invariant " + invariant.name() + " looks at " + word.name() + " and does not declare it");
            }
            return words[word.index()];
        }

        @Override
        public void reach(Mark mark) {
            reached |= markBit(mark);
        }
    }
}
