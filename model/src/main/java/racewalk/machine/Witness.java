package racewalk.machine;

/**
 * Watches the steps of a {@link LiveMachine} on monitors: each call happens within the step that it is about. Accesses
 * within a step of a {@link HardwareUnit} begin and end within it.
 */
public interface Witness {

    /** Nobody watches. */
    Witness NONE = new Witness() {
        @Override
        public void begins(Task task) {}

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {}

        @Override
        public void stepped(Task task, String unit, String what) {}
    };

    /** {@code task} takes a step now: it does not have to wait. */
    void begins(Task task);

    /**
     * The step was an access.
     *
     * @param before what the word held before it
     * @param told what the access told the task
     */
    void accessed(Task task, Word word, Access access, long before, long told);

    /** The step was {@code what} of a hardware unit. */
    void stepped(Task task, String unit, String what);
}
