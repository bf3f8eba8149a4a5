package racewalk.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** States, numbered in the order in which they were met, and the steps between them. */
final class StateGraph {

    private record Key(long low, long high) {}

    /** No step leads to a state that a search begins with. */
    private static final int NONE = -1;

    private final Map<Key, Integer> numbers = new HashMap<>();
    private int size;
    private int edges;
    private int[] enabled = new int[1 << 10];
    private int[] parent = new int[1 << 10];
    private int[] parentStep = new int[1 << 10];
    /** Where the steps of each state begin; they end where those of the next begin. */
    private int[] first = new int[1 << 10];

    private int[] target = new int[1 << 12];
    private int[] step = new int[1 << 12];

    /** How many states there are. */
    int size() {
        return size;
    }

    /**
     * Adds the state with this fingerprint, unless it is there.
     *
     * @param from the state before, and {@code by} the step from it, null if there is none; ignored if the state is
     *     there
     * @return whether it was added
     */
    boolean add(long low, long high, int from, Schedule.Choice by) {
        if (numbers.putIfAbsent(new Key(low, high), size) != null) {
            return false;
        }
        if (size + 1 == first.length) {
            enabled = Arrays.copyOf(enabled, 2 * size + 2);
            parent = Arrays.copyOf(parent, 2 * size + 2);
            parentStep = Arrays.copyOf(parentStep, 2 * size + 2);
            first = Arrays.copyOf(first, 2 * size + 2);
        }
        parent[size] = from;
        parentStep[size] = by == null ? NONE : pack(by);
        size++;
        return true;
    }

    /** The state's number. */
    int number(long low, long high) {
        return numbers.get(new Key(low, high));
    }

    /** Whether the state with this fingerprint is the one with this number. */
    boolean is(long low, long high, int number) {
        Integer known = numbers.get(new Key(low, high));
        return known != null && known == number;
    }

    /** From now on steps are added to {@code state}, the next in order, in which {@code tasks} can take one. */
    void expand(int state, int tasks) {
        enabled[state] = tasks;
        first[state] = edges;
        first[state + 1] = edges;
    }

    /** Adds a step of the state that is being expanded. */
    void addStep(int state, Schedule.Choice by, int to) {
        if (edges == target.length) {
            target = Arrays.copyOf(target, 2 * edges);
            step = Arrays.copyOf(step, 2 * edges);
        }
        target[edges] = to;
        step[edges++] = pack(by);
        first[state + 1] = edges;
    }

    private static int pack(Schedule.Choice choice) {
        return choice.way() << Byte.SIZE | choice.task();
    }

    private static Schedule.Choice unpack(int packed) {
        return new Schedule.Choice(packed & 0xFF, packed >>> Byte.SIZE);
    }

    /**
     * States that a strongly fair run may go round in for ever: strongly connected, and every task that can take a step
     * in one of them takes one in one of them. Null if there are none.
     */
    BitSet fairPart() {
        BitSet all = new BitSet(size);
        all.set(0, size);
        return fairPart(all);
    }

    /** Where a task could move and never does, the states where it could are taken away and the rest is tried again. */
    private BitSet fairPart(BitSet states) {
        for (BitSet part : new StrongParts(states).find()) {
            int able = 0;
            int moving = 0;
            for (int s = part.nextSetBit(0); s >= 0; s = part.nextSetBit(s + 1)) {
                able |= enabled[s];
                for (int e = first[s]; e < first[s + 1]; e++) {
                    if (part.get(target[e])) {
                        moving |= 1 << unpack(step[e]).task();
                    }
                }
            }
            if (moving == 0) {
                continue; // one state without a step to itself
            }
            int starving = able & ~moving;
            if (starving == 0) {
                return part;
            }
            for (int s = part.nextSetBit(0); s >= 0; s = part.nextSetBit(s + 1)) {
                if ((enabled[s] & starving) != 0) {
                    part.clear(s);
                }
            }
            BitSet rest = fairPart(part);
            if (rest != null) {
                return rest;
            }
        }
        return null;
    }

    /** The state that {@link #lasso} begins with: one to which no step leads. */
    int start(BitSet part) {
        int at = part.nextSetBit(0);
        while (parentStep[at] != NONE) {
            at = parent[at];
        }
        return at;
    }

