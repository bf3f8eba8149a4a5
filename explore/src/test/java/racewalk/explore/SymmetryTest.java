package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import racewalk.explore.DepthFirstSearch.Lanes;
import racewalk.machine.Invariant;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.SpinLock;
import racewalk.machine.Symmetry;
import racewalk.machine.Word;

/** Of states that are each other's under another name one is enough; what is declared and not so is an error. */
class SymmetryTest {

    private static final int PROGRAMS = Integer.getInteger("racewalk.fuzz.symmetric", 2_000);
    private static final long FIRST_SEED = 7_000_001;
    private static final long MAX_STATES = 20_000;

    /** A state by its fingerprint. */
    private record Print(long low, long high) {}

    /** What a search has seen: the last states as they stand for others, what is violated, how many states. */
    private record Seen(Set<String> finals, Set<String> violated, long states) {}

    private static Model model(Program.Factory factory, boolean symmetry) {
        return new Model(factory, Fingerprint.STANDARD, symmetry);
    }

    /** What a search sees; null if it meets a limit. */
    private static Seen by(Model model, int tasks, Independence independence, Lanes lanes) {
        Crew crew = new Crew(new StateTable(Long.MAX_VALUE));
        Search search =
                new DepthFirstSearch(new World(model), Budget.unlimited(), Progress.NONE, independence, crew, lanes);
        Set<String> finals = new TreeSet<>();
        search.onEnd = () -> finals.add(last(search.world, tasks));
        Exploration exploration = search.run();
        if (!exploration.isExhaustive()) {
            return null; // more objects are allocated than there are: there is nothing to compare
        }
        return new Seen(
                finals,
                new TreeSet<>(exploration.findings().keySet()),
                exploration.counts().states());
    }

    /** The least of what the last state looks like when tasks are rotated. */
    private static String last(World world, int tasks) {
        String least = null;
        for (int by = 0; by < tasks; by++) {
            StringBuilder text = new StringBuilder(Deadlock.isOne(world) ? "deadlock" : "");
            for (int t = 0; t < tasks; t++) {
                text.append(' ').append(world.values()[RandomProgram.COMPARED_WORDS + (t + by) % tasks]);
            }
            least = least == null || text.compareTo(new StringBuilder(least)) < 0 ? text.toString() : least;
        }
        return least + " | " + world.values()[RandomProgram.COMPARED_WORDS - 1];
    }

    /** Every state, one by one, and of each the representative; null if there are too many. */
    private static Set<Print> representatives(World world) {
        Set<Print> states = new HashSet<>();
        Set<Print> representatives = new HashSet<>();
        return visit(world, states, representatives) ? representatives : null;
    }

    private static boolean visit(World world, Set<Print> states, Set<Print> representatives) {
        if (world.isBroken()) {
            return true;
        }
        if (!states.add(new Print(world.low(), world.high()))) {
            return true;
        }
        int as = world.representative();
        representatives.add(new Print(world.lowAs(as), world.highAs(as)));
        for (int t = 0; t < world.tasks(); t++) {
            for (int way = 0; world.isEnabled(t) && way < world.ways(t); way++) {
                Frame frame = new Frame(world);
                frame.before(world, t, way);
                if (world.step(t, way, new Footprint()) == World.Step.MADE) {
                    boolean fits = visit(world, states, representatives);
                    frame.takeBack(world);
                    if (!fits) {
                        return false;
                    }
                }
            }
        }
        return states.size() < MAX_STATES;
    }

    @Test
    void oneStateOfEachOrbitIsVisitedOfRandomPrograms() {
        long nextSeed = FIRST_SEED;
        int compared = 0;
        long reduced = 0;
        long whole = 0;
        for (; compared < PROGRAMS; nextSeed++) {
            RandomProgram random = new RandomProgram(nextSeed, 4);
            Program.Factory factory = random.symmetric();
            String name = "seed " + nextSeed + ": " + random;
            Set<Print> representatives = representatives(new World(model(factory, true)));
            if (representatives == null) {
                continue;
            }
            Seen all = by(model(factory, false), random.size(), Independence.NOTHING, Lanes.ONE);
            if (all == null) {
                continue;
            }
            Seen naive = by(model(factory, true), random.size(), Independence.NOTHING, Lanes.ONE);
            assertEquals(new Seen(all.finals, all.violated, representatives.size()), naive, name);
            assertEquals(naive, by(model(factory, true), random.size(), Footprint::commutesWith, Lanes.ONE), name);
            Lanes lanes = new Lanes(3, 0, 5);
            assertEquals(naive, by(model(factory, true), random.size(), Footprint::commutesWith, lanes), name);
            compared++;
            reduced += naive.states;
            whole += all.states;
        }
        System.out.printf(
                "symmetry: %d programs, seeds %d to %d, %d of %d states%n",
                compared, FIRST_SEED, nextSeed - 1, reduced, whole);
        assertTrue(reduced * 3 < whole * 2, "too little is left out");
    }

    private interface Body {
        void run(int task, Word own, Word other);
    }

