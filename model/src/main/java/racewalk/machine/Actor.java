package racewalk.machine;

import java.util.List;

/**
 * A task and the operations that it performs, one after the other.
 *
 * @param task who
 * @param actions what, in order
 */
public record Actor(Task task, List<Action> actions) {

    /** A copy of the list is kept. */
    public Actor {
        actions = List.copyOf(actions);
    }
}
