package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Invariant;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.RawLock;
import racewalk.machine.Rcu;
import racewalk.machine.RwSemaphore;
import racewalk.machine.Slab;
import racewalk.machine.Symmetry;
import racewalk.machine.Word;

/**
 * A random program: words, locks that may deadlock, trylocks, reader-writer semaphores, RCU, waiting, allocation,
 * choices, hardware steps, assertions, invariants, an observer of the order of operations. The same seed gives the same
 * program.
 */
final class RandomProgram {

    private sealed interface Statement {}

    private record Read(int word) implements Statement {}

    private record Write(int word, int value) implements Statement {}

    private record Copy(int word) implements Statement {}

    private record Add(int word, int value) implements Statement {}

    private record FetchAdd(int word) implements Statement {}

    private record SetBits(int word, int mask) implements Statement {}

    private record ClearBits(int word, int mask) implements Statement {}

    private record Cas(int word, int from, int to) implements Statement {}

    private record Await(int word, Guard guard) implements Statement {}

    private record Locked(int lock, List<Statement> body) implements Statement {}

    private record TryLocked(int lock, List<Statement> body) implements Statement {}

    private record ReadLocked(List<Statement> body) implements Statement {}

    private record WriteLocked(List<Statement> body) implements Statement {}

    private record RcuRead(List<Statement> body) implements Statement {}

    private record Synchronize() implements Statement {}

    private record Choose(int options) implements Statement {}

    private record If(int value, List<Statement> body) implements Statement {}

    private record Swap(int one, int other) implements Statement {}

    private record Alloc(List<Statement> body, boolean freeTwice) implements Statement {}

    private record Assert(int value) implements Statement {}

    /** Goes round until the word has the value; what a round leaves in the local variable is not used by the next. */
    private record Until(String name, int word, int value, List<Statement> body) implements Statement {}

    private static final int WORDS = 3;
    private static final int LOCKS = 2;
    private static final int MOST_TASKS = 3;
    private static final int VALUES = 3;

    private final SplittableRandom random;
    private final List<List<List<Statement>>> tasks = new ArrayList<>();
    private final boolean withInvariant;
    private final boolean withInFlightInvariant;
    private final boolean withObserver;
    private final boolean withLoops;
    private final boolean settles;
    private int loops;

    RandomProgram(long seed, int maxStatements) {
        this(seed, maxStatements, false);
    }

    /** @param withLoops whether there may be loops: then runs may be infinite */
    RandomProgram(long seed, int maxStatements, boolean withLoops) {
        random = new SplittableRandom(seed);
        this.withLoops = withLoops;
        settles = seed % 3 == 0;
        int count = 2 + random.nextInt(MOST_TASKS - 1);
        for (int t = 0; t < count; t++) {
            List<List<Statement>> operations = new ArrayList<>();
            int operationCount = 1 + random.nextInt(2);
            for (int o = 0; o < operationCount; o++) {
                operations.add(statements(1 + random.nextInt(maxStatements), 2));
            }
            tasks.add(operations);
        }
        withInvariant = random.nextInt(3) == 0;
        withInFlightInvariant = random.nextInt(6) == 0;
        withObserver = random.nextInt(4) == 0;
    }

    /** Whether the environment chooses anything. */
    boolean chooses() {
        return toString().contains(Choose.class.getSimpleName() + "[");
    }

