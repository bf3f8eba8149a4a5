package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.LockClass;
import racewalk.machine.Mutex;
import racewalk.machine.Program;
import racewalk.machine.RawLock;
import racewalk.machine.Word;

/** All outcomes of a program, and no others. */
class OutcomesTest {

    private static final int PROGRAMS = Integer.getInteger("racewalk.fuzz.programs", 10_000) / 5;
    private static final int STATEMENTS = 3;
    private static final Budget SMALL = new Budget(Budget.unlimited().time(), 40_000, 400, () -> false);

    /** Each task writes one word and reads the other's. */
    private static final Program.Factory STORE_BUFFERING = machine -> {
        Word x = machine.word("x", 0);
        Word y = machine.word("y", 0);
        return new Toy(machine)
                .tasks(List.of(() -> {
                    x.writeOnce(1);
                    return y.readOnce();
                }))
                .tasks(List.of(() -> {
                    y.writeOnce(1);
                    return x.readOnce();
                }))
                .program();
    };

    /** Two tasks that take two mutexes of one class in opposite orders. */
    private static final Program.Factory OPPOSITE_ORDERS = machine -> {
        RawLock a = new RawLock(machine, "a");
        RawLock b = new RawLock(machine, "b");
        return new Toy(machine).task(() -> both(a, b)).task(() -> both(b, a)).program();
    };

    private static void both(RawLock one, RawLock other) {
        one.lock();
        other.lock();
        other.unlock();
        one.unlock();
    }

    private static Outcome results(String violated, long... resultOfEachTask) {
        return new Outcome(Arrays.stream(resultOfEachTask).mapToObj(List::of).toList(), violated);
    }

    @Test
    void storeBufferingIsNotSequentiallyConsistent() {
        Outcomes outcomes = Outcomes.of(STORE_BUFFERING, Budget.unlimited());
        assertTrue(outcomes.isComplete());
        assertEquals(
                Map.of(results(null, 0, 1), true, results(null, 1, 0), true, results(null, 1, 1), true),
                outcomes.outcomes());
    }

    @Test
    void deadlockIsAnOutcome() {
        Outcomes outcomes = Outcomes.of(OPPOSITE_ORDERS, Budget.unlimited());
        assertEquals(
                Map.of(results(null, 0, 0), true, Outcome.broken(Rule.DEADLOCK.title()), false), outcomes.outcomes());
    }

    @Test
    void brokenRuleIsAnOutcomeAndTheSearchGoesOn() {
        Outcomes outcomes = Outcomes.of(
                machine -> {
                    Word x = machine.word("x", 0);
                    Mutex mutex = machine.mutex(LockClass.values()[0], "mutex");
                    return new Toy(machine)
                            .tasks(List.of(() -> {
                                if (x.readOnce() == 1) {
                                    mutex.unlock();
                                }
                                return 0;
                            }))
                            .task(() -> x.writeOnce(1))
                            .program();
                },
                Budget.unlimited());
        assertEquals(
                Map.of(results(null, 0, 0), true, Outcome.broken(Rule.UNLOCK_NOT_OWNED.title()), false),
                outcomes.outcomes());
    }

    @Test
    void limitMakesThemIncomplete() {
        Outcomes outcomes =
                Outcomes.of(STORE_BUFFERING, new Budget(Budget.unlimited().time(), 1_000, 2, () -> false));
        assertFalse(outcomes.isComplete());
        assertEquals("a run of 2 steps did not end", outcomes.limit());
    }

    @Test
    void scopeThatIsTooSmallMakesThemIncomplete() {
        Outcomes outcomes = Outcomes.of(
                machine -> {
                    var slab = machine.slab("slab", 1, i -> machine.word("object" + i, 0));
                    return new Toy(machine).task(slab::alloc).task(slab::alloc).program();
                },
                Budget.unlimited());
        assertFalse(outcomes.isComplete());
    }