    private static Program.Factory twins(UnaryOperator<LongUnaryOperator> values, Function<Machine, Body> bodies) {
        return machine -> {
            Toy toy = new Toy(machine);
            Word[] own = machine.words("own", 2, 0, Word.Format.DECIMAL);
            Body body = bodies.apply(machine);
            toy.task(() -> body.run(0, own[0], own[1]));
            toy.task(() -> body.run(1, own[1], own[0]));
            toy.invariant(new Invariant(
                    "SecondIsNeverAlone",
                    Arrays.asList(own),
                    () -> own[0].peek() == 0 && own[1].peek() == 7 ? "it is" : null));
            return toy.symmetry(new Symmetry() {
                        @Override
                        public String name() {
                            return "t0 and t1";
                        }

                        @Override
                        public int task(int id) {
                            return id < 2 ? 1 - id : id;
                        }

                        @Override
                        public Word word(Word word) {
                            List<Word> flights = toy.inFlight();
                            return word == own[0]
                                    ? own[1]
                                    : word == own[1]
                                            ? own[0]
                                            : flights.contains(word) ? flights.get(1 - flights.indexOf(word)) : word;
                        }

                        @Override
                        public LongUnaryOperator values(Word word) {
                            return values.apply(word.renaming(this::task));
                        }
                    })
                    .program();
        };
    }

    private static Exploration explore(Program.Factory factory) {
        return Explorer.explore(
                factory, Settings.of(Strategy.SLEEP).withSymmetry(true), Budget.unlimited(), Progress.NONE);
    }

    private static void assertNoticed(String what, Program.Factory factory) {
        String message = assertThrows(BrokenSymmetryException.class, () -> explore(factory))
                .getMessage();
        assertTrue(message.contains(what), message);
    }

    @Test
    void twinsUnderALockTakeHalfTheStates() {
        Program.Factory factory = twins(values -> values, machine -> {
            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
            return (_, own, other) -> {
                lock.lock();
                own.writeOnce(other.readOnce() + 1);
                lock.unlock();
                own.add(1);
            };
        });
        long whole = Toy.explore(factory, Strategy.NAIVE).counts().states();
        long reduced = explore(factory).counts().states();
        assertTrue(2 * reduced < whole + 4, reduced + " of " + whole);
    }

    /** The invariant tells the twins apart, so only one of two runs that are each other's violates it. */
    @Test
    void invariantThatTellsTwinsApartIsEvaluatedInWhatIsLeftOut() {
        Program.Factory factory = twins(values -> values, _ -> (_, own, _) -> own.writeOnce(7));
        Exploration exploration = explore(factory);
        assertEquals(Set.of("SecondIsNeverAlone"), exploration.findings().keySet());
        assertEquals(
                "b1",
                exploration
                        .findings()
                        .get("SecondIsNeverAlone")
                        .schedule()
                        .toString()
                        .substring(0, 2));
    }

    @Test
    void tasksThatAreNotTheSameAreNoticed() {
        assertNoticed(
                "told the same, one does WRITE_ONCE own[0]",
                twins(values -> values, _ -> (task, own, _) -> own.writeOnce(task)));
    }

    @Test
    void hardwareStepsThatAreNotTheSameAreNoticed() {
        assertNoticed("told the same", twins(values -> values, machine -> {
            var unit = machine.unit("unit");
            return (task, own, _) -> unit.step("step", () -> {
                own.writeOnce(task);
                return 0;
            });
        }));
    }

    @Test
    void hardwareStepsThatAnswerDifferentlyAreNoticed() {
        assertNoticed("told the same", twins(values -> values, machine -> {
            var unit = machine.unit("unit");
            return (task, own, _) -> unit.step("step", () -> {
                own.writeOnce(1);
                return task;
            });
        }));
    }

    /** A lock's word names its owner: to leave that as it is would merge states with different owners. */
    @Test
    void ownersThatAreNotRenamedAreNoticed() {
        assertNoticed("lock", twins(_ -> null, machine -> {
            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
            return (_, own, _) -> {
                lock.lock();
                own.writeOnce(1);
                lock.unlock();
            };
        }));
    }

    @Test
    void ownersThatAreRenamedWronglyAreNoticed() {
        LongUnaryOperator wrong = value -> value == 0 ? 0 : value + 1;
        assertNoticed("are not the same", twins(values -> values == null ? null : wrong, machine -> {
            SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "lock");
            return (_, own, _) -> {
                lock.lock();
                own.writeOnce(1);
                lock.unlock();
            };
        }));
    }

    /** Of three tasks in a ring the second image of a state would be left out, and no invariant looked at there. */
    @Test
    void renamingsThatAreNotClosedAreNoticed() {
        RandomProgram three = null;
        for (long seed = FIRST_SEED; three == null || three.size() != 3; seed++) {
            three = new RandomProgram(seed, 4);
        }
        Program.Factory factory = three.symmetric();
        assertNoticed("comes to a renaming that is not declared", machine -> {
            Program all = factory.build(machine);
            return new Program(
                    all.actors(),
                    all.inFlight(),
                    all.observer(),
                    all.invariants(),
                    List.of(all.symmetries().getFirst()));
        });
    }
}
