package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Program;

/**
 * A run on the real code, step by step, compared at every step with the world of the search.
 *
 * @param steps what was done
 * @param violations what the last state violates, by property, with the explanation
 * @param ending what each task is about to do, waits for or violates after the last step; empty for one that has
 *     finished
 * @param preemptions how often a task was taken off inside an operation that could have gone on
 */
public record Replay(List<StepRecord> steps, Map<String, String> violations, List<String> ending, int preemptions) {

    /** Copies are kept. */
    public Replay {
        steps = List.copyOf(steps);
        violations = Map.copyOf(violations);
        ending = List.copyOf(ending);
    }

    /**
     * Runs {@code schedule}.
     *
     * @throws StaleScheduleException if a task of the schedule cannot take the step that it is to take
     * @throws NotDeterministicException if the real code differs from what the search saw
     */
    public static Replay of(Program.Factory factory, Schedule schedule) {
        try {
            return of(new World(factory, true), factory, schedule);
        } catch (BootFailure e) {
            return e.replay();
        }
    }

    /** Runs {@code schedule} on the real code, beside a world that may know its tasks from a search. */
    static Replay of(World world, Program.Factory factory, Schedule schedule) {
        Map<String, String> violations = new LinkedHashMap<>();
        List<StepRecord> steps = new ArrayList<>();
        int preemptions = 0;
        int last = Preemptions.NOBODY;
        world.restart();
        Rounds rounds = new Rounds();
        rounds.at(world);
        try (Lockstep code = new Lockstep(factory)) {
            for (Schedule.Choice choice : schedule.steps()) {
                int task = choice.task();
                checkPossible(world, choice, steps.size());
                compare(world, code, last, steps.size());
                preemptions += Preemptions.of(world, last, task);
                World.Step step = world.step(task, choice.way(), new Footprint());
                steps.add(code.step(task, choice.way()));
                if (step == World.Step.BROKEN) {
                    compareBroken(world, code, task, steps.size());
                    violations.put(world.property(), world.message());
                    return new Replay(steps, violations, ending(world), preemptions);
                }
                rounds.stepped(task, world);
                last = task;
            }
            compare(world, code, last, steps.size());
        }
        world.checkAll(violations::putIfAbsent);
        if (Deadlock.isOne(world)) {
            violations.put(Rule.DEADLOCK.title(), Deadlock.explain(world));
        }
        String livelock = rounds.livelock(world);
        if (livelock != null) {
            violations.put(Rule.LIVELOCK.title(), livelock);
        }
        return new Replay(steps, violations, ending(world), preemptions);
    }

    /** The step breaks a rule in the world: it does so on the real code. */
    private static void compareBroken(World world, Lockstep code, int task, int at) {
        if (!(code.pending(task) instanceof Op.Broken(String rule, String _)) || !rule.equals(world.property())) {
            Op expected = new Op.Broken(world.property(), world.message());
            throw new NotDeterministicException(
                    world.program().actors().get(task).task().name(), at, expected, code.pending(task));
        }
    }

    private static List<String> ending(World world) {
        List<String> ending = new ArrayList<>();
        for (int t = 0; t < world.tasks(); t++) {
            ending.add(world.isDone(t) ? "" : whatFollows(world, t) + ": " + Describe.op(world.node(t).op));
        }
        return ending;
    }

    private static String whatFollows(World world, int task) {
        return switch (world.node(task).kind) {
            case BROKEN -> "violates";
            case OUT_OF_SCOPE -> "ends";
            default -> world.isEnabled(task) ? "next" : "waits";
        };
    }

    private static void checkPossible(World world, Schedule.Choice choice, int at) {
        if (choice.task() >= world.tasks()
                || !world.isEnabled(choice.task())
                || choice.way() >= world.ways(choice.task())) {
            throw new StaleScheduleException(
                    "the schedule does not fit: task " + choice.task() + " cannot take step " + (at + 1));
        }
    }

    private static void compare(World world, Lockstep code, int last, int at) {
        for (int t = 0; t < world.tasks(); t++) {
            Op expected = world.node(t).op;
            if (!expected.matches(code.pending(t))) {
                throw new NotDeterministicException(
                        world.program().actors().get(t).task().name(), at, expected, code.pending(t));
            }
        }
        long[] inFlight = world.withoutInFlight(code.values());
        if (!Arrays.equals(inFlight, world.values())) {
            throw NotDeterministicException.words(
                    last < 0
                            ? "the boot"
                            : world.program().actors().get(last).task().name(),
                    at);
        }
    }
}