    /**
     * A run from {@link #start} into {@code part}, and there one round in which every task moves that moves in the
     * part.
     */
    Schedule lasso(BitSet part) {
        int start = part.nextSetBit(0);
        List<Schedule.Choice> steps = new ArrayList<>();
        for (int at = start; parentStep[at] != NONE; at = parent[at]) {
            steps.add(unpack(parentStep[at]));
        }
        Collections.reverse(steps);
        int moving = 0;
        int at = start;
        int due = moving(part);
        while ((due & ~moving) != 0) {
            int wanted = due & ~moving;
            List<Integer> path =
                    path(part, at, edge -> (wanted & 1 << unpack(step[edge]).task()) != 0);
            for (int edge : path) {
                steps.add(unpack(step[edge]));
                moving |= 1 << unpack(step[edge]).task();
                at = target[edge];
            }
        }
        if (at != start) {
            for (int edge : path(part, at, edge -> target[edge] == start)) {
                steps.add(unpack(step[edge]));
            }
        }
        return new Schedule(steps);
    }

    private int moving(BitSet part) {
        int moving = 0;
        for (int s = part.nextSetBit(0); s >= 0; s = part.nextSetBit(s + 1)) {
            for (int e = first[s]; e < first[s + 1]; e++) {
                if (part.get(target[e])) {
                    moving |= 1 << unpack(step[e]).task();
                }
            }
        }
        return moving;
    }

    /** The shortest way from {@code from} within {@code part} whose last step is {@code wanted}. */
    private List<Integer> path(BitSet part, int from, java.util.function.IntPredicate wanted) {
        Map<Integer, Integer> via = new HashMap<>();
        Map<Integer, Integer> origin = new HashMap<>();
        Deque<Integer> due = new ArrayDeque<>(List.of(from));
        while (true) {
            int s = due.remove();
            for (int e = first[s]; e < first[s + 1]; e++) {
                if (!part.get(target[e])) {
                    continue;
                }
                if (wanted.test(e)) {
                    List<Integer> path = new ArrayList<>(List.of(e));
                    for (int at = s; at != from; at = origin.get(at)) {
                        path.add(via.get(at));
                    }
                    Collections.reverse(path);
                    return path;
                }
                if (target[e] != from && via.putIfAbsent(target[e], e) == null) {
                    origin.put(target[e], s);
                    due.add(target[e]);
                }
            }
        }
    }

    /** Tarjan's algorithm (1972) on the part of the graph that some states make, without recursion. */
    private final class StrongParts {

        private final BitSet states;
        private final Map<Integer, Integer> index = new HashMap<>();
        private final Map<Integer, Integer> lowLink = new HashMap<>();
        private final BitSet onStack = new BitSet();
        private final Deque<Integer> stack = new ArrayDeque<>();
        private final List<BitSet> parts = new ArrayList<>();

        StrongParts(BitSet states) {
            this.states = (BitSet) states.clone();
        }

        List<BitSet> find() {
            for (int s = states.nextSetBit(0); s >= 0; s = states.nextSetBit(s + 1)) {
                if (!index.containsKey(s)) {
                    visit(s);
                }
            }
            return parts;
        }

        private void visit(int root) {
            Deque<int[]> calls = new ArrayDeque<>();
            calls.push(enter(root));
            while (!calls.isEmpty()) {
                int[] call = calls.peek();
                int s = call[0];
                if (call[1] < first[s + 1]) {
                    int to = target[call[1]++];
                    if (!states.get(to)) {
                        continue;
                    }
                    if (!index.containsKey(to)) {
                        calls.push(enter(to));
                    } else if (onStack.get(to)) {
                        lowLink.merge(s, index.get(to), Math::min);
                    }
                    continue;
                }
                calls.pop();
                if (lowLink.get(s).equals(index.get(s))) {
                    parts.add(part(s));
                }
                if (!calls.isEmpty()) {
                    lowLink.merge(calls.peek()[0], lowLink.get(s), Math::min);
                }
            }
        }

        private int[] enter(int s) {
            lowLink.put(s, index.size());
            index.put(s, index.size());
            stack.push(s);
            onStack.set(s);
            return new int[] {s, first[s]};
        }

        private BitSet part(int root) {
            BitSet part = new BitSet();
            int s;
            do {
                s = stack.pop();
                onStack.clear(s);
                part.set(s);
            } while (s != root);
            return part;
        }
    }
}