    /** The naive way: results are words of the program itself, every order of steps is explored. */
    private static Set<String> naively(Program.Factory factory) {
        List<List<Word>> words = new ArrayList<>();
        World world = new World(
                machine -> {
                    Program program = factory.build(machine);
                    words.clear();
                    List<Actor> actors = new ArrayList<>();
                    for (Actor actor : program.actors()) {
                        List<Word> ofActor = new ArrayList<>();
                        words.add(ofActor);
                        List<Action> actions = new ArrayList<>();
                        for (Action action : actor.actions()) {
                            Word result = machine.word("result", 0);
                            ofActor.add(result);
                            actions.add(new Action(action.label(), () -> {
                                long value = action.body().getAsLong();
                                result.writeOnce(value);
                                return value;
                            }));
                        }
                        actors.add(new Actor(actor.task(), actions));
                    }
                    return new Program(actors, program.inFlight(), program.observer(), program.invariants());
                },
                true);
        Search search = new DepthFirstSearch(world, SMALL, Progress.NONE, Independence.NOTHING);
        Set<String> seen = new TreeSet<>();
        search.onEnd = () -> {
            if (!Deadlock.isOne(search.world) && search.world.outOfScope() == null) {
                List<String> violated = new ArrayList<>();
                search.world.checkAll((property, _) -> violated.add(property));
                violated.remove(world.program().observer().name());
                List<List<Long>> results = words.stream()
                        .map(ofActor -> ofActor.stream()
                                .map(word -> search.world.values()[((ExploredWord) word).index()])
                                .toList())
                        .toList();
                seen.add(results + " " + (violated.isEmpty() ? null : violated.getFirst()));
            }
        };
        Exploration exploration = search.run();
        for (Rule rule : Rule.values()) {
            if (exploration.findings().containsKey(rule.title())) {
                seen.add("[] " + rule.title());
            }
        }
        return exploration.isExhaustive() ? seen : null;
    }

    private static Set<String> texts(Outcomes outcomes) {
        Set<String> texts = new TreeSet<>();
        outcomes.outcomes().keySet().forEach(outcome -> texts.add(outcome.results() + " " + outcome.violated()));
        return texts;
    }

    @Test
    void outcomesOfRandomProgramsAreThoseOfNaiveEnumeration() {
        int compared = 0;
        int several = 0;
        long seed = 1;
        for (; compared < PROGRAMS; seed++) {
            RandomProgram program = new RandomProgram(seed, STATEMENTS, seed % 4 == 0);
            Set<String> naive = naively(program.factory());
            if (naive == null) {
                continue;
            }
            Outcomes outcomes = Outcomes.of(program.factory(), Budget.unlimited());
            assertNull(outcomes.limit());
            assertEquals(naive, texts(outcomes), "seed " + seed + ": " + program);
            compared++;
            several += naive.size() > 1 ? 1 : 0;
        }
        System.out.printf("outcomes: %d programs, seeds 1 to %d, %d with several%n", compared, seed - 1, several);
    }

    /** Tasks that may be renamed return their own results even so. */
    @Test
    void symmetriesLeaveOutNoOutcome() {
        int compared = 0;
        for (long seed = 1; compared < 200; seed++) {
            RandomProgram program = new RandomProgram(seed, STATEMENTS);
            Set<String> naive = naively(program.symmetric());
            if (naive != null) {
                assertEquals(
                        naive,
                        texts(Outcomes.of(program.symmetric(), Budget.unlimited())),
                        "seed " + seed + ": " + program);
                compared++;
            }
        }
    }

    /** Planted: a search without the results in its states takes runs for one that differ in them. */
    @Test
    void resultsAreLostWhenTheyAreNoPartOfTheState() {
        Program.Factory factory = machine -> {
            Word x = machine.word("x", 0);
            return new Toy(machine)
                    .tasks(List.of(() -> x.fetchAdd(1)))
                    .tasks(List.of(() -> x.fetchAdd(1)))
                    .program();
        };
        Search forgetful = Explorer.search(factory, Strategy.SLEEP, Budget.unlimited(), Progress.NONE, true);
        Set<Long> ends = new TreeSet<>();
        forgetful.onEnd = () -> ends.add(forgetful.world.low());
        forgetful.run();
        assertEquals(1, ends.size());
        assertEquals(
                Set.of(results(null, 0, 1), results(null, 1, 0)),
                Outcomes.of(factory, Budget.unlimited()).outcomes().keySet());
    }
}
