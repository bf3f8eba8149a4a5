package racewalk.lincheck;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import racewalk.machine.Access;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;

/**
 * One interleaving of a {@link Case}: the model, what its tasks have done, and what is wrong with it. An operation is
 * invoked by its first step and responds with its last, as under the explorer; the invariants are looked at after each
 * step.
 *
 * <p>Lincheck does not instrument this class, nor what it calls, but for {@link racewalk.machine.Monitor}.
 */
final class CellRun implements Witness {

    private static final StackWalker STACK = StackWalker.getInstance();
    /** A run of more steps goes round; the longest of those that do not has some thousands. */
    private static final int MOST_STEPS = 20_000;

    private static final List<String> ENGINES = List.of("racewalk.machine.", "racewalk.lincheck.", "java.");

    /** What one actor is doing: used by its thread alone. */
    private static final class Doing {
        private final Actor actor;
        private int action;
        private boolean invoked;
        private int depth;
        private boolean aside; // what it does is no step of the program
        private Step step;
        private List<Seen.Accessed> inside = new ArrayList<>();

        Doing(Actor actor) {
            this.actor = actor;
        }

        Action current() {
            return actor.actions().get(action);
        }
    }

    private final boolean stepwise;
    private final boolean shown;
    private final LiveMachine machine;
    private final Program program;
    private final History<?> history;
    private final List<Doing> doing = new ArrayList<>();
    private final Map<Word, Long> readers = new IdentityHashMap<>();
    private long touched;
    private final List<Step> steps = new ArrayList<>();
    private boolean booted;
    private Violation violation;
    private int stepsToViolation;
    private String exceeded;
    private boolean endless;

    /**
     * Builds the model.
     *
     * @param known the histories of earlier runs; null in the first
     * @param stepwise whether only one task runs at a time: only then the invariants hold after each step
     * @param shown whether the steps are recorded with their places in the model's code
     */
    CellRun(Case cell, History<?> known, Choices choices, boolean stepwise, boolean shown) {
        this.stepwise = stepwise;
        this.shown = shown;
        this.machine = LiveMachine.monitors(options -> choices.answer(currentTask(), options), this);
        this.program = cell.program().build(machine);
        this.history = known == null ? History.of(program.observer()) : known;
        history.restart();
        for (Actor actor : program.actors()) {
            doing.add(new Doing(actor));
        }
        for (int i = 0; i < program.invariants().size(); i++) {
            for (Word word : program.invariants().get(i).reads()) {
                readers.merge(word, 1L << i, (some, more) -> some | more);
            }
        }
        booted = true;
    }

    private int currentTask() {
        return machine.current().id();
    }

    /** Performs an operation on the calling thread. */
    long perform(int actor, int action) {
        Doing it = doing.get(actor);
        it.action = action;
        it.invoked = false;
        it.depth = 0;
        try {
            return machine.run(it.actor.task(), it.current());
        } catch (ScopeExceeded e) {
            exceeded = e.getMessage();
            throw e;
        } catch (BrokenRule e) {
            violated(new Violation(e.rule().title(), e.getMessage()));
            throw e;
        } catch (RuntimeException | AssertionError e) {
            violated(new Violation(BrokenRule.Rule.OOPS.title(), e.toString()));
            throw e;
        }
    }

    /** The operation is over. */
    synchronized void responded(int actor, int action, long result) {
        Doing it = doing.get(actor);
        if (!it.invoked) {
            invoked(it);
        }
        history.responded(actor, action, result);
        setInFlight(it, 0);
        if (it.step != null) {
            it.step.returned(it.current().result().show(result));
        }
        it.step = null;
        lookAt();
        violated(history.violation());
    }

    private void invoked(Doing it) {
        it.invoked = true;
        history.invoked(it.actor.task().id(), it.action);
        setInFlight(it, it.action + 1);
    }

    private void setInFlight(Doing it, long value) {
        Word word = program.inFlight().get(it.actor.task().id());
        it.aside = true;
        word.writeOnce(value);
        it.aside = false;
        touched |= readers.getOrDefault(word, 0L);
    }

