package racewalk.explore;

import java.util.HashSet;
import java.util.Set;
import racewalk.machine.Program;

/**
 * The Mazurkiewicz traces of the complete runs of a search, deadlocks included. Each run is taken again in a world of
 * its own, so nothing but the schedule comes from the search; and vector clocks are computed from all pairs of events.
 */
final class TraceRecorder {

    /** A trace by its hash: the exclusive or of the hashes of its events with their causal past. */
    record Trace(long low, long high) {}

    private final Search search;
    private final World world;
    private final boolean watchesInvariants;
    private final Set<Trace> traces = new HashSet<>();
    private long runs;

    /**
     * Attaches itself to {@code search}.
     *
     * @param watchesInvariants whether steps that may change words of one invariant are dependent
     */
    TraceRecorder(Search search, Program.Factory factory, boolean quiesce, boolean watchesInvariants) {
        this.search = search;
        this.watchesInvariants = watchesInvariants;
        world = new World(factory, quiesce);
        Runnable before = search.onEnd;
        search.onEnd = () -> {
            before.run();
            runs++;
            traces.add(trace());
        };
    }

    /** How many runs ended. */
    long runs() {
        return runs;
    }

    /** The traces of the runs that ended. */
    Set<Trace> traces() {
        return traces;
    }

    private Trace trace() {
        Schedule schedule = search.path();
        int events = schedule.length();
        int[] task = new int[events];
        Footprint[] prints = new Footprint[events];
        int[][] clocks = new int[events][world.tasks()];
        int[] count = new int[world.tasks()];
        long low = 0;
        long high = 0;
        world.restart();
        for (int i = 0; i < events; i++) {
            Schedule.Choice choice = schedule.steps().get(i);
            task[i] = choice.task();
            prints[i] = new Footprint();
            Node from = world.node(task[i]);
            world.step(task[i], choice.way(), prints[i]);
            if (watchesInvariants) {
                world.watchStep(prints[i], task[i], from);
            }
            for (int j = 0; j < i; j++) {
                if (task[j] == task[i] || !prints[j].commutesWith(prints[i])) {
                    for (int t = 0; t < clocks[i].length; t++) {
                        clocks[i][t] = Math.max(clocks[i][t], clocks[j][t]);
                    }
                }
            }
            clocks[i][task[i]] = ++count[task[i]];
            long eventLow = Fingerprint.STANDARD.low(task[i], choice.way());
            long eventHigh = Fingerprint.STANDARD.high(task[i], choice.way());
            for (int clock : clocks[i]) {
                eventLow = Fingerprint.STANDARD.low(eventLow, clock);
                eventHigh = Fingerprint.STANDARD.high(eventHigh, clock);
            }
            low ^= eventLow;
            high ^= eventHigh;
        }
        return new Trace(low, high);
    }
}
