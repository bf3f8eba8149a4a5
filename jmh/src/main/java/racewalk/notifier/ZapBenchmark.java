package racewalk.notifier;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import racewalk.machine.LiveMachine;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.ZapCost;

/**
 * The time of one {@code zap_page_range} over a leaf table that a device has translated, with each notifier, on the
 * model with real locks and nobody who contends for them: what {@code racewalk bench notifiers} counts. It is the model
 * that is timed, whose TLB flush is no interrupt of another CPU and costs as many writes as the table has entries.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ZapBenchmark {

    @Param({"arcangeli", "arcangeli-pages", "lameter", "piggin", "v17"})
    private String notifier;

    @Param({"gru-lockless-rule-active", "kvm-seq"})
    private String device;

    @Param({"1", "8", "64", "512"})
    private int ptes;

    private ZapCost cost;

    /** Makes a process with a device. */
    @Setup
    public void make() {
        cost = new ZapCost(
                LiveMachine.spinning(_ -> 0),
                (Design.Notifier) Designs.find(Kind.NOTIFIER, notifier).orElseThrow(),
                (Design.Secondary) Designs.find(Kind.SECONDARY, device).orElseThrow(),
                ptes);
    }

    /** Maps what the last zap has unmapped. */
    @Setup(Level.Invocation)
    public void populate() {
        cost.populate();
    }

    /** The zap alone. */
    @Benchmark
    public void zap() {
        cost.zap();
    }
}
