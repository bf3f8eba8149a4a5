package racewalk.explore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random runs from the first state, until the budget ends. It can find; it cannot prove, and says so. */
final class RandomSearch extends Search {

    private final SplittableRandom random;
    private final List<Schedule.Choice> path = new ArrayList<>();
    private final Footprint scratch = new Footprint();
    private int preemptions;

    RandomSearch(World world, Budget budget, Progress progress, long seed) {
        super(world, budget, progress);
        this.random = new SplittableRandom(seed);
    }

    @Override
    protected long states() {
        return 0;
    }

    @Override
    protected Schedule path() {
        return new Schedule(path);
    }

    @Override
    protected int preemptions() {
        return preemptions;
    }

    @Override
    protected void search() {
        boolean goesOn = checkAll();
        meet("random runs cover nothing for certain");
        while (goesOn && !mustStop(path.size())) {
            world.restart();
            path.clear();
            preemptions = 0;
            walk();
        }
    }

    /** One run from the first state, of at most {@code depth} steps. */
    static Schedule oneRun(World world, long seed, int depth) {
        Budget budget = new Budget(Duration.ofDays(1), Long.MAX_VALUE, depth, () -> false);
        RandomSearch search = new RandomSearch(world, budget, Progress.NONE, seed);
        world.restart();
        search.walk();
        return search.path();
    }

    private void walk() {
        int last = Preemptions.NOBODY;
        while (!mustStop(path.size())) {
            int enabled = world.enabled();
            if (enabled == 0) {
                ended();
                return;
            }
            int task = pick(enabled, random);
            int way = random.nextInt(world.ways(task));
            int preempts = Preemptions.of(world, last, task);
            int mark = world.undoMark();
            World.Step step = world.step(task, way, scratch);
            transitions++;
            preemptions += preempts;
            if (step != World.Step.MADE) {
                failed(step, task, way);
                return;
            }
            path.add(new Schedule.Choice(task, way));
            maxDepth = Math.max(maxDepth, path.size());
            last = task;
            if (!checkSince(mark)) {
                return;
            }
        }
    }

    /** Any of the tasks. */
    static int pick(int enabled, SplittableRandom random) {
        int rest = enabled;
        for (int skip = random.nextInt(Integer.bitCount(enabled)); skip > 0; skip--) {
            rest &= rest - 1;
        }
        return Integer.numberOfTrailingZeros(rest);
    }
}
