package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** Persistent sets on random programs: fewer states, and no final state, deadlock or violated invariant is lost. */
class PersistentFuzzTest {

    private static final int PROGRAMS = Integer.getInteger("racewalk.fuzz.programs", 10_000) / 2;
    private static final long FIRST_SEED = Long.getLong("racewalk.fuzz.seed", 1) + 5_000_000;
    private static final Budget BUDGET = new Budget(Budget.unlimited().time(), 20_000, 400, () -> false);

    /** What a search finds that does not end a run early. */
    private static final Set<String> OF_STATES = Set.of("NotBoth", "OneOnlyInFlight", Rule.DEADLOCK.title());

    private record Seen(Set<String> finals, Set<String> violated, long states, boolean exhaustive) {

        static Seen naive(Program.Factory factory) {
            World world = new World(factory, true);
            Set<String> finals = new TreeSet<>();
            Search search = new DepthFirstSearch(world, BUDGET, Progress.NONE, Independence.NOTHING);
            search.onEnd = () -> finals.add(end(world));
            return of(search.run(), finals);
        }

        static Seen persistent(Program.Factory factory, Function<World, PersistentSets> sets) {
            World world = new World(factory, true);
            Set<String> finals = new TreeSet<>();
            Settings settings = Settings.of(Strategy.PERSISTENT);
            PersistentSearch search =
                    new PersistentSearch(world, settings, Budget.unlimited(), Progress.NONE, sets.apply(world));
            search.onEnd = () -> finals.add(end(world));
            return of(search.run(), finals);
        }

        private static String end(World world) {
            return (Deadlock.isOne(world) ? "deadlock " : "")
                    + Arrays.toString(Arrays.copyOf(world.values(), RandomProgram.COMPARED_WORDS))
                    + " after " + world.history();
        }

        private static Seen of(Exploration exploration, Set<String> finals) {
            return new Seen(
                    finals,
                    new TreeSet<>(exploration.findings().keySet()),
                    exploration.counts().states(),
                    exploration.isExhaustive());
        }

        /** Whether a reduced search has seen no less: after a broken rule it may have seen less than all. */
        boolean isAlso(Seen reduced) {
            if (!reduced.exhaustive || reduced.states > states) {
                return false;
            }
            return OF_STATES.containsAll(violated)
                    ? finals.equals(reduced.finals) && violated.equals(reduced.violated)
                    : !reduced.violated.isEmpty() && violated.containsAll(reduced.violated);
        }
    }

    private static RandomProgram program(long seed) {
        return new RandomProgram(seed, 3, seed % 4 == 0);
    }

    @Test
    void persistentSetsLoseNothingOfRandomPrograms() {
        int compared = 0;
        long seed = FIRST_SEED;
        long all = 0;
        long explored = 0;
        for (; compared < PROGRAMS; seed++) {
            RandomProgram program = program(seed);
            Seen naive = Seen.naive(program.factory());
            if (!naive.exhaustive) {
                continue;
            }
            Seen reduced = Seen.persistent(program.factory(), PersistentSets::new);
            assertTrue(naive.isAlso(reduced), () -> program + ": " + naive + " and " + reduced);
            compared++;
            all += naive.states;
            explored += reduced.states;
        }
        System.out.printf(
                "persistent sets: %d programs, seeds %d to %d, %d of %d states%n",
                compared, FIRST_SEED, seed - 1, explored, all);
    }

    private static boolean isNoticed(Function<World, PersistentSets> planted) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
            Seen naive = Seen.naive(program(seed).factory());
            if (naive.exhaustive && !naive.isAlso(Seen.persistent(program(seed).factory(), planted))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void fuzzNoticesSetsThatAreNotPersistent() {
        assertTrue(isNoticed(world -> new PersistentSets(world) {
            @Override
            int of(int enabled) {
                return Integer.lowestOneBit(enabled);
            }
        }));
    }

    /** A task goes round alone, on a word that nobody else touches; another one does what an invariant forbids. */
    private static Program loner(Machine machine) {
        Word own = machine.word("own", 0);
        Word other = machine.word("other", 0);
        return new Toy(machine)
                .task(() -> {
                    do {
                        machine.loopHead("alone");
                    } while (own.readOnce() == 0);
                })
                .task(() -> other.writeOnce(1))
                .invariant(new Invariant("NotOne", List.of(other), () -> other.peek() == 1 ? "one" : null))
                .program();
    }

    private static PersistentSets ignoringHeadsOfLoops(World world) {
        return new PersistentSets(world) {
            @Override
            int of(int enabled) {
                for (int rest = enabled; rest != 0; rest &= rest - 1) {
                    if (world.node(Integer.numberOfTrailingZeros(rest)).kind == Node.Kind.LOOP) {
                        return Integer.lowestOneBit(rest);
                    }
                }
                return super.of(enabled);
            }
        };
    }

    @Test
    void nobodyIsIgnoredForEverByATaskThatGoesRoundAlone() {
        Seen naive = Seen.naive(PersistentFuzzTest::loner);
        assertEquals(Set.of("NotOne"), naive.violated);
        assertEquals(naive.violated, Seen.persistent(PersistentFuzzTest::loner, PersistentSets::new).violated);
        assertEquals(
                Set.of(),
                Seen.persistent(PersistentFuzzTest::loner, PersistentFuzzTest::ignoringHeadsOfLoops).violated);
    }
}
