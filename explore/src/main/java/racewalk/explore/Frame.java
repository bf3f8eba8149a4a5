package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One state of the run that a depth-first search is on: how to take back the step that led there, and who sleeps. */
class Frame {

    /** The step that led here. */
    int task;

    int way;
    Node from;
    int undoMark;
    private int observed;
    private long low;
    private long high;
    private final long[] renamed;

    /** The tasks that sleep, with the footprints of their steps. */
    int sleep;

    final Footprint[] prints;
    /** Room for the footprints of the steps taken from here. */
    final Footprint[] recorded;

    Frame(World world) {
        prints = new Footprint[world.tasks()];
        recorded = new Footprint[world.tasks()];
        renamed = new long[3 * world.renamings()];
        Arrays.setAll(recorded, _ -> new Footprint());
    }

    /** Notes how to take back the step that is about to be taken. */
    final void before(World world, int nextTask, int nextWay) {
        task = nextTask;
        way = nextWay;
        from = world.node(nextTask);
        undoMark = world.undoMark();
        observed = world.observed();
        low = world.low();
        high = world.high();
        world.keepRenamed(renamed);
    }

    /** Takes the step back. */
    final void takeBack(World world) {
        world.undo(undoMark, task, from, observed, low, high);
        world.restoreRenamed(renamed);
    }

    /** Those sleep here who slept in the state before and whose steps commute with the one that led here. */
    final void inherit(Frame before, Footprint print, Independence independence) {
        int asleep = 0;
        for (int rest = before.sleep; rest != 0; rest &= rest - 1) {
            int sleeper = Integer.numberOfTrailingZeros(rest);
            if (independence.commute(before.prints[sleeper], print)) {
                asleep |= 1 << sleeper;
                prints[sleeper] = before.prints[sleeper];
            }
        }
        sleep = asleep;
    }

    /** The run to the state of {@code frames[depth]}, in which {@code world} is. */
    static Schedule path(Frame[] frames, int depth, World world) {
        List<Schedule.Choice> steps = new ArrayList<>();
        for (int i = 1; i <= depth; i++) {
            steps.add(world.asViewed(frames[i].task, frames[i].from, frames[i].way));
        }
        return new Schedule(steps);
    }
}
