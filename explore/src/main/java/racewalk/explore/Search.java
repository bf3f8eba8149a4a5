package racewalk.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Mark;

/** What all searches share: the limits, the counts, the findings. */
abstract class Search {

    private static final int POLL = 1 << 12;

    /** The world that takes the current step: always of the same model. */
    protected World world;

    private final Budget budget;
    private final Progress progress;
    private final long deadline;
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private long nextPoll = POLL;
    private long nextReport;
    private String limit;
    private boolean stopped;

    /** Is told of every run's last state, deadlocks included; for tests that compare searches. */
    Runnable onEnd = () -> {};

    protected long transitions;
    protected long executions;
    protected int maxDepth;

    Search(World world, Budget budget, Progress progress) {
        this.world = world;
        this.budget = budget;
        this.progress = progress;
        this.nextReport = System.nanoTime();
        this.deadline = nextReport + budget.time().toNanos();
    }

    /** Searches until everything is visited or a limit is met. */
    final Exploration run() {
        try {
            search();
        } catch (OutOfMemoryError e) {
            meet("the memory was full");
        }
        progress.at(status());
        return soFar();
    }

    /** What has been found out up to now. */
    protected final Exploration soFar() {
        return new Exploration(
                new Counts(states(), transitions, executions, maxDepth),
                limit,
                findings,
                world.model().reachedMarks().stream().map(Mark::id).toList());
    }

    protected abstract void search();

    /** Called now and then between two steps. */
    protected void atPoll() {
        // Most searches have nothing to do.
    }

    protected abstract long states();

    /** The run that led to the current state. */
    protected abstract Schedule path();

    /** What to show to whoever waits. */
    protected Status status() {
        return new Status(soFar().counts(), Double.NaN, Double.NaN);
    }

    /** Whether a limit has been met that ends the search: once true, always true. */
    protected final boolean mustStop(int depth) {
        stopped = stopped || isOver(depth);
        return stopped;
    }

    private boolean isOver(int depth) {
        if (depth >= budget.depth()) {
            meet("a run of " + budget.depth() + " steps did not end");
            return true;
        }
        if (transitions < nextPoll) {
            return false;
        }
        nextPoll = transitions + POLL;
        atPoll();
        long now = System.nanoTime();
        if (now - nextReport >= 0) {
            nextReport = now + 200_000_000L;
            progress.at(status());
        }
        if (states() >= budget.states()) {
            meet(budget.states() + " states were visited");
        } else if (now - deadline >= 0) {
            meet("the time of " + budget.time().toMillis() / 1000.0 + " s was over");
        } else if (budget.stop().getAsBoolean()) {
            meet("interrupted");
        } else {
            return false;
        }
        return true;
    }

    /** A limit was met: whatever else is found, nothing is proved. */
    protected final void meet(String what) {
        if (limit == null) {
            limit = what;
        }
    }

    /** Reports what the last step, which could not be made, has broken; {@code task} and {@code way} are that step. */
    protected final void failed(World.Step step, int task, int way) {
        if (step == World.Step.OUT_OF_SCOPE) {
            meet(world.message());
            return;
        }
        Schedule path = path();
        List<Schedule.Choice> steps = new ArrayList<>(path.steps());
        steps.add(new Schedule.Choice(task, way));
        report(world.property(), world.message(), new Schedule(steps));
    }

    /** Evaluates the state that the steps since {@code mark} have led to; false if there is no going on from it. */
    protected final boolean checkSince(int mark) {
        world.check(mark, this::found);
        return goesOn();
    }

    /** Evaluates the first state. */
    protected final boolean checkAll() {
        world.checkAll(this::found);
        return goesOn();
    }

    private boolean goesOn() {
        String scope = world.outOfScope();
        if (scope != null) {
            meet(scope);
        }
        return !world.isBroken();
    }

    /** The state has no enabled task: a complete run, or a deadlock. */
    protected final void ended() {
        if (Deadlock.isOne(world)) {
            found(Rule.DEADLOCK.title(), Deadlock.explain(world));
        } else if (world.outOfScope() == null) {
            executions++;
        }
        onEnd.run();
    }

    /** The run that led to the current state violates a property. */
    protected final void found(String property, String message) {
        if (!findings.containsKey(property)) {
            report(property, message, path());
        }
    }

    private void report(String property, String message, Schedule schedule) {
        if (!findings.containsKey(property)) {
            findings.put(property, new Finding(property, message, schedule, preemptions()));
        }
    }

    /** What has been found so far. */
    protected final Set<String> found() {
        return new TreeSet<>(findings.keySet());
    }

    /**
     * How many preemptions the run has that led here; {@link Preemptions#UNKNOWN} if the search does not count them.
     */
    protected abstract int preemptions();
}
