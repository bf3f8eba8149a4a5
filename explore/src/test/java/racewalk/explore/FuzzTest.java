package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import racewalk.machine.Program;

/**
 * All searches on random programs: they must agree on final states, on violations and on deadlocks, and on the states.
 */
@Execution(ExecutionMode.CONCURRENT)
class FuzzTest {

    private static final int PROGRAMS = Integer.getInteger("racewalk.fuzz.programs", 10_000);
    private static final long FIRST_SEED = Long.getLong("racewalk.fuzz.seed", 1);
    private static final int STATEMENTS = 3;
    private static final Budget BUDGET = new Budget(Budget.unlimited().time(), 20_000, 400, () -> false);

    /** What a search has seen of a program. */
    private record Seen(Set<String> finals, Set<String> violated, long states, boolean exhaustive) {

        static Seen by(Program.Factory factory, Strategy strategy, boolean quiesce) {
            return by(factory, strategy, quiesce, BUDGET);
        }

        static Seen by(Program.Factory factory, Strategy strategy, boolean quiesce, Budget budget) {
            return by(Explorer.search(factory, strategy, budget, Progress.NONE, quiesce));
        }

        static Seen by(Search search) {
            Set<String> finals = new TreeSet<>();
            search.onEnd = () -> finals.add((Deadlock.isOne(search.world) ? "deadlock " : "")
                    + Arrays.toString(Arrays.copyOf(search.world.values(), RandomProgram.COMPARED_WORDS)));
            Exploration exploration = search.run();
            return new Seen(
                    finals,
                    new TreeSet<>(exploration.findings().keySet()),
                    exploration.counts().states(),
                    exploration.isExhaustive());
        }
    }

    @Test
    void searchesAgreeOnRandomPrograms() {
        int compared = 0;
        int deadlocks = 0;
        int violations = 0;
        long nextSeed = FIRST_SEED;
        for (; compared < PROGRAMS; nextSeed++) {
            RandomProgram program = new RandomProgram(nextSeed, STATEMENTS, nextSeed % 4 == 0);
            String name = "seed " + nextSeed + ": " + program;
            Program.Factory factory = program.factory();
            Seen naive = Seen.by(factory, Strategy.NAIVE, true);
            if (!naive.exhaustive) {
                continue;
            }
            Seen sleep = Seen.by(factory, Strategy.SLEEP, true, Budget.unlimited());
            assertEquals(naive, sleep, name);
            assertSame(naive, Seen.by(factory, Strategy.PREEMPTION, true), name);
            assertSame(naive, Seen.by(factory, Strategy.SLEEP, false), name);
            compared++;
            deadlocks += naive.violated.contains("Deadlock") ? 1 : 0;
            violations += naive.violated.isEmpty() ? 0 : 1;
        }
        System.out.printf(
                "fuzz: %d programs, seeds %d to %d, %d with deadlocks, %d with violations%n",
                compared, FIRST_SEED, nextSeed - 1, deadlocks, violations);
    }

    /** A search whose states are others, such as pairs or histories, sees the same unless it has too many of them. */
    private static void assertSame(Seen naive, Seen other, String name) {
        if (other.exhaustive) {
            assertEquals(naive.finals, other.finals, name);
            assertEquals(naive.violated, other.violated, name);
        }
    }

    @Test
    void fuzzNoticesASearchThatBelievesThatEverythingCommutes() {
        assertTrue(isNoticed((one, other) -> true));
    }

