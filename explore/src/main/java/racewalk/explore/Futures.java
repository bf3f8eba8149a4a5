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

    /** What is known of one node. */
    private static final class Known {
        /** The guard that its task waits for there. */
        int guard = NONE;
        /** The guards that its task may come to from there. */
        long guards;
        /** Whether the operation may end with its step. */
        boolean mayRespond;
        /** Its futures, by the guards at which they are cut. */
        long[] cuts = new long[1];

        Future[] futures = new Future[1];
        int size;

        Future cutAt(long cut) {
            for (int i = 0; i < size; i++) {
                if (cuts[i] == cut) {
                    return futures[i];
                }
            }
            return null;
        }

        void add(long cut, Future future) {
            if (size == cuts.length) {
                cuts = Arrays.copyOf(cuts, 2 * size);
                futures = Arrays.copyOf(futures, 2 * size);
            }
            cuts[size] = cut;
            futures[size++] = future;
        }
    }

    private final World world;
    private final int words;
    private final List<Guarded> guards;
    private final Map<Guarded, Integer> numbers;
    private final Map<Future, Future> interned;
    /** By task and node. */
    private final Known[][] known;

    private final int[][] visited;
    private int visit;

    /** Reads off what is known now. */
    Futures(World world) {
        this(world, new ArrayList<>(), new HashMap<>(), new HashMap<>());
    }

    /** Reads off what is known now, and numbers guards as {@code before} does. */
    Futures(World world, Futures before) {
        this(world, before.guards, before.numbers, before.interned);
    }

    private Futures(World world, List<Guarded> guards, Map<Guarded, Integer> numbers, Map<Future, Future> interned) {
        this.world = world;
        this.words = world.values().length;
        this.guards = guards;
        this.numbers = numbers;
        this.interned = interned;
        known = new Known[world.tasks()][];
        visited = new int[world.tasks()][];
        for (int t = 0; t < known.length; t++) {
            LocalAutomaton automaton = world.model().automaton(t);
            known[t] = new Known[automaton.size()];
            visited[t] = new int[automaton.size()];
            for (int i = 0; i < known[t].length; i++) {
                known[t][i] = read(automaton.node(i));
            }
            boolean changed = true;
            while (changed) {
                changed = spreadGuards(t, automaton);
            }
        }
    }

    private Known read(Node node) {
        Known read = new Known();
        read.mayRespond = node.kind == Node.Kind.RESPOND;
        for (int i = 0; i < node.children(); i++) {
            read.mayRespond |= node.childAt(i).kind == Node.Kind.RESPOND;
        }
        if (node.blocking) {
            Guarded guard = new Guarded(node.word, node.guardMask, node.guardValue, node.guardEqual);
            if (!numbers.containsKey(guard) && guards.size() < MAX_GUARDS) {
                numbers.put(guard, guards.size());
                guards.add(guard);
            }
            read.guard = numbers.getOrDefault(guard, NONE);
            read.guards = read.guard == NONE ? 0 : 1L << read.guard;
        }
        return read;
    }

    /** From the last nodes to the first, since most nodes are older than those after them; true if anything changed. */
    private boolean spreadGuards(int task, LocalAutomaton automaton) {
        boolean changed = false;
        for (int i = known[task].length - 1; i >= 0; i--) {
            Node node = automaton.node(i);
            long before = known[task][i].guards;
            long after = before;
            for (int c = 0; c < node.children(); c++) {
                after |= known[task][node.childAt(c).serial].guards;
            }
            Node next = node.kind == Node.Kind.RESPOND ? automaton.knownRoot(node.action + 1) : null;
            if (next != null) {
                after |= known[task][next.serial].guards;
            }
            known[task][i].guards = after;
            changed |= after != before;
        }
        return changed;
    }

    /** Whether the node was known when the futures were read off. */
    boolean isKnown(int task, Node node) {
        return node.serial < known[task].length;
    }

    /**
     * Whether whoever has used {@code before}, which knew less, has used nothing else than this says: then what has
     * been learned since makes no difference to what was done.
     */
    boolean agreesWith(Futures before) {
        for (int t = 0; t < known.length; t++) {
            for (int i = 0; i < before.known[t].length; i++) {
                Known old = before.known[t][i];
                if (old.mayRespond != known[t][i].mayRespond) {
                    return false;
                }
                for (int f = 0; f < old.size; f++) {
                    // cut at the guards that were known: one that has been met since is passed, and shows
                    if (!of(t, world.model().automaton(t).node(i), old.cuts[f]).equals(old.futures[f])) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Whether the operation may end with the node's step. */
    boolean mayRespond(int task, Node node) {
        return known[task][node.serial].mayRespond;
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
        Future future = of.cutAt(cut & of.guards);
        if (future == null) {
            future = compute(task, node, cut);
            Future same = interned.putIfAbsent(future, future);
            future = same == null ? future : same;
            of.add(cut & of.guards, future);
        }
        return future;
    }

    private Future compute(int task, Node start, long cut) {
        Future future = new Future(words);
        Node next = null;
        visit++;
        Deque<Node> due = new ArrayDeque<>(List.of(start));
        while (!due.isEmpty()) {
            Node node = due.pop();
            if (!isKnown(task, node) || visited[task][node.serial] == visit) {
                continue;
            }
            visited[task][node.serial] = visit;
            int guard = known[task][node.serial].guard;
            if (guard != NONE && (cut & 1L << guard) != 0) {
                continue;
            }
            future.add(node.footprint, watchers(node.footprint));
            if (node.begins) {
                future.addInvocation(world.model().watchersOfFlight(task));
            }
            if (node.kind == Node.Kind.RESPOND) {
                future.addResponse(world.model().watchersOfFlight(task));
                next = world.model().automaton(task).knownRoot(node.action + 1);
            }
            for (int i = 0; i < node.children(); i++) {
                due.push(node.childAt(i));
            }
        }
        if (next != null && isKnown(task, next)) {
            future.add(of(task, next, cut));
        }
        return future;
    }

    /** The invariants that read what {@code print} writes. */
    long watchers(Footprint print) {
        long watchers = 0;
        for (int i = 0; i < print.size(); i++) {
            if (print.writes(i) != 0) {
                watchers |= world.model().watchers(print.word(i));
            }
        }
        return watchers;
    }
}
