package racewalk.explore;

/** Counts preemptions: switches away from a task that is inside an operation and could have gone on. */
final class Preemptions {

    /** Not counted. */
    static final int UNKNOWN = -1;

    /** No task has run yet. */
    static final int NOBODY = -1;

    private Preemptions() {}

    /** 1 if a step of {@code task} in the current state preempts {@code last}, who took the step before; else 0. */
    static int of(World world, int last, int task) {
        if (last == NOBODY || last == task || !world.isEnabled(last) || world.node(last).begins) {
            return 0;
        }
        return 1;
    }
}
