package racewalk.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import racewalk.machine.Action;
import racewalk.machine.Actor;

/**
 * One task as an automaton. A task is a deterministic function of the values that its primitives returned; so the
 * automaton is the trie of those values, each node the next announced operation, and the model's real code runs only
 * where the trie grows. At {@code quiesce} the histories of an operation end in one node, the root of the next
 * operation; at the head of a loop they go on where the operation was at that head before; where the locals are told,
 * the histories of an operation that tell the same go on together.
 */
final class LocalAutomaton {

    /** Tasks' places in the fingerprint come after all words that there can be. */
    private static final long FIRST_TASK_PLACE = Integer.MAX_VALUE + 1L;

    /** Where a root's hash begins with 0. */
    private static final long SETTLED = 1;

    private final ExploredMachine machine;
    private final Actor actor;
    private final boolean quiesce;
    private final Fingerprint fingerprint;
    private final List<Node> roots = new ArrayList<>();
    private final Announcer announcer;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Place, Node> settled = new HashMap<>();
    private boolean meets;

    /** A place in an operation, with locals and locks, where histories go on together. */
    private record Place(int action, Op.Settled settled) {}

    /**
     * @param quiesce whether histories end with their operation; if not, the node is the task's whole history, as an
     *     oracle for the promise that no local outlives an operation
     */
    LocalAutomaton(Model model, Actor actor, boolean quiesce) {
        this.machine = model.machine();
        this.actor = actor;
        this.quiesce = quiesce;
        this.fingerprint = model.fingerprint();
        this.announcer = new Announcer(model, actor.task(), actor.task().name());
    }

    /** Where the task starts. */
    Node start() {
        return root(0);
    }

    /** How many nodes there are. */
    int size() {
        return nodes.size();
    }

    /** The node after {@code node}'s operation has told {@code value}. */
    Node next(Node node, long value) {
        Node child = node.child(value);
        if (child == null) {
            child = quiesce ? forgetful(node, value) : grow(node, value);
            node.addChild(value, child);
        }
        return child;
    }

    /** The new child of a node that may go on where another history was before. */
    private Node forgetful(Node node, long value) {
        switch (node.op) {
            case Op.LoopHead _ -> {
                Node before = sameHead(node);
                meets |= before != null;
                return before == null ? grow(node, value) : next(before, value);
            }
            case Op.Settled op -> {
                Place place = new Place(node.action, op);
                Node before = settled.putIfAbsent(place, node);
                meets = true; // perhaps only with a history that another worker knows
                return before == null ? growSettled(place, node, value) : next(before, value);
            }
            default -> {
                return grow(node, value);
            }
        }
    }

    /** The child's hash is that of the place and not of the history, which chance has brought here first. */
    private Node growSettled(Place place, Node node, long value) {
        long low = fingerprint.low(~place.action, SETTLED);
        long high = fingerprint.high(~place.action, SETTLED);
        String text = place.settled.locals() + place.settled.held();
        for (int i = 0; i < text.length(); i++) {
            low = fingerprint.low(low, text.charAt(i));
            high = fingerprint.high(high, text.charAt(i));
        }
        Op op = announce(rootOf(node).action, node, value);
        return make(op, node.action, false, node, value, low, high);
    }

    /**
     * Where this operation has been at the head of the same loop with the same locks, or null. What was before locals
     * were told does not count: chance has brought that history there first.
     */
    private static Node sameHead(Node head) {
        for (Node at = head.parent; at != null && at.kind != Node.Kind.SETTLED; at = at.parent) {
            if (at.op.equals(head.op)) {
                return at;
            }
        }
        return null;
    }

    /** Whether histories may go on together within an operation: without that no run goes round. */
    boolean meets() {
        return meets;
    }

    /**
     * The operations in which some run may go round: at the head of a loop, or where histories go on together. No run
     * goes back to an operation that has ended.
     */
    BitSet goingRound() {
        BitSet actions = new BitSet();
        BitSet over = new BitSet(nodes.size());
        BitSet onPath = new BitSet(nodes.size());
        Deque<Node> path = new ArrayDeque<>(roots);
        while (!path.isEmpty()) {
            Node node = path.peek();
            if (over.get(node.serial)) {
                path.pop();
            } else if (onPath.get(node.serial)) {
                onPath.clear(node.serial);
                over.set(node.serial);
                path.pop();
            } else {
                onPath.set(node.serial);
                for (int i = 0; i < node.children(); i++) {
                    Node child = node.childAt(i);
                    if (onPath.get(child.serial)) {
                        actions.set(node.action);
                    } else if (!over.get(child.serial)) {
                        path.push(child);
                    }
                }
            }
        }
        return actions;
    }

    /** The node after the response at {@code node}: the root of the next operation. */
    Node afterResponse(Node node) {
        return quiesce ? root(node.action + 1) : next(node, 0);
    }

    /** The node with that number. */
    Node node(int serial) {
        return nodes.get(serial);
    }

    /** The root of an operation, or null if nobody has been there. */
    Node knownRoot(int action) {
        return action < roots.size() ? roots.get(action) : null;
    }

    /** The root of an operation. */
    Node root(int action) {
        while (roots.size() <= action) {
            int number = roots.size();
            Op op = announce(number, null, 0);
            roots.add(make(op, number, true, null, 0, fingerprint.low(~number, 0), fingerprint.high(~number, 0)));
        }
        return roots.get(action);
    }

    private Node grow(Node node, long value) {
        boolean responded = node.kind == Node.Kind.RESPOND;
        Op op = announce(rootOf(node).action, node, value);
        return make(
                op,
                responded ? node.action + 1 : node.action,
                responded,
                node,
                value,
                fingerprint.low(node.low, value),
                fingerprint.high(node.high, value));
    }

    private Node make(Op op, int action, boolean begins, Node parent, long via, long low, long high) {
        long place = FIRST_TASK_PLACE + actor.task().id();
        Node node = new Node(
                nodes.size(),
                op,
                action,
                begins,
                parent,
                via,
                low,
                high,
                fingerprint.low(place, low),
                fingerprint.high(place, high),
                announcer.marks());
        nodes.add(node);
        return node;
    }

    private static Node rootOf(Node node) {
        Node root = node;
        while (root.parent != null) {
            root = root.parent;
        }
        return root;
    }

    /** What the task's code announces, from operation {@code first} on, when it is told what led to {@code node}. */
    private Op announce(int first, Node node, long value) {
        actor.task().lockDep().reset();
        return announcer.after(node, value, () -> run(first));
    }

    private Op run(int first) {
        for (int i = first; i < actor.actions().size(); i++) {
            Action action = actor.actions().get(i);
            long result = action.body().getAsLong();
            machine.quiesce();
            announcer.tell(new Op.Respond(result));
        }
        return new Op.Done();
    }
}
