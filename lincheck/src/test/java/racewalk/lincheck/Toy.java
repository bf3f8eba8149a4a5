package racewalk.lincheck;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Machine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;

/** Small programs on the machine: tasks of one operation each. */
final class Toy {

    private Toy() {}

    /** A case whose tasks return what they like, but never the same number twice. */
    static Case distinct(String name, Function<Machine, List<LongSupplier>> bodies) {
        return of(name, new Distinct(), bodies);
    }

    /** A case that is wrong only if a rule of the machine is broken or a task waits for ever. */
    static Case free(String name, Function<Machine, List<LongSupplier>> bodies) {
        return of(name, Observer.accepting(), bodies);
    }

    private static Case of(String name, Observer<?> observer, Function<Machine, List<LongSupplier>> bodies) {
        return new Case(name, machine -> {
            List<Actor> actors = new ArrayList<>();
            List<Word> inFlight = new ArrayList<>();
            for (LongSupplier body : bodies.apply(machine)) {
                Task task = machine.task("t" + actors.size());
                actors.add(new Actor(task, List.of(new Action("run", body))));
                inFlight.add(machine.word(task + " in flight", 0));
            }
            return new Program(actors, inFlight, observer, List.of());
        });
    }

    /** The numbers that were returned, as bits. */
    record Returned(long numbers, boolean twice) implements Observer.State {
        @Override
        public long hash(long seed) {
            return numbers * (seed | 1);
        }
    }

    /** No two operations return the same number from 0 to 63. */
    static final class Distinct implements Observer<Returned> {

        @Override
        public String name() {
            return "Distinct";
        }

        @Override
        public Returned initial() {
            return new Returned(0, false);
        }

        @Override
        public Returned invoked(Returned state, int task, int action) {
            return state;
        }

        @Override
        public Returned responded(Returned state, int task, int action, long result) {
            long bit = 1L << result;
            return new Returned(state.numbers | bit, state.twice || (state.numbers & bit) != 0);
        }

        @Override
        public String complaint(Returned state) {
            return state.twice ? "a number was returned twice" : null;
        }
    }
}
