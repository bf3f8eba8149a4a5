package racewalk.lincheck;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.strategy.LincheckFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedDeadlockFailure;
import org.jetbrains.kotlinx.lincheck.strategy.ManagedLivelockFailure;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import racewalk.lincheck.Result.Status;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.LiveMachine;
import racewalk.machine.Monitor;
import racewalk.machine.Program;

/** One search of one case by Lincheck. Only one may be under way in a JVM. */
public final class Search {

    /** Lincheck's ways to search. */
    public enum Strategy {
        /** Lincheck chooses the schedule: fewest switches first. */
        MODEL_CHECKING,
        /** Real threads on real CPUs. */
        STRESS
    }

    /** So many steps without a switch of tasks are no progress. */
    private static final int LOOP_BOUND = 20_000;

    private final Case cell;
    private final Strategy strategy;
    private final int budget;
    private final int generated;
    private final Choices choices = new Choices();
    private long runs;
    private boolean over = true;
    private CellRun violating;
    private String exceeded;
    private boolean endless;

    private Search(Case cell, Strategy strategy, int budget, int generated) {
        this.cell = cell;
        this.strategy = strategy;
        this.budget = budget;
        this.generated = generated;
    }

    /**
     * Searches {@code cell}, up to {@code budget} interleavings over all combinations of the environment's choices.
     *
     * @param budget the most interleavings
     */
    public static Result of(Case cell, Strategy strategy, int budget) {
        Warnings.capture();
        Warnings.take();
        return new Search(cell, strategy, budget, 0).run();
    }

    /**
     * Searches {@code scenarios} scenarios that Lincheck generates, always the same: each actor performs two of its
     * operations, of which {@code menu} has {@value CellStructure#MENU} for each.
     *
     * @param budget the most interleavings of each scenario
     */
    static Result generated(Case menu, int scenarios, int budget) {
        Warnings.capture();
        Warnings.take();
        return new Search(menu, Strategy.MODEL_CHECKING, budget, scenarios).run();
    }

    private Result run() {
        long start = System.nanoTime();
        Stage.set(this);
        LincheckFailure failure;
        boolean more;
        do {
            failure = search(options());
            more = generated > 0 || runs >= budget || choices.next();
        } while (failure == null && generated == 0 && more && runs < budget);
        long nanos = System.nanoTime() - start;
        String warning = Warnings.take();
        if (warning != null) {
            return new Result(Status.UNSUPPORTED, runs, nanos, warning, "", "");
        }
        if (failure != null) {
            return failed(failure, nanos);
        }
        if (exceeded != null) {
            return new Result(Status.UNSUPPORTED, runs, nanos, exceeded, "", "");
        }
        boolean exhausted = strategy == Strategy.MODEL_CHECKING && !more && !endless;
        return new Result(exhausted ? Status.EXHAUSTED : Status.SAMPLED, runs, nanos, "", "", "");
    }

    private Result failed(LincheckFailure failure, long nanos) {
        CellRun last = violating == null ? Stage.run() : violating;
        long all = violating == null ? runs + 1 : runs;
        if (last.isEndless()) { // Lincheck stops here
            return new Result(Status.SAMPLED, all, nanos, last.exceeded(), "", "");
        }
        if (last.exceeded() != null) {
            return new Result(Status.UNSUPPORTED, all, nanos, last.exceeded(), "", "");
        }
        Violation violation = last.violation();
        if (violation == null && failure instanceof ManagedDeadlockFailure) {
            violation = new Violation(Rule.DEADLOCK.title(), "tasks wait, and nobody is left who would wake them");
        }
        if (violation == null && failure instanceof ManagedLivelockFailure) {
            violation = new Violation(Rule.LIVELOCK.title(), "a task goes on for ever");
        }
        if (violation == null) {
            String why = failure.getClass().getSimpleName();
            return new Result(Status.UNSUPPORTED, all, nanos, why, "", "");
        }
        CellRun shown = Stage.run().violation() == null && violating != null ? violating : Stage.run();
        return new Result(
                Status.VIOLATED, all, nanos, violation.property(), violation.message(), Columns.of(shown, violation));
    }

    private LincheckFailure search(Options<?, ?> options) {
        try {
            options.minimizeFailedScenario(false);
            options.verifier(CellVerifier.class);
            if (generated > 0) {
                options.iterations(generated).invocationsPerIteration(budget);
                options.threads(threads().size())
                        .actorsPerThread(2)
                        .actorsBefore(0)
                        .actorsAfter(0);
            } else {
                options.iterations(0).invocationsPerIteration((int) (budget - runs));
                options.addCustomScenario(new ExecutionScenario(List.of(), threads(), List.of(), null));
            }
            options.check(CellStructure.class);
            return null;
        } catch (LincheckAssertionError e) {
            return e.getFailure$lincheck();
        }
    }

    private Options<?, ?> options() {
        return switch (strategy) {
            case STRESS -> new StressOptions();
            case MODEL_CHECKING ->
                new ModelCheckingOptions()
                        // Waiting is on monitors, so no loop spins: neither of Lincheck's guesses about loops is
                        // wanted.
                        .loopBound(LOOP_BOUND)
                        .loopIterationsBeforeThreadSwitch(LOOP_BOUND)
                        .addGuarantee(indivisible())
                        .addGuarantee(ignored("racewalk.lincheck.Stage", "start", "run"))
                        .addGuarantee(ignored("racewalk.lincheck.CellRun", "responded"));
        };
    }

    /** Who sleeps or wakes is followed by Lincheck, but is not preempted there. */
    private static ManagedStrategyGuarantee indivisible() {
        return ManagedStrategyGuaranteeKt.forClasses(Monitor.class.getName())
                .methods("sleep", "wakeAll")
                .mute$lincheck();
    }

    private static ManagedStrategyGuarantee ignored(String type, String... methods) {
        return ManagedStrategyGuaranteeKt.forClasses(type).methods(methods).ignore();
    }

    /** The program in Lincheck's terms: a thread for each actor. */
    private List<List<Actor>> threads() {
        Program program = cell.program().build(LiveMachine.monitors(_ -> 0));
        List<List<Actor>> threads = new ArrayList<>();
        program.actors().forEach(actor -> {
            List<Actor> thread = new ArrayList<>();
            for (int action = 0; action < actor.actions().size(); action++) {
                thread.add(new Actor(PERFORM, List.of(actor.task().id(), action)));
            }
            threads.add(thread);
        });
        return threads;
    }

    private static final Method PERFORM = perform();

    private static Method perform() {
        try {
            return CellStructure.class.getMethod("perform", int.class, int.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Builds the model for the next run. A run that was not judged has not come to its end, or is one that Lincheck
     * repeats for its trace: what follows it is shown.
     */
    CellRun start(CellRun before) {
        choices.restart();
        boolean shown = before != null && !over;
        over = false;
        History<?> known = before == null ? null : before.history();
        return new CellRun(cell, known, choices, strategy == Strategy.MODEL_CHECKING, shown);
    }

    /** Counts a run that is over, and says whether it violates nothing. */
    boolean judge(CellRun run) {
        runs++;
        Violation violation = run.judge();
        if (violation != null) {
            violating = run;
            return false;
        }
        endless |= run.isEndless();
        if (run.exceeded() != null && !run.isEndless()) {
            exceeded = run.exceeded();
        }
        over = true;
        return true;
    }
}
