package racewalk.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * What a test's tasks do, and what must hold. Besides what is stated here a run is a violation if an assertion in an
 * operation fails, if an operation throws, if it breaks a rule of the machine, such as the order of locks, and if tasks
 * wait for ever.
 */
public final class Tasks {

    /** What must hold, as an assertion. */
    private record Stated(String name, Runnable assertion) {

        /** Null if it holds, else what is wrong. */
        String check() {
            try {
                assertion.run();
                return null;
            } catch (AssertionError e) {
                return e.getMessage() == null ? e.toString() : e.getMessage();
            }
        }
    }

    private final Machine machine;
    private final NotedMachine noted;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Word> inFlight = new ArrayList<>();
    private final List<Stated> invariants = new ArrayList<>();
    private final List<String> required = new ArrayList<>();

    /** @param noted {@code machine}, as the test sees it */
    Tasks(Machine machine, NotedMachine noted) {
        this.machine = machine;
        this.noted = noted;
    }

    /**
     * A task that performs {@code operations} in order. All state that outlives an operation or that another task sees
     * is in words; an operation that waits calls {@link Word#await} or a lock, and never spins.
     *
     * @throws IllegalArgumentException if there is no operation, or another task of this name
     */
    public void task(String name, Runnable... operations) {
        if (operations.length == 0) {
            throw new IllegalArgumentException("task " + name + " has no operation");
        }
        if (names().contains(name)) {
            throw new IllegalArgumentException("there are two tasks " + name);
        }
        Task task = machine.task(name);
        List<Action> actions = new ArrayList<>();
        for (Runnable operation : operations) {
            String label = operations.length == 1 ? "operation" : "operation " + (actions.size() + 1);
            actions.add(new Action(label, _ -> "done", () -> {
                operation.run();
                return 0;
            }));
        }
        actors.add(new Actor(task, actions));
        inFlight.add(machine.word(name + " in flight", 0));
    }

    /**
     * What must hold in every state, between any two steps.
     *
     * @param name what reports call it
     * @param assertion fails with an {@link AssertionError} where it does not hold; looks at words by {@link Word#peek}
     *     alone
     */
    public void invariant(String name, Runnable assertion) {
        invariants.add(new Stated(name, assertion));
    }

    /** Branches that some run must reach; if none does, a proof would be vacuous and the verdict is UNKNOWN. */
    public void reaches(Mark... marks) {
        Stream.of(marks).map(Mark::id).forEach(required::add);
    }

    /** The program, when all is stated. An invariant is evaluated whenever any word of the test has changed. */
    Program program() {
        List<Invariant> evaluated = invariants.stream()
                .map(stated -> new Invariant(stated.name, noted.words(), stated::check))
                .toList();
        return new Program(actors, inFlight, Observer.accepting(), evaluated);
    }

    List<String> names() {
        return actors.stream().map(actor -> actor.task().name()).toList();
    }

    int operations() {
        return actors.stream().mapToInt(actor -> actor.actions().size()).sum();
    }

    List<String> required() {
        return required;
    }

    /** What a program can be told from another by: its words, its tasks with their operations, what must hold. */
    List<String> shape() {
        return Stream.of(
                        noted.words().stream().map(Word::name),
                        actors.stream()
                                .map(actor -> actor.task() + " ("
                                        + Verdict.counted(actor.actions().size(), "operation") + ")"),
                        invariants.stream().map(Stated::name))
                .flatMap(names -> names)
                .toList();
    }
}
