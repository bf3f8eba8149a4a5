package racewalk.explore;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import racewalk.machine.Change;

/** Whether two steps commute: without a common word, with one that both read, with one that both write. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FootprintBenchmark {

    private final Footprint lock = of(new int[] {3}, -1);
    private final Footprint other = of(new int[] {5}, -1);
    private final Footprint reads = of(new int[] {3, 4, 7, 9}, 0);
    private final Footprint readsToo = of(new int[] {9, 8, 6, 3}, 0);

    private static Footprint of(int[] words, long writes) {
        Footprint print = new Footprint();
        for (int word : words) {
            print.add(word, -1, writes, writes == 0 ? Change.Kind.KEEP : Change.Kind.SET);
        }
        return print;
    }

    /** No common word. */
    @Benchmark
    public boolean apart() {
        return lock.commutesWith(other);
    }

    /** Four words each, two in common, which both read. */
    @Benchmark
    public boolean readTheSame() {
        return reads.commutesWith(readsToo);
    }

    /** One word that both write. */
    @Benchmark
    public boolean writeTheSame() {
        return lock.commutesWith(lock);
    }
}
