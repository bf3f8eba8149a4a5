package racewalk.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each task may still do from each of its local states, read off the automata as far as they are known at one
 * time.
 *
 * <p>A task that waits for a guard which is closed, and which nobody opens, goes no further: a future may be cut there.
 * Guards are numbered, and a set of them is a mask.
 */
final class Futures {

    private static final int MAX_GUARDS = Long.SIZE;
    private static final int NONE = -1;

    private record Guarded(int word, long mask, long value, boolean equal) {}

    /** The futures of one node, by the guards at which they are cut. */
    private static final class Known {
        final long guards;
        final List<Future> futures = new ArrayList<>();
        long[] cuts = new long[2];

        Known(long guards) {
            this.guards = guards;
        }

        Future cutAt(long cut) {
            for (int i = 0; i < futures.size(); i++) {
                if (cuts[i] == cut) {
                    return futures.get(i);
                }
            }
            return null;
        }

        void add(long cut, Future future) {
            if (futures.size() == cuts.length) {
                cuts = Arrays.copyOf(cuts, 2 * cuts.length);
            }
            cuts[futures.size()] = cut;
            futures.add(future);
        }
    }

    private final World world;
    private final int words;
    private final List<Guarded> guards = new ArrayList<>();
    private final Map<Guarded, Integer> numbers = new HashMap<>();
    private final Map<Future, Future> interned = new HashMap<>();
    /** For each task and node what is known, and the number of the guard that it waits for. */
    private final Known[][] known;

    private final int[][] guardOf;
    private final int[][] visited;
    private int visit;

    /** Reads off what is known now. */
    Futures(World world) {
        this.world = world;
        this.words = world.values().length;
        int tasks = world.tasks();
        known = new Known[tasks][];
        guardOf = new int[tasks][];
        visited = new int[tasks][];
        for (int t = 0; t < tasks; t++) {
            int size = world.automaton(t).size();
            known[t] = new Known[size];
            guardOf[t] = new int[size];
            visited[t] = new int[size];
            Arrays.fill(guardOf[t], NONE);
            for (int action = 0; world.automaton(t).knownRoot(action) != null; action++) {
                number(t, world.automaton(t).knownRoot(action));
            }
        }
    }

    private void number(int task, Node root) {
        visit++;
        Deque<Node> due = new ArrayDeque<>(List.of(root));
        while (!due.isEmpty()) {
            Node node = due.pop();
            if (!isKnown(task, node) || visited[task][node.serial] == visit) {
                continue;
            }
            visited[task][node.serial] = visit;
            if (node.blocking) {
                Guarded guard = new Guarded(node.word, node.guardMask, node.guardValue, node.guardEqual);
                if (!numbers.containsKey(guard) && guards.size() < MAX_GUARDS) {
                    numbers.put(guard, guards.size());
                    guards.add(guard);
                }
                guardOf[task][node.serial] = numbers.getOrDefault(guard, NONE);
            }
            addChildren(node, due);
        }
    }

    private static void addChildren(Node node, Deque<Node> due) {
        for (int i = 0; i < node.children(); i++) {
            due.push(node.childAt(i));
        }
    }

    /** Whether the node was known when the futures were read off. */
    boolean isKnown(int task, Node node) {
        return node.serial < known[task].length;
    }

    /** The guards that are closed in the world's state. */
    long closedGuards() {
        long[] values = world.values();
        long closed = 0;
        for (int g = 0; g < guards.size(); g++) {
            Guarded guard = guards.get(g);
            if (((values[guard.word] & guard.mask) == guard.value) != guard.equal) {
                closed |= 1L << g;
            }
        }
        return closed;
    }

    /** Those of {@code cut} that {@code future} may open. */
    long openedBy(Future future, long cut) {
        long opened = 0;
        for (long rest = cut; rest != 0; rest &= rest - 1) {
            int number = Long.numberOfTrailingZeros(rest);
            if (future.mayWrite(guards.get(number).word, guards.get(number).mask)) {
                opened |= 1L << number;
            }
        }
        return opened;
    }

    /**
     * What the task may do from {@code node}, which is known, as long as it waits where it meets a guard of {@code
     * cut}.
     */
    Future of(int task, Node node, long cut) {
        Known of = known[task][node.serial];
        if (of == null) {
            of = new Known(guardsAfter(task, node));
            known[task][node.serial] = of;
        }
        Future future = of.cutAt(cut & of.guards);
        if (future == null) {
            future = compute(task, node, cut);
            Future same = interned.putIfAbsent(future, future);
            future = same == null ? future : same;
            of.add(cut & of.guards, future);
        }
        return future;
    }

    private long guardsAfter(int task, Node start) {
        long mask = 0;
        visit++;
        Deque<Node> due = new ArrayDeque<>(List.of(start));
        while (!due.isEmpty()) {
            Node node = due.pop();
            if (!isKnown(task, node) || visited[task][node.serial] == visit) {
                continue;
            }
            visited[task][node.serial] = visit;
            if (guardOf[task][node.serial] != NONE) {
                mask |= 1L << guardOf[task][node.serial];
            }
            addChildren(node, due);
            if (node.kind == Node.Kind.RESPOND) {
                Node next = world.automaton(task).knownRoot(node.action + 1);
                if (next != null) {
                    due.push(next);
                }
            }
        }
        return mask;
    }

    private Future compute(int task, Node start, long cut) {
        Future future = new Future(words);
        boolean ends = false;
        int lastAction = start.action;
        visit++;
        Deque<Node> due = new ArrayDeque<>(List.of(start));
        while (!due.isEmpty()) {
            Node node = due.pop();
            if (!isKnown(task, node) || visited[task][node.serial] == visit) {
                continue;
            }
            visited[task][node.serial] = visit;
            int guard = guardOf[task][node.serial];
            if (guard != NONE && (cut & 1L << guard) != 0) {
                continue;
            }
            future.add(node.footprint, watchers(node.footprint));
            if (node.begins) {
                future.addInvocation(world.watchersOfFlight(task));
            }
            if (node.kind == Node.Kind.RESPOND) {
                future.addResponse(world.watchersOfFlight(task));
                ends = true;
                lastAction = node.action;
            }
            addChildren(node, due);
        }
        Node next = ends ? world.automaton(task).knownRoot(lastAction + 1) : null;
        if (next != null && isKnown(task, next)) {
            future.add(of(task, next, cut));
        }
        return future;
    }

    /** Whether the operation may end with the node's step. */
    boolean mayRespond(Node node) {
        for (int i = 0; i < node.children(); i++) {
            if (node.childAt(i).kind == Node.Kind.RESPOND) {
                return true;
            }
        }
        return node.kind == Node.Kind.RESPOND;
    }

    /** The invariants that read what {@code print} writes. */
    long watchers(Footprint print) {
        long watchers = 0;
        for (int i = 0; i < print.size(); i++) {
            if (print.writes(i) != 0) {
                watchers |= world.watchers(print.word(i));
            }
        }
        return watchers;
    }
}
