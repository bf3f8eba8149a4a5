package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Mark;
import racewalk.machine.ScopeExceeded;

/**
 * One task as an automaton. A task is a deterministic function of the values that its primitives returned; so the
 * automaton is the trie of those values, each node the next announced operation, and the model's real code runs only
 * where the trie grows. At {@code quiesce} the histories of an operation end in one node, the root of the next
 * operation; at the head of a loop they go on where the operation was at that head before.
 */
final class LocalAutomaton {

    /**
     * Stops the model's code at the operation that it announces. An error, so that no handler of exceptions keeps it
     * from doing so.
     */
    private static final class Announced extends Error {
        private static final long serialVersionUID = 1L;
        private static final Announced INSTANCE = new Announced();

        private Announced() {
            super(null, null, false, false);
        }
    }

    /** Tasks' places in the fingerprint come after all words that there can be. */
    private static final long FIRST_TASK_PLACE = Integer.MAX_VALUE + 1L;

    private final ExploredMachine machine;
    private final World world;
    private final Actor actor;
    private final boolean quiesce;
    private final Fingerprint fingerprint;
    private final List<Node> roots = new ArrayList<>();
    private final Announcer announcer = new Announcer();
    private final List<Node> nodes = new ArrayList<>();
    private boolean loops;

    /**
     * @param quiesce whether histories end with their operation; if not, the node is the task's whole history, as an
     *     oracle for the promise that no local outlives an operation
     */
    LocalAutomaton(ExploredMachine machine, World world, Actor actor, boolean quiesce, Fingerprint fingerprint) {
        this.machine = machine;
        this.world = world;
        this.actor = actor;
        this.quiesce = quiesce;
        this.fingerprint = fingerprint;
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
            Node before = node.kind == Node.Kind.LOOP && quiesce ? sameHead(node) : null;
            child = before == null ? grow(node, value) : next(before, value);
            loops |= before != null;
            node.addChild(value, child);
        }
        return child;
    }

    /** Where this operation has been at the head of the same loop with the same locks, or null. */
    private static Node sameHead(Node head) {
        for (Node at = head.parent; at != null; at = at.parent) {
            if (at.op.equals(head.op)) {
                return at;
            }
        }
        return null;
    }

    /** Whether some run goes round in a loop. */
    boolean loops() {
        return loops;
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

    private Node root(int action) {
        while (roots.size() <= action) {
            int number = roots.size();
            Op op = announce(number, List.of(), List.of());
            roots.add(make(op, number, true, null, 0, fingerprint.low(~number, 0), fingerprint.high(~number, 0)));
        }
        return roots.get(action);
    }

    private Node grow(Node node, long value) {
        List<Node> path = new ArrayList<>();
        List<Long> told = new ArrayList<>();
        told.add(value);
        path.add(node);
        for (Node at = node; at.parent != null; at = at.parent) {
            told.add(at.via);
            path.add(at.parent);
        }
        Node root = path.getLast();
        boolean responded = node.kind == Node.Kind.RESPOND;
        Op op = announce(root.action, path.reversed(), told.reversed());
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
                announcer.marks);
        nodes.add(node);
        return node;
    }

    /** Runs the task's code from operation {@code first}, telling it {@code values}, to what it announces next. */
    private Op announce(int first, List<Node> path, List<Long> values) {
        actor.task().lockDep().reset();
        Driver before = machine.driver();
        announcer.begin(path, values);
        machine.drive(announcer, actor.task());
        try {
            Op end = run(first);
            return announcer.announced == null ? end : announcer.announced;
        } finally {
            machine.drive(before, machine.boot());
        }
    }

    /** What the code ends with; means nothing if it has announced something, because that stopped it on its way. */
    private Op run(int first) {
        try {
            for (int i = first; i < actor.actions().size(); i++) {
                Action action = actor.actions().get(i);
                long result = action.body().getAsLong();
                machine.quiesce();
                announcer.respond(result);
            }
            return new Op.Done();
        } catch (Announced _) {
            return announcer.announced;
        } catch (ScopeExceeded e) {
            return new Op.OutOfScope(e.getMessage());
        } catch (NotDeterministicException | EngineMisuse e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            return Op.Broken.by(actor.task(), e);
        }
    }

    /** Tells the task the recorded values and stops it at the first primitive after them. */
    private final class Announcer implements Driver {

        private List<Node> path;
        private List<Long> values;
        private int told;
        private long marks;
        private Op announced;

        void begin(List<Node> nodes, List<Long> recorded) {
            path = nodes;
            values = recorded;
            told = 0;
            marks = 0;
            announced = null;
        }

        private long tell(Op op) {
            if (announced != null) {
                throw Announced.INSTANCE; // a finally block on the way out
            }
            if (told == values.size()) {
                announced = op;
                throw Announced.INSTANCE;
            }
            Op before = path.get(told).op;
            if (!before.matches(op)) {
                throw new NotDeterministicException(actor.task().name(), told, before, op);
            }
            marks = 0;
            return values.get(told++);
        }

        void respond(long result) {
            tell(new Op.Respond(result));
        }

        @Override
        public long access(ExploredWord word, Access access) {
            return tell(new Op.WordOp(word, access));
        }

        @Override
        public long step(String unit, String what, LongSupplier effect) {
            return tell(new Op.UnitOp(unit, what, effect));
        }

        @Override
        public int choose(String what, int options) {
            return (int) tell(new Op.ChooseOp(what, options));
        }

        @Override
        public void loopHead(String what) {
            tell(new Op.LoopHead(what, actor.task().lockDep().held()));
        }

        @Override
        public long peek(ExploredWord word) {
            throw NotDeterministicException.peek(actor.task().name(), word);
        }

        @Override
        public void reach(Mark mark) {
            if (announced == null) {
                marks |= world.markBit(mark);
            }
        }
    }
}
