package racewalk.explore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import racewalk.specs.Cell;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/**
 * One step of the model and its taking back, along one complete run of a scenario, again and again: what a search pays
 * before it looks at a table, an invariant or a sleep set. Run from the checkout's root, or give its folder as {@code
 * -Dracewalk.home}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WorldBenchmark {

    private static final int STEPS = 60;

    private World world;
    private final int[] tasks = new int[STEPS];
    private final int[] ways = new int[STEPS];
    private final Node[] from = new Node[STEPS];
    private final int[] marks = new int[STEPS];
    private final int[] observed = new int[STEPS];
    private final long[] low = new long[STEPS];
    private final long[] high = new long[STEPS];
    private final Footprint print = new Footprint();

    /** Chooses the run. */
    @Setup
    public void chooseRun() {
        Path root = Path.of(System.getProperty("racewalk.home", "."));
        Scenario scenario = ScenarioReader.read(root.resolve("specs/scenarios/nightly-dontneed.yaml"));
        Cell cell = scenario.cells().stream()
                .filter(one -> one.toString().endsWith("/piggin/gru-lockless-rule"))
                .findFirst()
                .orElseThrow();
        world = new World(machine -> new Rig(machine, scenario, cell).program(), true);
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < STEPS; i++) {
            List<Integer> enabled = new ArrayList<>();
            for (int t = 0; t < world.tasks(); t++) {
                if (world.isEnabled(t)) {
                    enabled.add(t);
                }
            }
            tasks[i] = enabled.get(random.nextInt(enabled.size()));
            ways[i] = random.nextInt(world.ways(tasks[i]));
            if (world.step(tasks[i], ways[i], print) != World.Step.MADE) {
                throw new IllegalStateException(world.message());
            }
        }
        world.restart();
    }

    /** There and back; the time is that of one step and its undoing. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public long stepAndUndo() {
        for (int i = 0; i < STEPS; i++) {
            int task = tasks[i];
            from[i] = world.node(task);
            marks[i] = world.undoMark();
            observed[i] = world.observed();
            low[i] = world.low();
            high[i] = world.high();
            world.step(task, ways[i], print);
        }
        long end = world.low();
        for (int i = STEPS - 1; i >= 0; i--) {
            world.undo(marks[i], tasks[i], from[i], observed[i], low[i], high[i]);
        }
        return end;
    }
}
