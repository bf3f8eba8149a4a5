package racewalk.lincheck;

import java.util.List;

/** One step of a run, for people. */
final class Step {

    private final int task;
    private final String operation;
    private final boolean begins;
    private final String where;
    private Seen seen;
    private String result;
    private List<String> held = List.of();

    /**
     * A step that is about to be taken.
     *
     * @param task who takes it
     * @param operation the operation that it belongs to
     * @param begins whether it is the first of that operation
     * @param where the function, file and line of the model, or empty
     */
    Step(int task, String operation, boolean begins, String where) {
        this.task = task;
        this.operation = operation;
        this.begins = begins;
        this.where = where;
    }

    /** The step has been taken. */
    void done(Seen what) {
        seen = what;
    }

    /** Before its task goes on it holds {@code locks}, the oldest first. */
    void holding(List<String> locks) {
        held = locks;
    }

    /** It was the last of its operation, which returned {@code text}. */
    void returned(String text) {
        result = text;
        held = List.of();
    }

    int task() {
        return task;
    }

    String operation() {
        return operation;
    }

    boolean begins() {
        return begins;
    }

    String where() {
        return where;
    }

    /** What was done; null if the step broke a rule. */
    Seen seen() {
        return seen;
    }

    /** The operation's result, or null if it goes on. */
    String result() {
        return result;
    }

    /** The locks that the task holds afterwards. */
    List<String> held() {
        return held;
    }
}
