package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import racewalk.machine.ScopeExceeded;

/**
 * Depth-first search with a table of visited states, and, if wished, with sleep sets (Godefroid 1996): after a task has
 * been explored from a state it sleeps in what is explored next, until a step that does not commute with its own. Sleep
 * sets save steps and never a state; so invariants of states, deadlocks and the observer are all exact.
 *
 * <p>One such search is one worker of a {@link Crew}. Where the table is larger than the processor's caches, a worker
 * is on several runs at once, taking a step of each in turn: so it waits for the table once for all of them.
 */
final class DepthFirstSearch extends Search {

    /** To hand over work takes as long as some hundred steps; where little is left it is not worth it. */
    private static final int STEPS_BETWEEN_GIFTS = 300;

    /**
     * On how many runs a worker is at once.
     *
     * @param count how many at most
     * @param fromStates how many states the table has before there is more than one
     * @param patience how many steps there are between two that split a run
     */
    record Lanes(int count, long fromStates, int patience) {
        static final Lanes ONE = new Lanes(1, 0, 0);
        /** Beyond some hundred thousand states the table is no more in a cache. */
        static final Lanes STANDARD = new Lanes(8, 1 << 18, STEPS_BETWEEN_GIFTS);
    }

    /** Is told of every state when it is met for the first time. */
    Consumer<World> onNew = _ -> {};

    /** Whether invariants are evaluated: not if another search has done it. */
    boolean evaluates = true;

    private final Independence independence;
    private final Crew crew;
    private final StateTable table;
    private final PersistentSets persistent;
    private final Lanes wished;
    private final List<Lane> lanes = new ArrayList<>();
    /** The lane that has the current step. */
    private Lane lane;

    private long nodes;
    private long nextGift;
    private long nextSplit;
    /** Written and never read: keeps {@link StateTable#touch} alive. */
    private long touched;

    /** A search by one worker, with as much memory as it needs. */
    DepthFirstSearch(World world, Budget budget, Progress progress, Independence independence) {
        this(world, budget, progress, independence, new Crew(new StateTable(Long.MAX_VALUE)));
    }

    /**
     * One more worker of {@code crew}.
     *
     * @param independence which steps commute: {@link Independence#NOTHING} for a search without sleep sets
     * @param crew whose table may be null: then every run is explored to its end, whatever states it meets
     */
    DepthFirstSearch(World world, Budget budget, Progress progress, Independence independence, Crew crew) {
        this(world, budget, progress, independence, crew, crew.table() == null ? Lanes.ONE : Lanes.STANDARD);
    }

    /** As above; {@code lanes} is one if there is no table. */
    DepthFirstSearch(World world, Budget budget, Progress progress, Independence independence, Crew crew, Lanes lanes) {
        this(world, budget, progress, independence, crew, lanes, null);
    }

    /** On one run at a time, and from each state only a persistent set is explored. */
    DepthFirstSearch(
            World world,
            Budget budget,
            Progress progress,
            Independence independence,
            Crew crew,
            PersistentSets persistent) {
        this(world, budget, progress, independence, crew, Lanes.ONE, persistent);
    }

    private DepthFirstSearch(
            World world,
            Budget budget,
            Progress progress,
            Independence independence,
            Crew crew,
            Lanes wished,
            PersistentSets persistent) {
        super(world, budget, progress);
        if (crew.table() != null && world.tasks() > StateTable.MAX_TASKS) {
            throw new ScopeExceeded("a search with a table has at most " + StateTable.MAX_TASKS + " tasks");
        }
        this.independence = independence;
        this.crew = crew;
        this.persistent = persistent;
        this.table = crew.table();
        this.wished = wished;
        lane = new Lane(world);
        lanes.add(lane);
        widen();
        crew.join(this);
    }

    @Override
    protected long states() {
        return table == null ? nodes : table.size();
    }

    @Override
    protected Schedule path() {
        return lane.path();
    }

    @Override
    protected int preemptions() {
        return Preemptions.UNKNOWN;
    }

    @Override
    protected void search() {
        for (Stack stack = crew.next(); stack != null; stack = crew.next()) {
            try {
                lane.takeUp(stack);
                goOn();
            } finally {
                if (lanes.stream().anyMatch(Lane::isBusy)) {
                    crew.end(); // a limit, or an error: there is no verdict any more
                }
                crew.finished();
            }
        }
    }

    private void goOn() {
        boolean busy = true;
        while (busy) {
            if (crew.isCalling() && !crew.attend()) {
                return;
            }
            shareWork();
            busy = false;
            for (int i = 0; i < lanes.size(); i++) {
                lane = lanes.get(i);
                world = lane.world;
                if (lane.isBusy() && !advance()) {
                    return;
                }
                busy |= lane.isBusy();
            }
            touchAll();
        }
    }

