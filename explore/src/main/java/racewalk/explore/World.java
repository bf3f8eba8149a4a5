package racewalk.explore;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.BrokenRule;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Change;
import racewalk.machine.Invariant;
import racewalk.machine.Mark;
import racewalk.machine.Observe;
import racewalk.machine.Observer;
import racewalk.machine.Program;

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

    private final Model model;
    private final Program program;
    private final LocalAutomaton[] automata;
    private final ObserverTable observer;
    private final int[] inFlight;
    private final boolean ordersOperations;
    private final long[] watched;

    private final long[] words;
    private final long[] lowKeys;
    private final long[] highKeys;
    private final Node[] nodes;
    private final Onlooker onlooker = new Onlooker();
    private int observed;
    private long low;
    private long high;
    private final Renaming[] renamings;
    /** For each renaming the fingerprint of the renamed state, and the observer's state after the renamed run. */
    private final long[] lows;

    private final long[] highs;
    private final int[] seen;
    /** The renaming under which invariants see the state now, or -1. */
    private int viewing = -1;

    private int[] undoWord = new int[64];
    private long[] undoValue = new long[64];
    private int undoTop;

    /** Where every run starts. */
    private final Snapshot first;

    /** The invariant that is being evaluated, as a bit. */
    private long evaluating;

    private final long[] renamedBefore;
    /** What the last access, or the last step, has told its task. */
    private long told;

    private String property;
    private String message;

    World(Program.Factory factory, boolean quiesce) {
        this(factory, quiesce, Fingerprint.STANDARD);
    }

    /** A world of a model of its own: see {@link Model}. */
    World(Program.Factory factory, boolean quiesce, Fingerprint fingerprint) {
        this(new Model(factory, quiesce, fingerprint));
    }

    /** The first state of {@code model}. */
    World(Model model) {
        this.model = model;
        program = model.program();
        observer = model.observer();
        ordersOperations = model.ordersOperations();
        watched = model.watchers();
        words = model.initial().clone();
        lowKeys = new long[words.length];
        highKeys = new long[words.length];
        Arrays.setAll(lowKeys, model.fingerprint()::lowKey);
        Arrays.setAll(highKeys, model.fingerprint()::highKey);
        observed = observer.initial();
        renamings = model.renamings();
        lows = new long[renamings.length];
        highs = new long[renamings.length];
        seen = new int[renamings.length];
        renamedBefore = new long[3 * renamings.length];
        Arrays.fill(seen, observed);
        automata = new LocalAutomaton[model.tasks()];
        inFlight = new int[automata.length];
        nodes = new Node[automata.length];
        for (int t = 0; t < automata.length; t++) {
            automata[t] = model.automaton(t);
            inFlight[t] = model.inFlight(t);
            nodes[t] = automata[t].start();
            model.reach(nodes[t].marks);
        }
        model.machine().drive(onlooker, model.machine().boot());
        fingerprintAll();
        first = snapshot();
    }

    private void fingerprintAll() {
        low = 0;
        high = 0;
        Arrays.fill(lows, 0);
        Arrays.fill(highs, 0);
        for (int w = 0; w < words.length; w++) {
            toggle(w, words[w]);
        }
        for (int t = 0; t < nodes.length; t++) {
            toggle(t);
        }
        toggleObserver();
        for (int g = 0; g < renamings.length; g++) {
            toggleObserver(g);
        }
    }

    Model model() {
        return model;
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

    /** Whether the task has finished. */
    boolean isDone(int task) {
        return nodes[task].kind == Node.Kind.DONE;
    }

    /** Whether the task's code has ended, in whatever way. */
    boolean isAtEnd(int task) {
        return switch (nodes[task].kind) {
            case BROKEN, OUT_OF_SCOPE, DONE -> true;
            case WORD, UNIT, CHOOSE, LOOP, SETTLED, RESPOND -> false;
        };
    }

    /** Whether the task can take its step now. */
    boolean isEnabled(int task) {
        Node node = nodes[task];
        return switch (node.kind) {
            case WORD -> !node.blocking || isOpen(node);
            case UNIT, CHOOSE, LOOP, SETTLED, RESPOND -> true;
            case BROKEN, OUT_OF_SCOPE, DONE -> false;
        };
    }

    /** The tasks that can take a step now, as bits. */
    int enabled() {
        int enabled = 0;
        for (int t = 0; t < nodes.length; t++) {
            if (isEnabled(t)) {
                enabled |= 1 << t;
            } else if (nodes[t].kind == Node.Kind.WORD) {
                for (int g = 0; g < renamings.length; g++) { // it stays disabled under another name
                    checkAccess(g, nodes[t], model.image(t, nodes[t], g));
                }
            }
        }
        return enabled;
    }

    /** In how many ways the task can take its step. */
    int ways(int task) {
        return nodes[task].ways;
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
        keepRenamed(renamedBefore);
        print.clear();
        if (node.begins) {
            if (ordersOperations) {
                print.setInvokes();
            }
            write(inFlight[task], node.action + 1L);
            observe(observer.invoked(observed, task, node.action));
            for (int g = 0; g < renamings.length; g++) {
                observe(g, observer.invoked(seen[g], renamings[g].task(task), node.action));
            }
        }
        Node next = node;
        if (node.kind != Node.Kind.RESPOND) {
            Step made = perform(node, task, way, print);
            if (made != Step.MADE) {
                rollBack(mark, observedBefore, renamedBefore);
                return made;
            }
            next = automata[task].next(node, told);
            model.reach(next.marks);
        }
        if (next.kind == Node.Kind.RESPOND) {
            if (ordersOperations) {
                print.setResponds();
            }
            write(inFlight[task], 0);
            long result = ((Op.Respond) next.op).result();
            observe(observer.responded(observed, task, next.action, result));
            for (int g = 0; g < renamings.length; g++) {
                observe(g, observer.responded(seen[g], renamings[g].task(task), next.action, result));
            }
            next = automata[task].afterResponse(next);
            model.reach(next.marks);
        }
        move(task, next);
        return Step.MADE;
    }

    /** Does what the operation at {@code node} does to the words, and finds out what it has {@link #told}. */
    private Step perform(Node node, int task, int way, Footprint print) {
        switch (node.kind) {
            case WORD -> {
                for (int g = 0; g < renamings.length; g++) {
                    checkAccess(g, node, model.image(task, node, g));
                }
                return access(node, print);
            }
            case UNIT -> {
                return inside(node, task, print);
            }
            case CHOOSE -> told = way;
            case LOOP, SETTLED -> told = 0;
            default -> throw new IllegalStateException(node.kind + " is no step");
        }
        return Step.MADE;
    }

    private Step inside(Node step, int task, Footprint print) {
        Node at = model.inside(task, step).start();
        model.reach(at.marks);
        while (at.kind == Node.Kind.WORD) {
            if (at.blocking && !isOpen(at)) {
                Op.WordOp op = (Op.WordOp) at.op;
                throw new EngineMisuse("a hardware step may not wait: "
                        + op.access().verb() + " " + op.word().name());
            }
            if (access(at, print) != Step.MADE) {
                return Step.BROKEN;
            }
            at = step.inside.next(at, told);
            model.reach(at.marks);
        }
        for (int g = 0; g < renamings.length; g++) {
            model.checkInside(task, step, at, g);
        }
        return switch (at.op) {
            case Op.Respond(long result) -> {
                told = result;
                yield Step.MADE;
            }
            case Op.OutOfScope(String why) -> {
                message = why;
                yield Step.OUT_OF_SCOPE;
            }
            case Op.Broken broken -> broken(broken);
            default -> throw new IllegalStateException(at.kind + " inside a hardware step");
        };
    }

    private Step access(Node node, Footprint print) {
        print.addAll(node.footprint);
        if (node.freeWord >= 0 && (words[node.freeWord] & node.freeBit) != 0) {
            BrokenRule freed = useAfterFree((Op.WordOp) node.op);
            return broken(new Op.Broken(freed.rule().title(), freed.getMessage()));
        }
        long old = words[node.word];
        boolean open = isOpen(node);
        long now = open ? Change.apply(node.change, node.operand, old) : old;
        if (now != old) {
            write(node.word, now);
        }
        told = Observe.of(node.observe, node.observeMask, old, now, open);
        return Step.MADE;
    }

    static BrokenRule useAfterFree(Op.WordOp op) {
        return new BrokenRule(
                Rule.USE_AFTER_FREE, op.access().verb() + " of " + op.word().name() + ", whose memory is free");
    }

    private boolean isOpen(Node node) {
        return node.isOpen(words[node.word]);
    }

    private void checkAccess(int g, Node node, Node image) {
        if (renamings[g].namesTasks(node.word)) {
            renamings[g].checkAccess(node, image, words[node.word]);
        }
    }

    private Step broken(Op.Broken broken) {
        property = broken.property();
        message = broken.message();
        return Step.BROKEN;
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

    /** A hash of the observer's state: of the history. */
    long history() {
        return observer.low(observed);
    }

    /** How many renamings there are: {@link #keepRenamed} wants three numbers for each. */
    int renamings() {
        return renamings.length;
    }

    /** Notes the renamed states, for {@link #undo}. */
    void keepRenamed(long[] kept) {
        for (int g = 0; g < renamings.length; g++) {
            kept[3 * g] = lows[g];
            kept[3 * g + 1] = highs[g];
            kept[3 * g + 2] = seen[g];
        }
    }

    /** Goes back to the renamed states that were noted. */
    void restoreRenamed(long[] kept) {
        for (int g = 0; g < renamings.length; g++) {
            lows[g] = kept[3 * g];
            highs[g] = kept[3 * g + 1];
            seen[g] = (int) kept[3 * g + 2];
        }
    }

    /** The renaming that makes of this state the one that stands for all that it may be renamed to; -1 for none. */
    int representative() {
        int least = -1;
        for (int g = 0; g < renamings.length; g++) {
            int order = Long.compare(lows[g], lowAs(least));
            if (order < 0 || order == 0 && highs[g] < highAs(least)) {
                least = g;
            }
        }
        return least;
    }

    /** The low half of the fingerprint of the state under a renaming, or of the state itself. */
    long lowAs(int renaming) {
        return renaming < 0 ? low : lows[renaming];
    }

    /** The high half of it. */
    long highAs(int renaming) {
        return renaming < 0 ? high : highs[renaming];
    }

    /** The step that {@code task} took at {@code node}, under the renaming that invariants see the state by now. */
    Schedule.Choice asViewed(int task, Node node, int way) {
        if (viewing < 0) {
            return new Schedule.Choice(task, way);
        }
        Renaming by = renamings[viewing];
        long renamedWay = node.kind == Node.Kind.CHOOSE ? by.told(node, model.image(task, node, viewing), way) : way;
        return new Schedule.Choice(by.task(task), (int) renamedWay);
    }

    /** The observer's state, for {@link #undo}. */
    int observed() {
        return observed;
    }

    /** The observer's state as such. */
    Observer.State observerState() {
        return observer.state(observed);
    }

    /** The name of what the history so far violates, if it is not legal. */
    String historyProperty() {
        return observer.property(observed);
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

    private void rollBack(int mark, int observedBefore, long[] renamedBefore) {
        while (undoTop > mark) {
            undoTop--;
            int word = undoWord[undoTop];
            toggle(word, words[word]);
            words[word] = undoValue[undoTop];
            toggle(word, words[word]);
        }
        observe(observedBefore);
        restoreRenamed(renamedBefore);
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
        check(due, observed, found);
        for (viewing = 0; viewing < renamings.length; viewing++) {
            long renamedDue = 0;
            for (int i = mark; i < undoTop; i++) {
                renamedDue |= watched[renamings[viewing].word(undoWord[i])];
            }
            check(renamedDue, seen[viewing], found);
        }
        viewing = -1;
    }

    /** Evaluates everything that must hold in this state. */
    void checkAll(Violations found) {
        check(-1L, observed, found);
        for (viewing = 0; viewing < renamings.length; viewing++) {
            check(-1L, seen[viewing], found);
        }
        viewing = -1;
    }

    private void check(long due, int history, Violations found) {
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
        String complaint = observer.complaint(history);
        if (complaint != null) {
            found.violated(observer.property(history), complaint);
        }
    }

    private String evaluate(Invariant invariant, long bit) {
        evaluating = bit;
        model.machine().drive(onlooker, model.machine().boot());
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
        long[] renamed = new long[3 * renamings.length];
        keepRenamed(renamed);
        return new Snapshot(words.clone(), nodes.clone(), observed, low, high, renamed);
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
        restoreRenamed(snapshot.renamed());
        undoTop = 0;
    }

    /** A copied state. */
    @SuppressWarnings("ArrayRecordComponent")
    record Snapshot(long[] words, Node[] nodes, int observed, long low, long high, long[] renamed) {}

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
        for (int g = 0; g < renamings.length; g++) {
            int other = renamings[g].word(word);
            long renamed = renamings[g].value(word, value);
            lows[g] ^= Fingerprint.lowOf(lowKeys[other], renamed);
            highs[g] ^= Fingerprint.highOf(highKeys[other], renamed);
        }
    }

    private void move(int task, Node next) {
        toggle(task);
        nodes[task] = next;
        toggle(task);
    }

    private void toggle(int task) {
        low ^= nodes[task].lowShare;
        high ^= nodes[task].highShare;
        for (int g = 0; g < renamings.length; g++) {
            Node image = model.image(task, nodes[task], g);
            lows[g] ^= image.lowShare;
            highs[g] ^= image.highShare;
        }
    }

    private void observe(int next) {
        if (next != observed) {
            toggleObserver();
            observed = next;
            toggleObserver();
        }
    }

    private void observe(int g, int next) {
        if (next != seen[g]) {
            toggleObserver(g);
            seen[g] = next;
            toggleObserver(g);
        }
    }

    private void toggleObserver(int g) {
        lows[g] ^= observer.low(seen[g]);
        highs[g] ^= observer.high(seen[g]);
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

    /** Answers those who look at words without a step: the invariants. */
    private final class Onlooker implements Driver {

        @Override
        public long access(ExploredWord word, Access access) {
            throw outsideAStep(access.verb() + " " + word.name());
        }

        @Override
        public long step(String unit, String what, LongSupplier effect) {
            throw outsideAStep(what);
        }

        @Override
        public int choose(String what, List<String> options) {
            throw outsideAStep(what);
        }

        @Override
        public void loopHead(String what) {
            throw outsideAStep(what);
        }

        @Override
        public void localsAre(String locals) {
            throw outsideAStep(locals);
        }

        private static IllegalStateException outsideAStep(String what) {
            return new IllegalStateException(what + " outside a task's step");
        }

        @Override
        public long peek(ExploredWord word) {
            if (evaluating != 0 && (watched[word.index()] & evaluating) == 0) {
                Invariant invariant = program.invariants().get(Long.numberOfTrailingZeros(evaluating));
                throw new IllegalStateException(
                        "the invariant " + invariant.name() + " looks at " + word.name() + " and does not declare it");
            }
            if (viewing >= 0) {
                int under = renamings[viewing].wordBack(word.index());
                return renamings[viewing].value(under, words[under]);
            }
            return words[word.index()];
        }

        @Override
        public void reach(Mark mark) {
            model.reach(model.markBit(mark));
        }
    }
}
