package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The states of one run: tells whether it ends with a round that fair scheduling may repeat for ever. */
final class Rounds {

    private record State(long low, long high, int enabled) {}

    private final List<State> states = new ArrayList<>();
    private final List<Integer> tasks = new ArrayList<>();

    /** The run is in the world's state. */
    void at(World world) {
        states.add(new State(world.low(), world.high(), world.enabled()));
    }

    /** {@code task} has taken a step. */
    void stepped(int task, World world) {
        tasks.add(task);
        at(world);
    }

    /** What goes round for ever if the run goes on as it has since its last state was met before; or null. */
    String livelock(World world) {
        int start = states.indexOf(states.getLast());
        if (start == states.size() - 1) {
            return null;
        }
        int enabled = 0;
        int moved = 0;
        for (int i = start; i < tasks.size(); i++) {
            enabled |= states.get(i).enabled;
            moved |= 1 << tasks.get(i);
        }
        return (enabled & ~moved) == 0 ? explain(world, start, moved) : null;
    }

    private String explain(World world, int start, int moved) {
        StringJoiner names = new StringJoiner(" and ");
        for (int t = 0; t < world.tasks(); t++) {
            if ((moved & 1 << t) != 0) {
                names.add(world.program().actors().get(t).task().name());
            }
        }
        return "steps " + (start + 1) + " to " + tasks.size() + " may be repeated for ever by " + names
                + ": the state after them is the state before";
    }
}
