package racewalk.lincheck;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import racewalk.machine.Observer;

/**
 * The specification of histories along a run. The runs of a search have most histories in common, and a state and an
 * event have one successor: so they are kept, as a tree.
 */
final class History<S extends Observer.State> {

    /** An event and the state behind it; {@code result} is null where an operation is invoked. */
    private record Node<S>(int task, int action, Long result, S state, Violation violation, List<Node<S>> next) {

        // Not the record's own equality: the method handles that it is made of are slow under Lincheck.
        boolean follows(int otherTask, int otherAction, Long otherResult) {
            return task == otherTask
                    && action == otherAction
                    && (result == null ? otherResult == null : result.equals(otherResult));
        }
    }

    private final Observer<S> observer;
    private final Node<S> root;
    private Node<S> here;

    private History(Observer<S> observer) {
        this.observer = observer;
        this.root = node(-1, -1, null, observer.initial());
        this.here = root;
    }

    static History<?> of(Observer<?> observer) {
        return new History<>(observer);
    }

    /** Goes back to the beginning, for the next run. */
    void restart() {
        here = root;
    }

    void invoked(int task, int action) {
        go(task, action, null, () -> observer.invoked(here.state, task, action));
    }

    void responded(int task, int action, long result) {
        go(task, action, result, () -> observer.responded(here.state, task, action, result));
    }

    private void go(int task, int action, Long result, Supplier<S> successor) {
        for (Node<S> known : here.next) {
            if (known.follows(task, action, result)) {
                here = known;
                return;
            }
        }
        Node<S> node = node(task, action, result, successor.get());
        here.next.add(node);
        here = node;
    }

    private Node<S> node(int task, int action, Long result, S state) {
        String complaint = observer.complaint(state);
        Violation violation = complaint == null ? null : new Violation(observer.property(state), complaint);
        return new Node<>(task, action, result, state, violation, new ArrayList<>());
    }

    /** What is wrong with the history so far, or null. */
    Violation violation() {
        return here.violation;
    }
}
