package racewalk.explore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;

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
    public static Exploration explore(Program.Factory factory, Settings settings, Budget budget, Progress progress) {
        try {
            if (settings.strategy() == Strategy.PERSISTENT) {
                World world = new World(factory, true, new Fingerprint(settings.salt()));
                return complete(
                        new PersistentSearch(world, settings, budget, progress).run(),
                        world,
                        factory,
                        settings,
                        budget);
            }
            Independence independence = independence(settings.strategy());
            if (independence == null) {
                World world = new World(factory, true, new Fingerprint(settings.salt()));
                return complete(search(world, settings, budget, progress).run(), world, factory, settings, budget);
            }
            return depthFirst(factory, independence, settings, budget, progress);
        } catch (BootFailure e) {
            return e.exploration();
        } catch (ScopeExceeded e) {
            return new Exploration(Counts.NONE, e.getMessage(), Map.of(), List.of());
        }
    }

    /** Searches by one worker. */
    public static Exploration explore(Program.Factory factory, Strategy strategy, Budget budget, Progress progress) {
        return explore(factory, Settings.of(strategy), budget, progress);
    }

    /**
     * Searches for the run with the fewest preemptions, and among those the fewest steps, for each of
     * {@code properties}; ends when it has them all.
     *
     * @throws NotDeterministicException if the real code differs from what the search saw
     */
    public static Exploration shortest(
            Program.Factory factory, Set<String> properties, Settings settings, Budget budget, Progress progress) {
        try {
            World world = new World(factory, true, new Fingerprint(settings.salt()));
            Set<String> ofStates = new HashSet<>(properties);
            boolean livelock = ofStates.remove(Rule.LIVELOCK.title());
            Exploration none = new Exploration(Counts.NONE, null, Map.of(), List.of());
            Exploration exploration = livelock && ofStates.isEmpty()
                    ? none
                    : new ShortestSearch(world, budget, progress, ofStates, settings.memory()).run();
            return verified(
                    livelock ? withLivelock(exploration, world, settings, budget) : exploration, world, factory);
        } catch (BootFailure e) {
            return e.exploration();
        }
    }

    static Search search(
            Program.Factory factory, Strategy strategy, Budget budget, Progress progress, boolean quiesce) {
        World world = new World(factory, quiesce);
        return search(world, Settings.of(strategy), budget, progress);
    }

    private static Exploration depthFirst(
            Program.Factory factory, Independence independence, Settings settings, Budget budget, Progress progress) {
        Checkpoints checkpoints = settings.checkpoints();
        Crew crew = checkpoints != null && checkpoints.resume()
                ? new Crew(Checkpoint.read(checkpoints.file(), checkpoints.identity(), settings.memory()), checkpoints)
                : new Crew(Checkpoint.ofNothing(new StateTable(settings.memory())), checkpoints);
        boolean symmetry = settings.symmetry() && settings.strategy() == Strategy.SLEEP;
        Supplier<World> first = () -> new World(new Model(factory, new Fingerprint(settings.salt()), symmetry));
        List<World> worlds = new ArrayList<>();
        for (int i = 0; i < settings.workers(); i++) {
            worlds.add(first.get());
            new DepthFirstSearch(worlds.get(i), budget, i == 0 ? progress : Progress.NONE, independence, crew);
        }
        if (progress != Progress.NONE) {
            crew.estimate(first);
        }
        Exploration exploration = withShare(Workers.run(crew), crew);
        World world =
                worlds.stream().filter(one -> one.model().loops()).findFirst().orElse(worlds.getFirst());
        return complete(exploration, world, factory, settings, budget);
    }

    private static Search search(World world, Settings settings, Budget budget, Progress progress) {
        return switch (settings.strategy()) {
            case NAIVE, SLEEP -> new DepthFirstSearch(world, budget, progress, independence(settings.strategy()));
            case PERSISTENT -> throw new IllegalArgumentException("a search that is repeated");
            case SOURCE_DPOR -> new SourceDpor(world, budget, progress);
            case PREEMPTION -> new ShortestSearch(world, budget, progress, Set.of(), settings.memory());
            case RANDOM -> new RandomSearch(world, budget, progress, SEED);
        };
    }

    /** What a depth-first search by the strategy believes to commute; null if it is none. */
    private static Independence independence(Strategy strategy) {
        return switch (strategy) {
            case NAIVE -> Independence.NOTHING;
            case SLEEP -> Footprint::commutesWith;
            case PERSISTENT, SOURCE_DPOR, PREEMPTION, RANDOM -> null;
        };
    }

    /** A search that met a limit says about how much of the whole it has explored, if it knows. */
    private static Exploration withShare(Exploration exploration, Crew crew) {
        double explored =
                exploration.isExhaustive() ? Double.NaN : crew.status().explored();
        if (Double.isNaN(explored)) {
            return exploration;
        }
        String limit = "%s; of the states that random runs meet about %.0f %% were visited"
                .formatted(exploration.limit(), 100 * explored);
        return new Exploration(exploration.counts(), limit, exploration.findings(), exploration.marks());
    }

    /** Looks for livelocks where there may be any, and runs on the real code what was found. */
    private static Exploration complete(
            Exploration exploration, World world, Program.Factory factory, Settings settings, Budget budget) {
        boolean mayGoRound = exploration.isExhaustive() && world.model().loops();
        return verified(mayGoRound ? withLivelock(exploration, world, settings, budget) : exploration, world, factory);
    }

    /** Adds what a search for rounds finds out about runs that never end. */
    private static Exploration withLivelock(Exploration exploration, World world, Settings settings, Budget budget) {
        Exploration liveness = new LivelockSearch(world, budget, settings.memory(), Progress.NONE).run();
        Map<String, Finding> findings = new LinkedHashMap<>(exploration.findings());
        findings.putAll(liveness.findings());
        String limit = exploration.limit();
        if (limit == null && liveness.limit() != null) {
            limit = "looking for livelocks, " + liveness.limit();
        }
        return new Exploration(exploration.counts(), limit, findings, exploration.marks());
    }

    private static Exploration verified(Exploration exploration, World world, Program.Factory factory) {
        for (Finding finding : exploration.findings().values()) {
            Replay replay = Replay.of(world, factory, finding.schedule());
            if (!replay.violations().containsKey(finding.property())) {
                throw new IllegalStateException("the run " + finding.schedule() + " violates " + finding.property()
                        + " in the search and not on the real code");
            }
        }
        for (int run = 0; run < SAMPLED_RUNS; run++) {
            Replay.of(
                    world,
                    factory,
                    RandomSearch.oneRun(world, SEED + run, exploration.counts().depth()));
        }
        return exploration;
    }
}