    private static boolean isNoticed(Independence planted) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 200; seed++) {
            Program.Factory factory = new RandomProgram(seed, STATEMENTS).factory();
            Seen naive = Seen.by(factory, Strategy.NAIVE, true);
            DepthFirstSearch broken = new DepthFirstSearch(new World(factory, true), BUDGET, Progress.NONE, planted);
            if (naive.exhaustive && !naive.equals(Seen.by(broken))) {
                return true;
            }
        }
        return false;
    }

    /** Every run of a small program, one by one, without a table: the shortest run to each violation. */
    private static final class EveryRun {

        private record Cost(int preemptions, int steps) implements Comparable<Cost> {
            @Override
            public int compareTo(Cost other) {
                return preemptions != other.preemptions
                        ? Integer.compare(preemptions, other.preemptions)
                        : Integer.compare(steps, other.steps);
            }
        }

        private final World world;
        private final Map<String, Cost> shortest = new HashMap<>();
        private int budget = 200_000;

        EveryRun(Program.Factory factory) {
            world = new World(factory, true);
        }

        boolean enumerate() {
            walk(Preemptions.NOBODY, 0, 0);
            return budget > 0;
        }

        private void walk(int last, int preemptions, int steps) {
            if (budget-- <= 0) {
                return;
            }
            Cost cost = new Cost(preemptions, steps);
            world.checkAll((property, message) -> shortest.merge(property, cost, EveryRun::less));
            if (world.isBroken()) {
                return;
            }
            if (Deadlock.isOne(world)) {
                shortest.merge("Deadlock", cost, EveryRun::less);
            }
            World.Snapshot here = world.snapshot();
            for (int task = 0; task < world.tasks(); task++) {
                if (!world.isEnabled(task)) {
                    continue;
                }
                int more = Preemptions.of(world, last, task);
                for (int way = 0; way < world.ways(task); way++) {
                    if (world.step(task, way, new Footprint()) == World.Step.BROKEN) {
                        shortest.merge(world.property(), new Cost(preemptions + more, steps + 1), EveryRun::less);
                    } else {
                        walk(task, preemptions + more, steps + 1);
                    }
                    world.restore(here);
                }
            }
        }

        private static Cost less(Cost a, Cost b) {
            return a.compareTo(b) <= 0 ? a : b;
        }
    }

    @Test
    void shortestSearchFindsTheFewestPreemptionsAndThenTheFewestSteps() {
        int compared = 0;
        for (long seed = 1_000_000; compared < 300; seed++) {
            RandomProgram program = new RandomProgram(seed, 1);
            EveryRun oracle = new EveryRun(program.factory());
            if (!oracle.enumerate() || oracle.shortest.isEmpty()) {
                continue;
            }
            Exploration found = Toy.explore(program.factory(), Strategy.PREEMPTION);
            Map<String, EveryRun.Cost> costs = new HashMap<>();
            found.findings()
                    .forEach((property, finding) -> costs.put(
                            property,
                            new EveryRun.Cost(
                                    finding.preemptions(), finding.schedule().length())));
            assertEquals(oracle.shortest, costs, "seed " + seed + ": " + program);
            for (Finding finding : found.findings().values()) {
                Replay replay = Replay.of(program.factory(), finding.schedule());
                assertEquals(finding.preemptions(), replay.preemptions(), "seed " + seed);
                assertEquals(true, replay.violations().containsKey(finding.property()), "seed " + seed);
            }
            compared++;
        }
    }

    /**
     * Every run on the real code, each from its beginning, on threads: shares nothing with the world but the schedule.
     */
    private static final class RealCode {

        private final Program.Factory factory;
        private final Set<String> finals = new TreeSet<>();
        private int budget = 600;

        RealCode(Program.Factory factory) {
            this.factory = factory;
        }

        boolean enumerate() {
            List<List<Schedule.Choice>> due = new ArrayList<>(List.of(List.of()));
            while (!due.isEmpty() && budget-- > 0) {
                extend(due.removeLast(), due);
            }
            return due.isEmpty();
        }

        private void extend(List<Schedule.Choice> run, List<List<Schedule.Choice>> due) {
            try (Lockstep code = new Lockstep(factory)) {
                for (Schedule.Choice choice : run) {
                    code.step(choice.task(), choice.way());
                }
                boolean done = true;
                for (int task = 0; task < code.tasks(); task++) {
                    Op op = code.pending(task);
                    done &= op instanceof Op.Done;
                    for (int way = 0; way < ways(op, code.values()); way++) {
                        List<Schedule.Choice> longer = new ArrayList<>(run);
                        longer.add(new Schedule.Choice(task, way));
                        due.add(longer);
                    }
                }
                if (done) {
                    finals.add(Arrays.toString(Arrays.copyOf(code.values(), RandomProgram.COMPARED_WORDS)));
                }
            }
        }

        private static int ways(Op op, long[] values) {
            return switch (op) {
                case Op.WordOp(ExploredWord word, var access) ->
                    access.blocking() && !access.guard().open(values[word.index()]) ? 0 : 1;
                case Op.ChooseOp(String _, List<String> options) -> options.size();
                case Op.UnitOp _, Op.LoopHead _, Op.Settled _, Op.Respond _ -> 1;
                case Op.Broken _, Op.OutOfScope _, Op.Done _ -> 0;
            };
        }
    }

    @Test
    void searchSeesTheFinalStatesThatTheRealCodeHas() {
        int compared = 0;
        for (long seed = 2_000_000; compared < 40; seed++) {
            RandomProgram program = new RandomProgram(seed, 1);
            Seen seen = Seen.by(program.factory(), Strategy.SLEEP, true);
            if (!seen.violated.isEmpty() || seen.states > 300) {
                continue; // a step that breaks a rule ends the real code's thread
            }
            RealCode real = new RealCode(program.factory());
            if (real.enumerate()) {
                assertEquals(real.finals, seen.finals, "seed " + seed + ": " + program);
                compared++;
            }
        }
    }
}
