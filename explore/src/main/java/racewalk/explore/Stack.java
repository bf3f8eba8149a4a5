package racewalk.explore;

import java.util.List;

/**
 * Work of a depth-first search that somebody can go on with: a run, and at each of its states what is still to be
 * explored from there.
 *
 * @param levels the states of the run, the first state first
 */
record Stack(List<Level> levels) {

    /** The todo of a state at which the search has just arrived and has done nothing yet. */
    static final int ARRIVING = -1;

    /**
     * One state of the run.
     *
     * @param task who took the step that led here; meaningless at the first state
     * @param way how
     * @param todo the tasks that are still to be explored, as bits, or {@link #ARRIVING}
     * @param nextWay the way in which the first of them is to be explored next
     * @param begun what that task touched in the ways before; null if {@code nextWay} is 0
     * @param sleep the tasks that sleep
     * @param prints for each task that sleeps the footprint of its step, null for the others
     */
    record Level(int task, int way, int todo, int nextWay, Footprint begun, int sleep, List<Footprint> prints) {}

    /** Nothing is done yet. */
    static Stack ofEverything() {
        return new Stack(List.of(new Level(0, 0, ARRIVING, 0, null, 0, List.of())));
    }

    /** The run. */
    Schedule schedule() {
        return new Schedule(levels.stream()
                .skip(1)
                .map(level -> new Schedule.Choice(level.task, level.way))
                .toList());
    }
}
