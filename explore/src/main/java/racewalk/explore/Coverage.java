package racewalk.explore;

import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Estimates how much of a search is done: of the states that random runs meet, the share that it has visited. */
final class Coverage {

    private static final int RUNS = 8;
    private static final int LONGEST = 2_000;
    /** How much a sample counts when the next one is taken. */
    private static final double FADING = 0.8;

    private final Supplier<World> worlds;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Footprint scratch = new Footprint();
    private World world;
    private double met;
    private double visited;

    /** @param worlds makes a world for the runs, when there is a first sample */
    Coverage(Supplier<World> worlds) {
        this.worlds = worlds;
    }

    /** The share after some more runs. Nobody else may use {@code table} meanwhile. */
    double sample(StateTable table) {
        if (world == null) {
            world = worlds.get();
        }
        met *= FADING;
        visited *= FADING;
        for (int run = 0; run < RUNS; run++) {
            world.restart();
            walk(table);
        }
        return visited / met;
    }

    private void walk(StateTable table) {
        for (int length = 0; length < LONGEST; length++) {
            met++;
            int as = world.representative();
            visited += table.contains(world.lowAs(as), world.highAs(as)) ? 1 : 0;
            int enabled = world.isBroken() ? 0 : world.enabled();
            if (enabled == 0) {
                return;
            }
            int task = RandomSearch.pick(enabled, random);
            if (world.step(task, random.nextInt(world.ways(task)), scratch) != World.Step.MADE) {
                return;
            }
        }
    }
}
