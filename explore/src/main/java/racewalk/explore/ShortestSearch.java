package racewalk.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Visits states in the order of the fewest preemptions that lead to them, then of the fewest steps; so the first run
 * that violates a property is the one with the fewest preemptions, and the shortest among those. The graph's nodes are
 * pairs of a state and the task that took the last step, because the next step's cost depends on it.
 */
final class ShortestSearch extends Search {

    /** A step that is to be taken: from a copied state, at a known cost. */
    private record Edge(World.Snapshot from, int parent, int task, int way) {}

    private final Set<String> wanted;
    private final StateTable table;
    /** For each visited pair the step that led to it and the pair before: a tree of paths. */
    private int[] parents = new int[1 << 12];

    private byte[] tasks = new byte[1 << 12];
    private short[] ways = new short[1 << 12];
    private boolean isFull;
    private int visited;
    private int current;
    private int preemptions;
    private final Footprint scratch = new Footprint();

    /** @param wanted the properties to find: the search ends when all are found; empty for everything there is */
    ShortestSearch(World world, Budget budget, Progress progress, Set<String> wanted, long memory) {
        super(world, budget, progress);
        this.wanted = wanted;
        this.table = new StateTable(memory);
    }

    @Override
    protected long states() {
        return table.size();
    }

    @Override
    protected int preemptions() {
        return preemptions;
    }

    @Override
    protected Schedule path() {
        List<Schedule.Choice> steps = new ArrayList<>();
        for (int at = current; at > 0; at = parents[at]) {
            steps.add(new Schedule.Choice(tasks[at], ways[at]));
        }
        Collections.reverse(steps);
        return new Schedule(steps);
    }

    /** The steps to be taken at one number of preemptions, by the length of the run. */
    private static final class Bucket {
        final Map<Integer, ArrayDeque<Edge>> byLength = new HashMap<>();
        int longest;

        void add(int length, Edge edge) {
            byLength.computeIfAbsent(length, _ -> new ArrayDeque<>()).add(edge);
            longest = Math.max(longest, length);
        }
    }

    @Override
    protected void search() {
        Bucket now = new Bucket();
        Bucket next = new Bucket();
        settle(0, Preemptions.NOBODY, 0);
        if (checkAll()) {
            expand(Preemptions.NOBODY, 0, now, next);
        }
        while (!now.byLength.isEmpty()) {
            for (int length = 0; length <= now.longest; length++) {
                ArrayDeque<Edge> edges = now.byLength.remove(length);
                while (edges != null && !edges.isEmpty()) {
                    if (mustStop(length) || isFull || isSatisfied()) {
                        return;
                    }
                    take(edges.poll(), length, now, next);
                }
            }
            now = next;
            next = new Bucket();
            preemptions++;
        }
    }

    private boolean isSatisfied() {
        return !wanted.isEmpty() && found().containsAll(wanted);
    }

    private void take(Edge edge, int length, Bucket now, Bucket next) {
        maxDepth = Math.max(maxDepth, length);
        world.restore(edge.from);
        current = edge.parent;
        World.Step step = world.step(edge.task, edge.way, scratch);
        transitions++;
        if (step != World.Step.MADE) {
            failed(step, edge.task, edge.way);
            return;
        }
        if (!isNew(edge.task)) {
            return;
        }
        settle(edge.parent, edge.task, edge.way);
        if (checkSince(0)) {
            expand(edge.task, length, now, next);
        }
    }

    /** Whether the pair of the current state and {@code task} is visited for the first time. */
    private boolean isNew(int task) {
        long low = world.low() ^ world.model().fingerprint().low(Integer.MAX_VALUE, task);
        long high = world.high() ^ world.model().fingerprint().high(Integer.MAX_VALUE, task);
        if (table.isTight()) {
            table.grow();
        }
        int visit = table.visit(low, high, 0);
        if (visit == StateTable.FULL) {
            meet("the memory for states was full: " + table.bytes() / 1_000_000 + " MB");
            isFull = true;
        }
        return visit != StateTable.FULL && StateTable.isNew(visit);
    }

    private void settle(int parent, int task, int way) {
        if (visited == parents.length) {
            parents = Arrays.copyOf(parents, 2 * visited);
            tasks = Arrays.copyOf(tasks, 2 * visited);
            ways = Arrays.copyOf(ways, 2 * visited);
        }
        parents[visited] = parent;
        tasks[visited] = (byte) task;
        ways[visited] = (short) way;
        current = visited++;
    }

    private void expand(int last, int length, Bucket now, Bucket next) {
        int enabled = world.enabled();
        if (enabled == 0) {
            ended();
            return;
        }
        World.Snapshot here = world.snapshot();
        for (int rest = enabled; rest != 0; rest &= rest - 1) {
            int task = Integer.numberOfTrailingZeros(rest);
            Bucket bucket = Preemptions.of(world, last, task) == 0 ? now : next;
            for (int way = 0; way < world.ways(task); way++) {
                bucket.add(length + 1, new Edge(here, current, task, way));
            }
        }
    }
}
