package racewalk.explore;

import java.util.Set;
import racewalk.machine.Program;

/** Explores programs written on {@link racewalk.machine.Machine}. */
public final class Explorer {

    /** The seed of random runs: they are the same each time. */
    private static final long SEED = 0x5ACE_3A1CL;

    /** How many random runs of each search are compared, step by step, with the real code. */
    private static final int SAMPLED_RUNS = 4;

    private Explorer() {}

    /**
     * Searches the program's states within {@code budget} and reports to {@code progress}. Every run that violates
     * something, and some that do not, are then run again on the real code.
     *
     * @throws NotDeterministicException if the real code differs from what the search saw
     */
    public static Exploration explore(Program.Factory factory, Strategy strategy, Budget budget, Progress progress) {
        try {
            return verified(search(factory, strategy, budget, progress, true), factory);
        } catch (BootFailure e) {
            return e.exploration();
        }
    }

    /**
     * Searches for the run with the fewest preemptions, and among those the fewest steps, for each of
     * {@code properties}; ends when it has them all.
     *
     * @throws NotDeterministicException if the real code differs from what the search saw
     */
    public static Exploration shortest(
            Program.Factory factory, Set<String> properties, Budget budget, Progress progress) {
        try {
            World world = new World(factory, true);
            return verified(new ShortestSearch(world, budget, progress, properties), factory);
        } catch (BootFailure e) {
            return e.exploration();
        }
    }

    static Search search(
            Program.Factory factory, Strategy strategy, Budget budget, Progress progress, boolean quiesce) {
        World world = new World(factory, quiesce);
        return switch (strategy) {
            case NAIVE -> new DepthFirstSearch(world, budget, progress, DepthFirstSearch.NOTHING_COMMUTES);
            case SLEEP -> new DepthFirstSearch(world, budget, progress, Footprint::commutesWith);
            case PREEMPTION -> new ShortestSearch(world, budget, progress, Set.of());
            case RANDOM -> new RandomSearch(world, budget, progress, SEED);
        };
    }

    private static Exploration verified(Search search, Program.Factory factory) {
        Exploration exploration = search.run();
        for (Finding finding : exploration.findings().values()) {
            Replay replay = Replay.of(search.world, factory, finding.schedule());
            if (!replay.violations().containsKey(finding.property())) {
                throw new IllegalStateException("the run " + finding.schedule() + " violates " + finding.property()
                        + " in the search and not on the real code");
            }
        }
        for (int run = 0; run < SAMPLED_RUNS; run++) {
            Replay.of(search.world, factory, RandomSearch.oneRun(search.world, SEED + run));
        }
        return exploration;
    }
}
