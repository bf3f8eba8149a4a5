package racewalk.explore;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import racewalk.machine.BrokenRule.Rule;

/**
 * Looks for a livelock: a run that goes round for ever although every task that can take a step again and again takes
 * one at some time (strong fairness). An operation that ends never comes again, so no such run ends an operation; and a
 * loop that would end if the others were let on is not reported.
 *
 * <p>The graph is the whole one, kept in memory: sleep sets and persistent sets leave out steps, and with them rounds.
 */
final class LivelockSearch extends Search {

    private final StateGraph graph = new StateGraph();
    private final Footprint scratch = new Footprint();
    private Schedule lasso = new Schedule(List.of());

    LivelockSearch(World world, Budget budget, Progress progress) {
        super(world, budget, progress);
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
        if (!build()) {
            return;
        }
        BitSet part = graph.fairPart();
        if (part != null) {
            lasso = graph.lasso(part);
            found(Rule.LIVELOCK.title(), message());
        }
    }

    /** Meets all states, those first that fewer steps lead to; false if a limit was met. */
    private boolean build() {
        Deque<World.Snapshot> due = new ArrayDeque<>();
        world.restart();
        graph.add(world.low(), world.high(), 0, null);
        due.add(world.snapshot());
        for (int state = 0; !due.isEmpty(); state++) {
            World.Snapshot here = due.remove();
            world.restore(here);
            int enabled = world.isBroken() ? 0 : world.enabled();
            graph.expand(state, enabled);
            for (int rest = enabled; rest != 0; rest &= rest - 1) {
                int task = Integer.numberOfTrailingZeros(rest);
                int ways = world.ways(task);
                for (int way = 0; way < ways; way++) {
                    if (mustStop(0)) {
                        return false;
                    }
                    step(state, new Schedule.Choice(task, way), due);
                    world.restore(here);
                }
            }
        }
        return true;
    }

    private void step(int state, Schedule.Choice choice, Deque<World.Snapshot> due) {
        transitions++;
        if (world.step(choice.task(), choice.way(), scratch) != World.Step.MADE) {
            return; // the main search reports it
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
