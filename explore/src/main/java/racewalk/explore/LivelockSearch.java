package racewalk.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import racewalk.machine.BrokenRule.Rule;

/**
 * Looks for a livelock: a run that goes round for ever although every task that can take a step again and again takes
 * one at some time (strong fairness). An operation that ends never comes again, so no such run ends an operation; and a
 * loop that would end if the others were let on is not reported.
 *
 * <p>Whoever can take a step in such a round is in an operation in which it may go round. So the graph has only the
 * states in which everybody who can take a step is in such an operation, with all their steps: sleep sets and
 * persistent sets leave out steps, and with them rounds. It is kept in memory. A search with sleep sets meets all
 * states, and so those.
 */
final class LivelockSearch extends Search {

    private final Budget budget;
    private final long memory;
    private List<BitSet> goingRound = List.of();
    private StateGraph graph = new StateGraph();
    private final Footprint scratch = new Footprint();
    private Schedule lasso = new Schedule(List.of());
    private int expanded;

    LivelockSearch(World world, Budget budget, long memory, Progress progress) {
        super(world, budget, progress);
        this.budget = budget;
        this.memory = memory;
    }

    @Override
    protected long states() {
        return graph.size();
    }

    @Override
    protected Schedule path() {
        return lasso;
    }

    @Override
    protected int preemptions() {
        return Preemptions.UNKNOWN;
    }

    @Override
    protected void search() {
        long began = System.nanoTime();
        long known;
        do { // until no task has done anything new: what may go round is known only then
            known = world.model().knowledge();
            goingRound = world.model().goingRound();
            graph = new StateGraph();
            expanded = 0;
            DepthFirstSearch every = everyState(budget.since(began));
            every.onNew = this::grow;
            String limit = every.run().limit();
            if (limit != null) {
                meet(limit);
                return;
            }
        } while (world.model().knowledge() != known);
        BitSet part = graph.fairPart();
        Schedule run = part == null ? null : runTo(graph.start(part), budget.since(began));
        if (run != null) {
            List<Schedule.Choice> steps = new ArrayList<>(run.steps());
            steps.addAll(graph.lasso(part).steps());
            lasso = new Schedule(steps);
            found(Rule.LIVELOCK.title(), message());
        }
    }

    private DepthFirstSearch everyState(Budget within) {
        Crew alone = new Crew(new StateTable(memory));
        World other = new World(world.model());
        DepthFirstSearch every = new DepthFirstSearch(other, within, Progress.NONE, Footprint::commutesWith, alone);
        every.evaluates = false;
        return every;
    }

    /** A run to a state of the graph; null if a limit was met before it. */
    private Schedule runTo(int state, Budget within) {
        Schedule[] run = new Schedule[1];
        DepthFirstSearch again = everyState(within.stoppedWhen(() -> run[0] != null));
        again.onNew = at -> {
            if (run[0] == null && graph.is(at.low(), at.high(), state)) {
                run[0] = again.path();
            }
        };
        String limit = again.run().limit();
        if (run[0] == null) {
            meet("on the way to a livelock, " + limit);
        }
        return run[0];
    }

    /** Whether everybody who can take a step in that state is in an operation in which it may go round. */
    private boolean mayGoRound(World at) {
        int enabled = at.isBroken() ? 0 : at.enabled();
        for (int rest = enabled; rest != 0; rest &= rest - 1) {
            int task = Integer.numberOfTrailingZeros(rest);
            if (!goingRound.get(task).get(at.node(task).action)) {
                return false;
            }
        }
        return enabled != 0;
    }

    /** Adds the state, and those that it leads to, if in all of them everybody may go round. */
    private void grow(World at) {
        if (!mayGoRound(at) || !graph.add(at.low(), at.high(), 0, null)) {
            return;
        }
        Deque<World.Snapshot> due = new ArrayDeque<>();
        due.add(at.snapshot());
        for (; !due.isEmpty(); expanded++) {
            World.Snapshot here = due.remove();
            world.restore(here);
            int enabled = world.enabled();
            graph.expand(expanded, enabled);
            for (int rest = enabled; rest != 0; rest &= rest - 1) {
                int task = Integer.numberOfTrailingZeros(rest);
                int ways = world.ways(task);
                for (int way = 0; way < ways && !mustStop(0); way++) {
                    step(expanded, new Schedule.Choice(task, way), due);
                    world.restore(here);
                }
            }
        }
    }

    private void step(int state, Schedule.Choice choice, Deque<World.Snapshot> due) {
        transitions++;
        if (world.step(choice.task(), choice.way(), scratch) != World.Step.MADE) {
            return; // the main search reports it
        }
        if (!mayGoRound(world)) {
            return;
        }
        if (graph.add(world.low(), world.high(), state, choice)) {
            due.add(world.snapshot());
        }
        graph.addStep(state, choice, graph.number(world.low(), world.high()));
    }

    private String message() {
        Rounds rounds = new Rounds();
        world.restart();
        rounds.at(world);
        for (Schedule.Choice choice : lasso.steps()) {
            world.step(choice.task(), choice.way(), scratch);
            rounds.stepped(choice.task(), world);
        }
        return rounds.livelock(world);
    }
}
