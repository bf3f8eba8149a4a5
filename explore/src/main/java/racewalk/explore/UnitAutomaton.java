package racewalk.explore;

import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Task;

/**
 * The inside of one announced step of a hardware unit as an automaton, as a task is one: its accesses happen all in one
 * transition, and its code runs only where the trie of the values that they returned grows. A leaf is a response, a
 * broken rule or the end of the scope.
 */
final class UnitAutomaton {

    /** A hardware unit's step does nothing but access words. */
    private static final class UnitAnnouncer extends Announcer {

        UnitAnnouncer(Model model, Task task) {
            super(model, task, "a hardware step");
        }

        @Override
        public long step(String unit, String what, LongSupplier effect) {
            throw new EngineMisuse("a hardware step inside a hardware step: " + what);
        }

        @Override
        public int choose(String what, List<String> options) {
            throw new EngineMisuse("a choice inside a hardware step: " + what);
        }

        @Override
        public void loopHead(String what) {
            throw new EngineMisuse("the head of a loop inside a hardware step: " + what);
        }

        @Override
        public void localsAre(String locals) {
            throw new EngineMisuse("locals inside a hardware step: " + locals);
        }
    }

    private final Model model;
    private final Node step;
    private final Announcer announcer;
    private final Node start;

    /** The inside of {@code step}, a step of {@code task}. */
    UnitAutomaton(Model model, Task task, Node step) {
        this.model = model;
        this.step = step;
        this.announcer = new UnitAnnouncer(model, task);
        this.start = grow(null, 0);
    }

    /** Where the step begins. */
    Node start() {
        return start;
    }

    /** The node after the access at {@code node} has told {@code value}. */
    Node next(Node node, long value) {
        Node child = node.child(value);
        if (child == null) {
            child = grow(node, value);
            node.addChild(value, child);
        }
        return child;
    }

    private Node grow(Node node, long value) {
        LongSupplier effect = ((Op.UnitOp) step.op).effect();
        Op op = announcer.after(node, value, () -> new Op.Respond(effect.getAsLong()));
        Node inside = Node.inside(step, op, node, value, announcer.marks());
        model.learn(step, inside);
        return inside;
    }
}