    private List<Statement> statements(int count, int depth) {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            statements.add(statement(depth));
        }
        return statements;
    }

    private Statement statement(int depth) {
        int word = random.nextInt(WORDS);
        int value = random.nextInt(VALUES);
        return switch (random.nextInt(depth > 0 ? 20 : 12)) {
            case 0, 1 -> new Read(word);
            case 2 -> new Write(word, value);
            case 3 -> new Copy(word);
            case 4 -> new Add(word, 1 + value);
            case 5 -> new FetchAdd(word);
            case 6 -> new SetBits(word, 1 + value);
            case 7 -> new ClearBits(word, 1 + value);
            case 8 -> new Cas(word, value, random.nextInt(VALUES));
            case 9 -> new Swap(word, random.nextInt(WORDS));
            case 10 -> random.nextInt(4) == 0 ? new Await(word, guard(value)) : new Choose(2);
            case 11 -> random.nextInt(6) == 0 ? new Assert(value) : new Read(word);
            case 12, 13 -> new Locked(random.nextInt(LOCKS), body(depth));
            case 14 -> new TryLocked(random.nextInt(LOCKS), body(depth));
            case 15 -> new ReadLocked(body(depth));
            case 16 -> new WriteLocked(body(depth));
            case 17 -> random.nextInt(2) == 0 ? new RcuRead(body(depth)) : new Synchronize();
            case 18 -> new If(value, body(depth));
            case 19 -> withLoops ? new Until("loop" + loops++, word, value, body(depth)) : alloc(depth);
            default -> throw new IllegalStateException();
        };
    }

    private Alloc alloc(int depth) {
        return new Alloc(body(depth), random.nextInt(8) == 0);
    }

    private Guard guard(int value) {
        return switch (random.nextInt(3)) {
            case 0 -> Guard.is(value);
            case 1 -> Guard.clear(1 + value);
            default -> Guard.anySet(1 + value);
        };
    }

    private List<Statement> body(int depth) {
        return statements(1 + random.nextInt(2), depth - 1);
    }

    /** How many tasks there are. */
    int size() {
        return tasks.size();
    }

    /** The program on a machine. */
    Program.Factory factory() {
        return factory(false);
    }

    /**
     * The program in which all tasks do what the first does, with a word of their own, that of the next task, and one
     * that all share.
     */
    Program.Factory symmetric() {
        return factory(true);
    }

    private Program.Factory factory(boolean symmetric) {
        return machine -> {
            Toy toy = new Toy(machine);
            Environment environment = new Environment(machine);
            for (int t = 0; t < tasks.size(); t++) {
                Word[] own = environment.own;
                Word[] words = symmetric
                        ? new Word[] {own[t], own[(t + 1) % tasks.size()], environment.words[2]}
                        : environment.words;
                List<LongSupplier> bodies = new ArrayList<>();
                for (List<Statement> statements : tasks.get(symmetric ? 0 : t)) {
                    bodies.add(() -> settles
                            ? new Interpreter(environment, words).runSettling(statements)
                            : new Interpreter(environment, words).run(statements));
                }
                toy.tasks(bodies);
            }
            if (symmetric) {
                for (int by = 1; by < tasks.size(); by++) {
                    toy.symmetry(new Rotation(tasks.size(), by, environment.own, toy.inFlight()));
                }
            }
            if (withInvariant) {
                Word a = symmetric ? environment.own[0] : environment.words[0];
                Word b = symmetric ? environment.own[1] : environment.words[1];
                toy.invariant(new Invariant(
                        "NotBoth", List.of(a, b), () -> a.peek() == 2 && b.peek() == 2 ? "both are 2" : null));
            }
            if (withInFlightInvariant) {
                Word a = symmetric ? environment.own[0] : environment.words[0];
                Word first = toy.inFlight().getFirst();
                toy.invariant(new Invariant(
                        "OneOnlyInFlight",
                        List.of(a, first),
                        () -> a.peek() == 1 && first.peek() == 0 ? "1 while nothing is in flight" : null));
            }
            if (withObserver) {
                toy.observer(new RealTimeOrder());
            }
            return toy.program();
        };
    }

    /** The words that final states are compared by. */
    static final int COMPARED_WORDS = WORDS;

    private static final class Environment {
        final Machine machine;
        final Word[] words;
        final Word[] own;
        final List<RawLock> locks = new ArrayList<>();
        final RwSemaphore semaphore;
        final Rcu rcu;
        final Slab<Word> slab;
        final HardwareUnit unit;

        Environment(Machine machine) {
            this.machine = machine;
            words = machine.words("w", WORDS, 0, Word.Format.DECIMAL);
            own = machine.words("own", MOST_TASKS, 0, Word.Format.DECIMAL);
            for (int i = 0; i < LOCKS; i++) {
                locks.add(new RawLock(machine, "lock" + i));
            }
            semaphore = machine.rwSemaphore(LockClass.MMAP_LOCK, "semaphore");
            rcu = machine.rcu("rcu");
            slab = machine.slab("slab", 4, i -> machine.word("object" + i, 0));
            unit = machine.unit("unit");
        }
    }

    /** Runs statements with one local variable. */
    private static final class Interpreter {
        private final Environment in;
        private final Word[] words;
        private long local;

        Interpreter(Environment environment, Word[] words) {
            in = environment;
            this.words = words;
        }

        /** The same, and between the statements the promise that nothing but the local variable is known. */
        long runSettling(List<Statement> statements) {
            for (int i = 0; i < statements.size(); i++) {
                run(statements.get(i));
                in.machine.localsAre("after statement " + i + ": " + local);
            }
            return local;
        }

        long run(List<Statement> statements) {
            statements.forEach(this::run);
            return local;
        }

        private void run(Statement statement) {
            switch (statement) {
                case Read(int word) -> local = words[word].readOnce();
                case Write(int word, int value) -> words[word].writeOnce(value);
                case Copy(int word) -> words[word].writeOnce(local & 3);
                case Add(int word, int value) -> words[word].add(value);
                case FetchAdd(int word) -> local = words[word].fetchAdd(1);
                case SetBits(int word, int mask) -> words[word].or(mask);
                case ClearBits(int word, int mask) -> words[word].andNot(mask);
                case Cas(int word, int from, int to) -> local = words[word].cmpxchg(from, to);
                case Await(int word, Guard guard) -> words[word].await("await", guard);
                case Locked(int lock, List<Statement> body) -> {
                    in.locks.get(lock).lock();
                    run(body);
                    in.locks.get(lock).unlock();
                }
                case TryLocked(int lock, List<Statement> body) -> {
                    if (in.locks.get(lock).tryLock()) {
                        run(body);
                        in.locks.get(lock).unlock();
                    }
                }
                case ReadLocked(List<Statement> body) -> {
                    in.semaphore.downRead();
                    run(body);
                    in.semaphore.upRead();
                }
                case WriteLocked(List<Statement> body) -> {
                    in.semaphore.downWrite();
                    run(body);
                    in.semaphore.upWrite();
                }
                case RcuRead(List<Statement> body) -> {
                    in.rcu.readLock();
                    run(body);
                    in.rcu.readUnlock();
                }
                case Synchronize() -> in.rcu.synchronize();
                case Choose(int options) -> local = in.machine.choose("fuzz", options);
                case If(int value, List<Statement> body) -> {
                    if (local == value) {
                        run(body);
                    }
                }
                case Swap(int one, int other) ->
                    in.unit.step("swap", () -> {
                        long a = words[one].readOnce();
                        words[one].writeOnce(words[other].readOnce());
                        words[other].writeOnce(a);
                        return 0;
                    });
                case Alloc(List<Statement> body, boolean freeTwice) -> {
                    Word object = in.slab.alloc();
                    object.writeOnce(local & 3);
                    run(body);
                    local = object.readOnce();
                    in.slab.free(object);
                    if (freeTwice) {
                        in.slab.free(object);
                    }
                }
                case Until(String name, int word, int value, List<Statement> body) -> {
                    while (true) {
                        in.machine.loopHead(name);
                        local = words[word].readOnce();
                        if (local == value) {
                            break;
                        }
                        run(body);
                    }
                }
                case Assert(int value) -> in.machine.bugOn(local == value, "the local variable is " + value);
            }
        }
    }

    /** Task {@code t} is renamed to {@code t + by}. */
    private record Rotation(int tasks, int by, Word[] own, List<Word> inFlight) implements Symmetry {

        @Override
        public String name() {
            return "all tasks, by " + by;
        }

        @Override
        public int task(int id) {
            return id < tasks ? (id + by) % tasks : id;
        }

        @Override
        public Word word(Word word) {
            int number = List.of(own).subList(0, tasks).indexOf(word);
            int flight = inFlight.indexOf(word);
            return number >= 0 ? own[task(number)] : flight >= 0 ? inFlight.get(task(flight)) : word;
        }

        @Override
        public LongUnaryOperator values(Word word) {
            return word.renaming(this::task);
        }
    }

    @Override
    public String toString() {
        return tasks.toString();
    }
}
