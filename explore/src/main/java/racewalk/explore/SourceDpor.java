package racewalk.explore;

import java.util.Arrays;

/**
 * Source-DPOR with sleep sets (Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic partial order reduction", POPL 2014,
 * Algorithm 1): depth first without a table. From each state one task is explored; the others only where a race that
 * was seen later shows that a run which begins with them differs. Complete runs, deadlocks included, are explored once
 * for each Mazurkiewicz trace, so final states, deadlocks and violations are exact. States are not: of those between
 * independent steps only some are visited. Steps that may change words of one invariant therefore count as dependent.
 *
 * <p>Locks and awaits may be disabled by others, which Algorithm 1 excludes. So a blocked task's operation is checked
 * for races too, when the task comes to it and after every event that does not commute with it; {@link HappensBefore}
 * says which events it races with.
 *
 * <p>A step after which a rule is broken ends its run, and what the other tasks would have done is not seen. So another
 * task is explored too from the state before it, if one is awake, and the task of such a step does not sleep.
 */
final class SourceDpor extends Search {

    /** One state of the current run. */
    private static final class Point extends Frame {
        int enabled;
        /** The tasks to be explored from here, those that have been included. */
        int backtrack;
        /** The tasks whose steps break a rule in every way. */
        int broken;
        /** Whether some step from here broke no rule. */
        boolean goesOn;
        /** The task whose ways are being explored, the next of them, and whether one of them broke no rule. */
        int current;

        int nextWay;
        boolean survives;

        /** Room for the footprint of one way of the step that led here. */
        final Footprint ofWay = new Footprint();

        Point(World world) {
            super(world);
        }

        int todo() {
            return backtrack & ~sleep & ~broken;
        }
    }

    private final Independence independence;
    private final boolean checksBlocked;
    private final HappensBefore order;
    private final Footprint foreseen = new Footprint();
    private Point[] frames = new Point[256];
    private int depth;
    private long visited;
    private long sleepSetBlocked;

    SourceDpor(World world, Budget budget, Progress progress) {
        this(world, budget, progress, Footprint::commutesWith, true);
    }

    /**
     * For tests that plant defects.
     *
     * @param independence which steps commute
     * @param checksBlocked whether a blocked task's operation is checked for races
     */
    SourceDpor(World world, Budget budget, Progress progress, Independence independence, boolean checksBlocked) {
        super(world, budget, progress);
        this.independence = independence;
        this.checksBlocked = checksBlocked;
        this.order = new HappensBefore(world, independence);
    }

    /** The visited nodes of the tree of runs: a state that two runs share counts twice. */
    @Override
    protected long states() {
        return visited;
    }

    /** The runs that were given up because every task that could go on was asleep. */
    long sleepSetBlocked() {
        return sleepSetBlocked;
    }

    @Override
    protected Schedule path() {
        return Frame.path(frames, depth, world);
    }

    @Override
    protected int preemptions() {
        return Preemptions.UNKNOWN;
    }

    @Override
    protected void search() {
        if (!checkAll()) {
            return;
        }
        frame(0).sleep = 0;
        arrive(frame(0));
        while (depth >= 0) {
            Point frame = frames[depth];
            if (frame.nextWay == 0 && frame.todo() == 0 && !frame.goesOn) {
                frame.backtrack |= firstChoice(frame);
            }
            if (frame.nextWay == 0 && frame.todo() == 0) {
                leave();
            } else if (mustStop(depth)) {
                return;
            } else {
                explore(frame);
            }
        }
    }

    /** Any task that is awake would do; the one that took the last step leaves the fewest runs blocked. */
    private int firstChoice(Point frame) {
        int choices = frame.enabled & ~frame.sleep & ~frame.broken;
        boolean staysPossible = depth > 0 && (choices & 1 << frame.task) != 0;
        return staysPossible ? 1 << frame.task : Integer.lowestOneBit(choices);
    }

    private Point frame(int at) {
        if (at == frames.length) {
            frames = Arrays.copyOf(frames, 2 * at);
        }
        if (frames[at] == null) {
            frames[at] = new Point(world);
        }
        return frames[at];
    }

    /** Takes the next step from {@code frame}. */
    private void explore(Point frame) {
        if (frame.nextWay == 0) {
            frame.current = Integer.numberOfTrailingZeros(frame.todo());
            frame.survives = false;
        }
        int task = frame.current;
        int way = frame.nextWay++;
        int ways = world.ways(task);
        boolean lastWay = frame.nextWay == ways;
        if (lastWay) {
            frame.nextWay = 0;
        }
        Point next = frame(depth + 1);
        next.before(world, task, way);
        Footprint print = ways == 1 ? frame.recorded[task] : next.ofWay;
        World.Step step = world.step(task, way, print);
        transitions++;
        if (step == World.Step.MADE) {
            world.watchStep(print, task, next.from);
        }
        if (ways > 1) {
            recordWay(frame.recorded[task], way, print);
        }
        order.append(task, next.from, print, next.undoMark);
        reverseRaces(order.size() - 1, task, print);
        boolean goesOn = false;
        if (step == World.Step.MADE) {
            depth++;
            goesOn = checkSince(next.undoMark);
        } else {
            failed(step, task, way);
        }
        frame.survives |= goesOn;
        frame.goesOn |= goesOn;
        if (goesOn) {
            next.inherit(frame, print, independence);
        }
        if (lastWay && frame.survives) {
            frame.sleep |= 1 << task;
            frame.prints[task] = frame.recorded[task];
        } else if (lastWay) {
            frame.broken |= 1 << task;
        }
        if (goesOn) {
            arrive(next);
        } else if (step == World.Step.MADE) {
            maxDepth = Math.max(maxDepth, depth);
            leave();
        } else {
            order.removeLast();
        }
    }

    /** The task sleeps as a whole, with whatever any of its ways touches. */
    private static void recordWay(Footprint recorded, int way, Footprint print) {
        if (way == 0) {
            recorded.clear();
        }
        recorded.include(print);
    }

    /** Sees to it that the races found last are explored the other way round, from the states before them. */
    private void reverseRaces(int end, int task, Footprint print) {
        for (int i = 0; i < order.raceCount(); i++) {
            int race = order.race(i);
            Point before = frames[race];
            int initials = order.initials(race, end, task, print);
            if ((initials & (before.backtrack | before.sleep)) == 0) {
                int first = 1 << order.firstInitial() & before.enabled;
                before.backtrack |= first != 0 ? first : before.enabled;
            }
        }
    }

    /** The world is in the state of {@code frame}, the deepest. */
    private void arrive(Point frame) {
        visited++;
        maxDepth = Math.max(maxDepth, depth);
        frame.enabled = world.enabled();
        frame.backtrack = 0;
        frame.broken = 0;
        frame.goesOn = false;
        frame.nextWay = 0;
        if (depth > 0 && checksBlocked) {
            checkBlocked();
        }
        if (frame.enabled == 0) {
            ended();
        } else if ((frame.enabled & ~frame.sleep) == 0) {
            sleepSetBlocked++;
        }
    }

    private void checkBlocked() {
        for (int task = 0; task < world.tasks(); task++) {
            if (world.isBlocked(task)) {
                world.foresee(task, foreseen);
                if (order.lastConcerns(task, foreseen)) {
                    order.findRaces(task, foreseen);
                    reverseRaces(order.size(), task, foreseen);
                }
            }
        }
    }

    private void leave() {
        Point frame = frames[depth];
        if (depth > 0) {
            frame.takeBack(world);
            order.removeLast();
        }
        depth--;
    }
}
