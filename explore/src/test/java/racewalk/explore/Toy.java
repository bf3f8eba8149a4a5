package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.Symmetry;
import racewalk.machine.Task;
import racewalk.machine.Word;

/** Builds small programs for tests. */
final class Toy {

    private final Machine machine;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Word> inFlight = new ArrayList<>();
    private final List<Invariant> invariants = new ArrayList<>();
    private final List<Symmetry> symmetries = new ArrayList<>();
    private Observer<?> observer = Observer.accepting();

    Toy(Machine machine) {
        this.machine = machine;
    }

    /** A task with one operation. */
    Toy task(Runnable body) {
        return tasks(List.of(() -> {
            body.run();
            return 0;
        }));
    }

    /** A task with several operations. */
    Toy tasks(List<LongSupplier> operations) {
        Task task = machine.task("t" + actors.size());
        List<Action> actions = new ArrayList<>();
        for (LongSupplier operation : operations) {
            actions.add(new Action("operation " + actions.size(), operation));
        }
        actors.add(new Actor(task, actions));
        inFlight.add(machine.word(task.name() + " in flight", 0));
        return this;
    }

    Toy invariant(Invariant invariant) {
        invariants.add(invariant);
        return this;
    }

    Toy symmetry(Symmetry symmetry) {
        symmetries.add(symmetry);
        return this;
    }

    Toy observer(Observer<?> other) {
        observer = other;
        return this;
    }

    List<Word> inFlight() {
        return inFlight;
    }

    Program program() {
        return new Program(actors, inFlight, observer, invariants, symmetries);
    }

    static Exploration explore(Program.Factory factory) {
        return explore(factory, Strategy.SLEEP);
    }

    static Exploration explore(Program.Factory factory, Strategy strategy) {
        return Explorer.explore(factory, strategy, Budget.unlimited(), Progress.NONE);
    }
}
