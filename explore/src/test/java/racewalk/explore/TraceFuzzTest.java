package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import racewalk.machine.Program;

/**
 * The Mazurkiewicz traces that searches without a table visit on random programs: every run, sleep sets and
 * source-DPOR must have the same, and the two reductions each only once. Final states alone do not show a reduction
 * that loses runs.
 */
class TraceFuzzTest {

    private static final int PROGRAMS = Integer.getInteger("racewalk.fuzz.traces", 3_000);
    private static final long FIRST_SEED = Long.getLong("racewalk.fuzz.seed", 1);
    private static final Budget BUDGET = new Budget(Budget.unlimited().time(), 8_192, 1_000, () -> false);

    /** What a search has seen of a program. */
    private record Seen(
            Set<TraceRecorder.Trace> traces,
            long runs,
            long executions,
            Set<String> finals,
            Set<String> violated,
            Set<String> marks,
            boolean exhaustive) {

        static Seen by(Search search, Program.Factory factory, boolean quiesce, boolean watchesInvariants) {
            TraceRecorder recorder = new TraceRecorder(search, factory, quiesce, watchesInvariants);
            Set<String> finals = new TreeSet<>();
            Runnable record = search.onEnd;
            search.onEnd = () -> {
                record.run();
                finals.add((Deadlock.isOne(search.world) ? "deadlock " : "")
                        + Arrays.toString(Arrays.copyOf(search.world.values(), RandomProgram.COMPARED_WORDS)));
            };
            Exploration exploration = search.run();
            return new Seen(
                    recorder.traces(),
                    recorder.runs(),
                    exploration.counts().executions(),
                    finals,
                    new TreeSet<>(exploration.findings().keySet()),
                    new TreeSet<>(exploration.marks()),
                    exploration.isExhaustive());
        }

        static Seen everyRun(Program.Factory factory, boolean quiesce, boolean watchesInvariants) {
            return by(withoutTable(factory, quiesce, Independence.NOTHING), factory, quiesce, watchesInvariants);
        }

        static Seen sleepSets(Program.Factory factory, boolean quiesce) {
            return by(withoutTable(factory, quiesce, Footprint::commutesWith), factory, quiesce, false);
        }

        static Seen sourceDpor(Program.Factory factory, boolean quiesce) {
            World world = new World(factory, quiesce);
            return by(new SourceDpor(world, Budget.unlimited(), Progress.NONE), factory, quiesce, true);
        }

        private static Search withoutTable(Program.Factory factory, boolean quiesce, Independence independence) {
            World world = new World(factory, quiesce);
            Crew crew = new Crew((StateTable) null);
            return new DepthFirstSearch(world, BUDGET, Progress.NONE, independence, crew);
        }

        /** Whether {@code other} saw the same, except how often. */
        boolean agreesWith(Seen other) {
            return traces.equals(other.traces)
                    && finals.equals(other.finals)
                    && violated.equals(other.violated)
                    && marks.equals(other.marks);
        }
    }

    @Test
    void reductionsVisitEveryTraceOnce() {
        int compared = 0;
        int deadlocks = 0;
        int violations = 0;
        long runs = 0;
        long traces = 0;
        long nextSeed = FIRST_SEED;
        for (; compared < PROGRAMS; nextSeed++) {
            RandomProgram program = program(nextSeed);
            boolean quiesce = nextSeed % 3 != 0;
            String name = "seed " + nextSeed + ": " + program;
            Program.Factory factory = program.factory();
            Seen every = Seen.everyRun(factory, quiesce, true);
            if (!every.exhaustive) {
                continue;
            }
            Seen sleep = Seen.sleepSets(factory, quiesce);
            assertOnce(sleep, program, name);
            assertSame(hasInvariants(factory) ? Seen.everyRun(factory, quiesce, false) : every, sleep, name);
            Seen dpor = Seen.sourceDpor(factory, quiesce);
            assertSame(every, dpor, name);
            assertOnce(dpor, program, name);
            compared++;
            deadlocks += every.violated.contains("Deadlock") ? 1 : 0;
            violations += every.violated.isEmpty() ? 0 : 1;
            runs += every.runs;
            traces += dpor.runs;
        }
        System.out.printf(
                "fuzz by traces: %d programs, seeds %d to %d, %d deadlock, %d violate something, %d traces, %d runs%n",
                compared, FIRST_SEED, nextSeed - 1, deadlocks, violations, traces, runs);
    }

    /**
     * Each trace once. A task that chooses sleeps as a whole: what wakes it for the sake of one way wakes it for all,
     * so there a trace may be visited again.
     */
    private static void assertOnce(Seen seen, RandomProgram program, String name) {
        if (program.chooses()) {
            assertTrue(seen.traces.size() <= seen.runs, name);
        } else {
            assertEquals(seen.traces.size(), seen.runs, name);
        }
    }

    @Test
    void fuzzNoticesThatBlockedTasksAreNotCheckedForRaces() {
        assertTrue(isNoticed(_ -> Footprint::commutesWith, false));
    }

    @Test
    void fuzzNoticesThatReadSectionsAndGracePeriodsCommute() {
        assertTrue(isNoticed(factory -> blindTo("rcu", factory), true));
    }

    @Test
    void fuzzNoticesThatAllocationsCommute() {
        assertTrue(isNoticed(factory -> blindTo("slab.free", factory), true));
    }

    @Test
    void fuzzNoticesThatInvocationsAndResponsesCommute() {
        assertTrue(isNoticed(_ -> (one, other) -> !one.conflictsWith(other), true));
    }

    /** Planted: accesses to the word named {@code name} commute with everything. */
    private static Independence blindTo(String name, Program.Factory factory) {
        int word = new World(factory, true)
                .model().machine().words().stream()
                        .filter(candidate -> candidate.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .index();
        return (one, other) -> one.touches(word) || other.touches(word) || one.commutesWith(other);
    }

    /** Whether source-DPOR with a defect sees something else than every run shows. */
    private static boolean isNoticed(Function<Program.Factory, Independence> planted, boolean checksBlocked) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            Program.Factory factory = program(seed).factory();
            Seen every = Seen.everyRun(factory, true, true);
            World world = new World(factory, true);
            Search broken =
                    new SourceDpor(world, Budget.unlimited(), Progress.NONE, planted.apply(factory), checksBlocked);
            if (every.exhaustive && !every.agreesWith(Seen.by(broken, factory, true, true))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasInvariants(Program.Factory factory) {
        return !new World(factory, true).program().invariants().isEmpty();
    }

    private static RandomProgram program(long seed) {
        return new RandomProgram(seed, 1 + (int) (seed % 2));
    }

    private static void assertSame(Seen expected, Seen actual, String name) {
        assertEquals(expected.violated, actual.violated, name);
        assertEquals(expected.finals, actual.finals, name);
        assertEquals(expected.traces.size(), actual.traces.size(), name);
        assertTrue(expected.agreesWith(actual), name);
    }
}
