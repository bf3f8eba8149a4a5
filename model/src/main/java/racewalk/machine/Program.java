package racewalk.machine;

import java.util.List;

/**
 * A closed system: actors with their operations on one model, and what must hold.
 *
 * @param actors the tasks, in the order of their ids
 * @param inFlight one word for each actor, which an engine sets to the number of the operation in flight, from 1, and
 *     to 0 between operations; for invariants that hold only then
 * @param observer the specification of histories
 * @param invariants the specification of states
 * @param symmetries renamings under which the program is the same
 */
public record Program(
        List<Actor> actors,
        List<Word> inFlight,
        Observer<?> observer,
        List<Invariant> invariants,
        List<Symmetry> symmetries) {

    /** A program without symmetries. */
    public Program(List<Actor> actors, List<Word> inFlight, Observer<?> observer, List<Invariant> invariants) {
        this(actors, inFlight, observer, invariants, List.of());
    }

    /** Copies of the lists are kept. */
    public Program {
        actors = List.copyOf(actors);
        inFlight = List.copyOf(inFlight);
        invariants = List.copyOf(invariants);
        symmetries = List.copyOf(symmetries);
        for (int i = 0; i < actors.size(); i++) {
            if (actors.get(i).task().id() != i) {
                throw new IllegalArgumentException(
                        "actor " + i + " has the id " + actors.get(i).task().id());
            }
        }
    }

    /** Builds the same program again, on any machine. */
    @FunctionalInterface
    public interface Factory {
        /** Builds the model on {@code machine}, runs its boot code and returns the program. */
        Program build(Machine machine);
    }
}
