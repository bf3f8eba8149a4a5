package racewalk.explore;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A visit of a known state, of the same few again and again and of any, and the look for one that is not there: in a
 * table that fits into a processor's cache, and in one that does not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx4g")
public class StateTableBenchmark {

    private static final int VISITS = 1 << 20;
    private static final int FEW = 1 << 8;

    /** How many states there are before. */
    @Param({"100000", "20000000"})
    int states;

    private StateTable table;
    private final long[] known = new long[VISITS];
    private final long[] few = new long[FEW];
    private SplittableRandom fresh;

    /** The states are those of one seed, in order, so that any of them can be had again. */
    private static long state(long number) {
        return new SplittableRandom(number).nextLong();
    }

    /** Fills the table. */
    @Setup(Level.Trial)
    public void fill() {
        table = new StateTable(3L << 30);
        for (int i = 0; i < states; i++) {
            visitNew(state(i));
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < VISITS; i++) {
            known[i] = state(random.nextInt(states));
        }
        System.arraycopy(known, 0, few, 0, FEW);
        fresh = new SplittableRandom(2);
    }

    private int visitNew(long state) {
        if (table.isTight()) {
            table.grow();
        }
        return table.visit(state, ~state, 0);
    }

    /** States that have just been visited. */
    @Benchmark
    @OperationsPerInvocation(VISITS)
    public int hitOfAFew() {
        int sum = 0;
        for (int i = 0; i < VISITS; i++) {
            long state = few[i & FEW - 1];
            sum += table.visit(state, ~state, 0);
        }
        return sum;
    }

    /** States all over the table. */
    @Benchmark
    @OperationsPerInvocation(VISITS)
    public int hit() {
        int sum = 0;
        for (long state : known) {
            sum += table.visit(state, ~state, 0);
        }
        return sum;
    }

    /** States all over the table, each asked for a while before, as the search does. */
    @Benchmark
    @OperationsPerInvocation(VISITS)
    public long hitTouchedBefore() {
        long sum = 0;
        for (int i = 0; i < VISITS; i++) {
            sum += table.touch(known[i + 1 & VISITS - 1]);
            sum += table.visit(known[i], ~known[i], 0);
        }
        return sum;
    }

    /** Where a state is not: what a miss reads. The table stays as it is. */
    @Benchmark
    public boolean miss() {
        long state = fresh.nextLong();
        return table.contains(state, ~state);
    }
}
