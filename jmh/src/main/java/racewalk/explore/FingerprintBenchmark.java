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

/** What a changed word costs the 128-bit fingerprint: the old value out, the new one in, in both halves. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FingerprintBenchmark {

    private final long lowKey = Fingerprint.STANDARD.lowKey(17);
    private final long highKey = Fingerprint.STANDARD.highKey(17);
    private long value = 3;
    private long low;
    private long high;

    /** One word changes. */
    @Benchmark
    public long changeOfOneWord() {
        long now = value + 1;
        low ^= Fingerprint.lowOf(lowKey, value) ^ Fingerprint.lowOf(lowKey, now);
        high ^= Fingerprint.highOf(highKey, value) ^ Fingerprint.highOf(highKey, now);
        value = now;
        return low ^ high;
    }
}
