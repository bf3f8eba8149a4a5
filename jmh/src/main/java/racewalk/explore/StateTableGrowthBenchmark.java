package racewalk.explore;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The first visits of states, into a table that begins empty and grows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
public class StateTableGrowthBenchmark {

    private StateTable table;
    private SplittableRandom random;

    /** Empties the table. */
    @Setup(Level.Iteration)
    public void empty() {
        table = new StateTable(1L << 30);
        random = new SplittableRandom(3);
    }

    /** A new state, and now and then a larger table. */
    @Benchmark
    public int firstVisit() {
        if (table.isTight()) {
            table.grow();
        }
        long state = random.nextLong();
        int visit = table.visit(state, ~state, 0);
        if (visit == StateTable.FULL) {
            empty();
        }
        return visit;
    }
}
