package racewalk.explore;

import java.util.Arrays;
import java.util.List;
import racewalk.machine.Access;
import racewalk.machine.Change;
import racewalk.machine.Observe;

/**
 * A task's local state: the operation that it has announced after it was told certain values. The operation is unpacked
 * into fields for the search's inner loop.
 */
final class Node {

    /** The forms of an announced operation. */
    enum Kind {
        WORD,
        UNIT,
        CHOOSE,
        LOOP,
        SETTLED,
        RESPOND,
        BROKEN,
        OUT_OF_SCOPE,
        DONE
    }

    static final int NO_WORD = -1;

    /** The node's number in its automaton, from 0. */
    final int serial;

    final Op op;
    final Kind kind;
    /** The operation of the actor that the node belongs to. */
    final int action;
    /** Whether the operation is invoked by the step that leaves this node. */
    final boolean begins;
    /** The node before, and the value that led here; null at a root. */
    final Node parent;

    final long via;
    /** The node's content hash: equal for equal histories in any run. */
    final long low;

    final long high;
    /** What the task adds to the fingerprint of a state while it is here. */
    final long lowShare;

    final long highShare;
    /** The marks that were reached on the way from the parent, as bits. */
    final long marks;

    /** In how many ways the operation can happen. */
    final int ways;

    // The parts of a WORD operation.
    final int word;
    final int freeWord;
    final long freeBit;
    final long guardMask;
    final long guardValue;
    final boolean guardEqual;
    final boolean blocking;
    final Change.Kind change;
    final long operand;
    final Observe.Kind observe;
    final long observeMask;
    /** What the operation touches; of a step of a hardware unit, what it has touched in any state so far. */
    final Footprint footprint;
    /** The inside of a step of a hardware unit, once it has been taken. */
    UnitAutomaton inside;

    /** The nodes that the model's renamings make of this one, as far as they are known; null if none is. */
    private Node[] images;

    private long[] values = new long[1];
    private Node[] children = new Node[1];
    private int size;

    Node(
            int serial,
            Op op,
            int action,
            boolean begins,
            Node parent,
            long via,
            long low,
            long high,
            long lowShare,
            long highShare,
            long marks) {
        this.serial = serial;
        this.op = op;
        this.action = action;
        this.begins = begins;
        this.parent = parent;
        this.via = via;
        this.low = low;
        this.high = high;
        this.lowShare = lowShare;
        this.highShare = highShare;
        this.marks = marks;
        this.ways = op instanceof Op.ChooseOp(String _, List<String> options) ? options.size() : 1;
        this.kind = switch (op) {
            case Op.WordOp _ -> Kind.WORD;
            case Op.UnitOp _ -> Kind.UNIT;
            case Op.ChooseOp _ -> Kind.CHOOSE;
            case Op.LoopHead _ -> Kind.LOOP;
            case Op.Settled _ -> Kind.SETTLED;
            case Op.Respond _ -> Kind.RESPOND;
            case Op.Broken _ -> Kind.BROKEN;
            case Op.OutOfScope _ -> Kind.OUT_OF_SCOPE;
            case Op.Done _ -> Kind.DONE;
        };
        if (op instanceof Op.WordOp(ExploredWord target, Access access)) {
            word = target.index();
            freeWord = target.free() == null ? NO_WORD : target.free().index();
            freeBit = target.freeBit();
            guardMask = access.guard().mask();
            guardValue = access.guard().value();
            guardEqual = access.guard().equal();
            blocking = access.blocking();
            change = access.change().kind();
            operand = access.change().operand();
            observe = access.observe().kind();
            observeMask = access.observe().mask();
            footprint = new Footprint();
            World.addTo(footprint, target, access);
        } else {
            word = NO_WORD;
            freeWord = NO_WORD;
            freeBit = 0;
            guardMask = 0;
            guardValue = 0;
            guardEqual = true;
            blocking = false;
            change = Change.Kind.KEEP;
            operand = 0;
            observe = Observe.Kind.NOTHING;
            observeMask = 0;
            footprint = new Footprint();
        }
    }

    /** A node inside {@code step}, a step of a hardware unit: no part of any fingerprint. */
    static Node inside(Node step, Op op, Node parent, long via, long marks) {
        return new Node(-1, op, step.action, false, parent, via, 0, 0, 0, 0, marks);
    }

    /** The node after the operation told {@code value}, or null if nobody has been there. */
    Node child(long value) {
        if (size > 8) {
            int at = Arrays.binarySearch(values, 0, size, value);
            return at < 0 ? null : children[at];
        }
        for (int i = 0; i < size; i++) {
            if (values[i] == value) {
                return children[i];
            }
        }
        return null;
    }

    /** Whether the guard of the access is open where its word holds {@code value}. */
    boolean isOpen(long value) {
        return ((value & guardMask) == guardValue) == guardEqual;
    }

    /** What the model's renaming with that number makes of this node; null if it is not known. */
    Node image(int renaming) {
        return images == null ? null : images[renaming];
    }

    /** Keeps {@code image}, by one of {@code count} renamings. */
    void setImage(int renaming, int count, Node image) {
        if (images == null) {
            images = new Node[count];
        }
        images[renaming] = image;
    }

    /** How many nodes may come next, as far as is known. */
    int children() {
        return size;
    }

    /** One of the nodes that may come next. */
    Node childAt(int index) {
        return children[index];
    }

    /** Keeps {@code child} for {@code value}, in the order of values. */
    void addChild(long value, Node child) {
        int at = -Arrays.binarySearch(values, 0, size, value) - 1;
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
            children = Arrays.copyOf(children, 2 * size);
        }
        System.arraycopy(values, at, values, at + 1, size - at);
        System.arraycopy(children, at, children, at + 1, size - at);
        values[at] = value;
        children[at] = child;
        size++;
    }
}