    /** Who takes a step of the program, or null. */
    private Doing doing(Task task) {
        if (!booted || task.id() == Task.BOOT) {
            return null;
        }
        Doing it = doing.get(task.id());
        return it.aside ? null : it;
    }

    @Override
    public void begins(Task task) {
        Doing it = doing(task);
        if (it == null) {
            return;
        }
        if (it.depth++ > 0) {
            return;
        }
        synchronized (this) {
            if (it.step != null) {
                it.step.holding(task.lockDep().held());
            }
            boolean begins = !it.invoked;
            if (begins) {
                invoked(it);
            }
            if (stepwise) {
                goesOn();
                it.step = new Step(task.id(), it.current().label(), begins, shown ? where() : "");
                steps.add(it.step);
            }
        }
    }

    /** Who has violated something may go round for ever afterwards, as may one whom nobody will wake. */
    private void goesOn() {
        if (violation != null) {
            throw new CancellationException("the run has violated something");
        }
        if (steps.size() == MOST_STEPS) {
            endless = true;
            throw new ScopeExceeded("a run of more than " + MOST_STEPS + " steps, perhaps a livelock");
        }
    }

    private static String where() {
        return STACK.walk(frames -> frames.filter(CellRun::isModel).findFirst())
                .map(frame -> function(frame.getMethodName()) + " " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
    }

    private static boolean isModel(StackWalker.StackFrame frame) {
        return ENGINES.stream().noneMatch(frame.getClassName()::startsWith);
    }

    /** The method that a lambda stands in. */
    private static String function(String method) {
        return method.startsWith("lambda$") ? method.split("\\$")[1] : method;
    }

    @Override
    public void accessed(Task task, Word word, Access access, long before, long told) {
        Doing it = doing(task);
        if (it == null) {
            return;
        }
        it.depth--;
        if (!stepwise) {
            return;
        }
        Seen.Accessed seen = new Seen.Accessed(word, access, before, word.peek(), told);
        touched |= readers.getOrDefault(word, 0L);
        if (it.depth > 0) {
            it.inside.add(seen);
        } else {
            it.step.done(seen);
            lookAt();
        }
    }

    @Override
    public void stepped(Task task, String unit, String what) {
        Doing it = doing(task);
        if (it == null) {
            return;
        }
        it.depth--;
        if (!stepwise) {
            return;
        }
        it.step.done(new Seen.Stepped(unit, what, it.inside));
        it.inside = new ArrayList<>();
        lookAt();
    }

    /** Looks at the invariants that may have changed. */
    private void lookAt() {
        if (stepwise && violation == null) {
            for (long left = touched; left != 0; left &= left - 1) {
                look(program.invariants().get(Long.numberOfTrailingZeros(left)));
            }
        }
        touched = 0;
    }

    private void look(Invariant invariant) {
        String wrong = invariant.check().get();
        if (wrong != null) {
            violated(new Violation(invariant.name(), wrong));
        }
    }

    private synchronized void violated(Violation found) {
        if (violation == null && found != null) {
            violation = found;
            stepsToViolation = steps.size();
        }
    }

    /** When all is over: looks at all invariants, and says what was violated first, or null. */
    Violation judge() {
        program.invariants().forEach(this::look);
        return violation();
    }

    /** What was violated first so far, or null. */
    Violation violation() {
        return violation;
    }

    /** What the scope had not enough of, or null. */
    String exceeded() {
        return exceeded;
    }

    /** Whether it went round, perhaps because Lincheck, which is not fair, let nobody else go on: it says nothing. */
    boolean isEndless() {
        return endless;
    }

    /** The steps, up to the one that violates something. */
    List<Step> steps() {
        return violation == null ? steps : steps.subList(0, stepsToViolation);
    }

    /** The histories of all runs so far. */
    History<?> history() {
        return history;
    }

    /** The actors. */
    List<Actor> actors() {
        return program.actors();
    }
}
