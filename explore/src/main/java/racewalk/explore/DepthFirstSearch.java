package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import racewalk.machine.ScopeExceeded;

/**
 * Depth-first search with a table of visited states, and, if wished, with sleep sets (Godefroid 1996): after a task has
 * been explored from a state it sleeps in what is explored next, until a step that does not commute with its own. Sleep
 * sets save steps and never a state; so invariants of states, deadlocks and the observer are all exact.
 *
 * <p>One such search is one worker of a {@link Crew}.
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

    /** To hand over work takes as long as some hundred steps; where little is left it is not worth it. */
    private static final int STEPS_BETWEEN_GIFTS = 300;

    private final Independence independence;
    private final Crew crew;
    private final StateTable table;
    private final PersistentSets persistent;
    private long nodes;
    private long nextGift;
    /** Written and never read: keeps {@link StateTable#touch} alive. */
    private long touched;

    private Frame[] frames = new Frame[256];
    private int depth = -1;

    /** A search by one worker, with as much memory as it needs. */
    DepthFirstSearch(World world, Budget budget, Progress progress, Independence independence) {
        this(world, budget, progress, independence, new Crew(new StateTable(Long.MAX_VALUE)));
    }

    /**
     * One more worker of {@code crew}.
     *
     * @param independence which steps commute: {@link #NOTHING_COMMUTES} for a search without sleep sets
     * @param crew whose table may be null: then every run is explored to its end, whatever states it meets
     */
    DepthFirstSearch(World world, Budget budget, Progress progress, Independence independence, Crew crew) {
        this(world, budget, progress, independence, crew, null);
    }

    /** As above, and from each state only a persistent set is explored; {@code persistent} may be null. */
    DepthFirstSearch(
            World world,
            Budget budget,
            Progress progress,
            Independence independence,
            Crew crew,
            PersistentSets persistent) {
        super(world, budget, progress);
        if (crew.table() != null && world.tasks() > StateTable.MAX_TASKS) {
            throw new ScopeExceeded("a search with a table has at most " + StateTable.MAX_TASKS + " tasks");
        }
        this.independence = independence;
        this.crew = crew;
        this.persistent = persistent;
        this.table = crew.table();
        crew.join(this);
    }

    @Override
    protected long states() {
        return table == null ? nodes : table.size();
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
        for (Stack stack = crew.next(); stack != null; stack = crew.next()) {
            try {
                takeUp(stack);
                goOn();
            } finally {
                if (depth >= 0) {
                    crew.end(); // a limit, or an error: there is no verdict any more
                }
                crew.finished();
            }
        }
    }

    private void goOn() {
        while (depth >= 0) {
            Frame frame = frames[depth];
            if (frame.todo == 0) {
                leave();
                continue;
            }
            if (crew.isCalling() && !crew.attend()) {
                return;
            }
            if (crew.isHungry() && transitions >= nextGift) {
                leaveSomeWork();
                nextGift = transitions + STEPS_BETWEEN_GIFTS;
            }
            if (mustStop(depth)) {
                return;
            }
            if (frame.todo == Stack.ARRIVING) {
                arrive(frame);
            } else if (frame.todo != 0) {
                explore(frame);
            }
        }
    }

    @Override
    protected void atPoll() {
        if (table != null && table.isTight()) {
            crew.alone(() -> {
                if (table.isTight()) {
                    table.grow();
                }
            });
        }
        crew.keepIfDue();
    }

    @Override
    protected Status status() {
        return crew.status();
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
        Footprint print = frame.recorded[task];
        boolean anotherWayResponds = way > 0 && print.responds();
        remember(next, task, way);
        World.Step step = world.step(task, way, print);
        transitions++;
        if (step != World.Step.MADE) {
            failed(step, task, way);
            return;
        }
        if (table != null) {
            touched = table.touch(world.low());
        }
        if (anotherWayResponds) {
            print.setResponds(); // the task sleeps as a whole, with whatever any of its ways touches
        }
        next.sleep = stillAsleep(frame, next, print);
        if (lastWay) {
            frame.sleep |= 1 << task;
            frame.prints[task] = print;
        }
        next.todo = Stack.ARRIVING;
        next.nextWay = 0;
        depth++;
        arrive(next);
    }

    /** Notes in {@code next} how to undo the step that is about to be taken. */
    private void remember(Frame next, int task, int way) {
        next.task = task;
        next.way = way;
        next.from = world.node(task);
        next.undoMark = world.undoMark();
        next.observed = world.observed();
        next.low = world.low();
        next.high = world.high();
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
    private void arrive(Frame frame) {
        maxDepth = Math.max(maxDepth, depth);
        boolean goesOn = depth == 0 ? checkAll() : checkSince(frame.undoMark);
        if (!goesOn) {
            frame.todo = 0;
            return;
        }
        int enabled = world.enabled();
        if (table == null) {
            nodes++;
            frame.todo = enabled & ~frame.sleep;
        } else {
            int visit = table.visit(world.low(), world.high(), frame.sleep);
            if (visit == StateTable.FULL) {
                makeRoom(); // the frame is arriving still
                return;
            }
            frame.todo = enabled & ~StateTable.leavesOut(visit);
            frame.sleep = StateTable.sleeps(visit);
        }
        if (persistent != null && frame.todo != 0) {
            frame.todo &= persistent.of(enabled);
        }
        if (enabled == 0) {
            ended();
        }
    }

    private void makeRoom() {
        crew.alone(() -> {
            if (!table.grow()) {
                meet("the memory for states was full: " + table.bytes() / 1_000_000 + " MB");
                crew.end();
            }
        });
    }

    private void leave() {
        Frame frame = frames[depth];
        if (depth > 0) {
            world.undo(frame.undoMark, frame.task, frame.from, frame.observed, frame.low, frame.high);
        }
        depth--;
    }

    /** Gives one task that is still to be explored, as early in the run as possible, to a worker who has nothing. */
    private void leaveSomeWork() {
        for (int at = 0; at <= depth; at++) {
            Frame frame = frames[at];
            if (frame.todo == Stack.ARRIVING) {
                return;
            }
            int free = frame.nextWay == 0 ? frame.todo : frame.todo & frame.todo - 1;
            if (free != 0) {
                int given = Integer.highestOneBit(free);
                List<Stack.Level> levels = new ArrayList<>();
                for (int i = 0; i < at; i++) {
                    levels.add(level(frames[i], 0));
                }
                levels.add(new Stack.Level(frame.task, frame.way, given, 0, null, frame.sleep, prints(frame)));
                frame.todo &= ~given;
                crew.leave(new Stack(levels));
                return;
            }
        }
    }

    /** What this worker would have to do to finish. Only while it rests or after it has ended. */
    Stack stack() {
        List<Stack.Level> levels = new ArrayList<>();
        for (int i = 0; i <= depth; i++) {
            levels.add(level(frames[i], frames[i].todo));
        }
        return new Stack(levels);
    }

    private static Stack.Level level(Frame frame, int todo) {
        if (todo == 0) {
            return new Stack.Level(frame.task, frame.way, 0, 0, null, 0, List.of());
        }
        Footprint begun = frame.nextWay == 0 ? null : frame.recorded[Integer.numberOfTrailingZeros(todo)].copy();
        return new Stack.Level(frame.task, frame.way, todo, frame.nextWay, begun, frame.sleep, prints(frame));
    }

    private static List<Footprint> prints(Frame frame) {
        Footprint[] prints = new Footprint[frame.prints.length];
        for (int rest = frame.sleep; rest != 0; rest &= rest - 1) {
            int sleeper = Integer.numberOfTrailingZeros(rest);
            prints[sleeper] = frame.prints[sleeper].copy();
        }
        return Arrays.asList(prints);
    }

    /** Goes where {@code stack} is. */
    private void takeUp(Stack stack) {
        world.restart();
        for (depth = 0; depth < stack.levels().size(); depth++) {
            Stack.Level level = stack.levels().get(depth);
            Frame frame = frame(depth);
            if (depth > 0) {
                remember(frame, level.task(), level.way());
                world.step(level.task(), level.way(), new Footprint());
            }
            frame.todo = level.todo();
            frame.nextWay = level.nextWay();
            frame.sleep = level.sleep();
            level.prints().toArray(frame.prints);
            if (level.begun() != null) {
                frame.recorded[Integer.numberOfTrailingZeros(level.todo())] =
                        level.begun().copy();
            }
        }
        depth--;
    }
}
