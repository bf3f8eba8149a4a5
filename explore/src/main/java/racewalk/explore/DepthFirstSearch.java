package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Depth-first search with a table of visited states, and, if wished, with sleep sets (Godefroid 1996): after a task has
 * been explored from a state it sleeps in what is explored next, until a step that does not commute with its own. Sleep
 * sets save steps and never a state; so invariants of states, deadlocks and the observer are all exact.
 */
final class DepthFirstSearch extends Search {

    /** A relation of steps: symmetric, and only between steps that lead to the same state in either order. */
    @FunctionalInterface
    interface Independence {
        boolean commute(Footprint one, Footprint other);
    }

    /** Every order of steps is explored. */
    static final Independence NOTHING_COMMUTES = (one, other) -> false;

    /** One state of the current run. */
    private static final class Frame {
        /** The step that led here, to be undone. */
        int task;

        int way;
        Node from;
        int undoMark;
        int observed;
        long low;
        long high;
        /** The tasks that are still to be explored, and the next way of the first of them. */
        int todo;

        int nextWay;
        /** The tasks that sleep, with the footprints of their steps. */
        int sleep;

        final Footprint[] prints;
        /** Room for the footprints of the steps taken from here. */
        final Footprint[] recorded;

        Frame(int tasks) {
            prints = new Footprint[tasks];
            recorded = new Footprint[tasks];
            Arrays.setAll(recorded, _ -> new Footprint());
        }
    }

    private final Independence independence;
    private final StateTable table = new StateTable();
    private Frame[] frames = new Frame[256];
    private int depth;

    /** @param independence which steps commute: {@link #NOTHING_COMMUTES} for a search without sleep sets */
    DepthFirstSearch(World world, Budget budget, Progress progress, Independence independence) {
        super(world, budget, progress);
        this.independence = independence;
    }

    @Override
    protected long states() {
        return table.size();
    }

    @Override
    protected Schedule path() {
        List<Schedule.Choice> steps = new ArrayList<>();
        for (int i = 1; i <= depth; i++) {
            steps.add(new Schedule.Choice(frames[i].task, frames[i].way));
        }
        return new Schedule(steps);
    }

    @Override
    protected int preemptions() {
        return Preemptions.UNKNOWN;
    }

    @Override
    protected void search() {
        arrive(frame(0), checkAll());
        while (depth >= 0) {
            Frame frame = frames[depth];
            if (frame.todo == 0) {
                leave();
            } else if (mustStop(depth)) {
                return;
            } else {
                explore(frame);
            }
        }
    }

    private Frame frame(int at) {
        if (at == frames.length) {
            frames = Arrays.copyOf(frames, 2 * at);
        }
        if (frames[at] == null) {
            frames[at] = new Frame(world.tasks());
        }
        return frames[at];
    }

    /** Takes the next step from {@code frame}. */
    private void explore(Frame frame) {
        int task = Integer.numberOfTrailingZeros(frame.todo);
        int way = frame.nextWay++;
        boolean lastWay = frame.nextWay == world.ways(task);
        if (lastWay) {
            frame.nextWay = 0;
            frame.todo &= frame.todo - 1;
        }
        Frame next = frame(depth + 1);
        next.task = task;
        next.way = way;
        next.from = world.node(task);
        next.undoMark = world.undoMark();
        next.observed = world.observed();
        next.low = world.low();
        next.high = world.high();
        Footprint print = frame.recorded[task];
        boolean anotherWayResponds = way > 0 && print.responds();
        World.Step step = world.step(task, way, print);
        transitions++;
        if (step != World.Step.MADE) {
            failed(step, task, way);
            return;
        }
        if (anotherWayResponds) {
            print.setResponds(); // the task sleeps as a whole, with whatever any of its ways touches
        }
        next.sleep = stillAsleep(frame, next, print);
        if (lastWay) {
            frame.sleep |= 1 << task;
            frame.prints[task] = print;
        }
        depth++;
        arrive(next, checkSince(next.undoMark));
    }

    /** The sleepers of {@code frame} whose steps commute with the step just taken; their footprints go with them. */
    private int stillAsleep(Frame frame, Frame next, Footprint print) {
        int asleep = 0;
        for (int rest = frame.sleep; rest != 0; rest &= rest - 1) {
            int sleeper = Integer.numberOfTrailingZeros(rest);
            if (independence.commute(frame.prints[sleeper], print)) {
                asleep |= 1 << sleeper;
                next.prints[sleeper] = frame.prints[sleeper];
            }
        }
        return asleep;
    }

    /**
     * The world is in the state of {@code frame}, the deepest: decides what to explore from it. A state after which
     * nothing means anything is the end of its run and not counted.
     */
    private void arrive(Frame frame, boolean goesOn) {
        frame.nextWay = 0;
        maxDepth = Math.max(maxDepth, depth);
        if (!goesOn) {
            frame.todo = 0;
            return;
        }
        int visit = table.visit(world.low(), world.high(), frame.sleep);
        int enabled = world.enabled();
        frame.todo = enabled & ~visit;
        frame.sleep = visit >>> Byte.SIZE;
        if (enabled == 0) {
            ended();
        }
    }

    private void leave() {
        Frame frame = frames[depth];
        if (depth > 0) {
            world.undo(frame.undoMark, frame.task, frame.from, frame.observed, frame.low, frame.high);
        }
        depth--;
    }
}