    /** Takes the next step of the lane, if it has any; false if a limit has been met. */
    private boolean advance() {
        Lane.Place place = lane.top();
        if (place.todo == Stack.ARRIVING) {
            arrive(place);
        }
        while (place.todo == 0) {
            lane.ascend();
            if (!lane.isBusy()) {
                return true;
            }
            place = lane.top();
        }
        if (mustStop(lane.depth())) {
            return false;
        }
        if (place.todo != Stack.ARRIVING) {
            explore(place);
        }
        return true;
    }

    /** Has the processor fetch what the arrivals will look up, all at once. */
    private void touchAll() {
        if (table == null) {
            return;
        }
        long sum = 0;
        for (int i = 0; i < lanes.size(); i++) {
            World on = lanes.get(i).world;
            sum += table.touch(on.lowAs(on.representative()));
        }
        touched = sum;
    }

    /** Gives some work to other workers who have nothing, or else to other lanes. */
    private void shareWork() {
        if (crew.isHungry() && transitions >= nextGift) {
            nextGift = transitions + STEPS_BETWEEN_GIFTS;
            Stack gift = split();
            if (gift != null) {
                crew.leave(gift);
            }
        } else if (lanes.size() > 1 && transitions >= nextSplit) {
            nextSplit = transitions + wished.patience;
            for (Lane idle : lanes) {
                Stack gift = idle.isBusy() ? null : split();
                if (gift != null) {
                    idle.takeUp(gift);
                    return;
                }
            }
        }
    }

    private Stack split() {
        for (Lane busy : lanes) {
            Stack gift = busy.split();
            if (gift != null) {
                return gift;
            }
        }
        return null;
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
        widen();
        crew.keepIfDue();
    }

    private void widen() {
        while (lanes.size() < wished.count && table.size() >= wished.fromStates) {
            lanes.add(new Lane(new World(world.model())));
        }
    }

    @Override
    protected Status status() {
        return crew.status();
    }

    /** Takes the next step from {@code place}. */
    private void explore(Lane.Place place) {
        int task = Integer.numberOfTrailingZeros(place.todo);
        int way = place.nextWay++;
        boolean lastWay = place.nextWay == world.ways(task);
        if (lastWay) {
            place.nextWay = 0;
            place.todo &= place.todo - 1;
        }
        Lane.Place next = lane.next();
        Footprint print = place.recorded[task];
        boolean anotherWayResponds = way > 0 && print.responds();
        next.before(world, task, way);
        World.Step step = world.step(task, way, print);
        transitions++;
        if (step != World.Step.MADE) {
            failed(step, task, way);
            return;
        }
        if (anotherWayResponds) {
            print.setResponds(); // the task sleeps as a whole, with whatever any of its ways touches
        }
        next.inherit(place, print, independence);
        if (lastWay) {
            place.sleep |= 1 << task;
            place.prints[task] = print;
        }
        next.todo = Stack.ARRIVING;
        next.nextWay = 0;
        lane.descend();
    }

    /**
     * The world is in the state of {@code place}: decides what to explore from it. A state after which nothing means
     * anything is the end of its run and not counted.
     */
    private void arrive(Lane.Place place) {
        maxDepth = Math.max(maxDepth, lane.depth());
        if (lane.depth() == 0 ? !checkAll() : world.isAtEnd(place.task) && !checkSince(place.undoMark)) {
            place.todo = 0;
            return;
        }
        int enabled = world.enabled();
        boolean isNew = true;
        if (table == null) {
            nodes++;
            place.todo = enabled & ~place.sleep;
        } else {
            int as = world.representative();
            int visit = table.visit(world.lowAs(as), world.highAs(as), renamed(as, place.sleep));
            if (visit == StateTable.FULL) {
                makeRoom(); // it is arriving still
                return;
            }
            isNew = StateTable.isNew(visit);
            place.todo = enabled & ~renamedBack(as, StateTable.leavesOut(visit));
            place.sleep = renamedBack(as, StateTable.sleeps(visit));
        }
        if (isNew && lane.depth() > 0 && evaluates) {
            checkSince(place.undoMark); // all that was not written since holds as it did in the state before
        }
        if (isNew) {
            onNew.accept(world);
        }
        if (persistent != null && place.todo != 0) {
            place.todo &= persistent.of(enabled);
        }
        if (enabled == 0) {
            ended();
        }
    }

    private int renamed(int renaming, int set) {
        return renaming < 0 ? set : world.model().renamings()[renaming].mask(set);
    }

    private int renamedBack(int renaming, int set) {
        return renaming < 0 ? set : world.model().renamings()[renaming].maskBack(set);
    }

    private void makeRoom() {
        crew.alone(() -> {
            if (!table.grow()) {
                meet("the memory for states was full: " + table.bytes() / 1_000_000 + " MB");
                crew.end();
            }
        });
    }

    /** What this worker would have to do to finish. Only while it rests or after it has ended. */
    List<Stack> stacks() {
        return lanes.stream().filter(Lane::isBusy).map(Lane::stack).toList();
    }
}
