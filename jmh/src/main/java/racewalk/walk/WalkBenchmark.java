package racewalk.walk;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/**
 * The time of one {@code mprotect} of a range, flat against recursive, on the model with real locks and nobody who
 * contends for them: what {@code racewalk bench walks} counts. Tables have 512 entries, the root one, which is 512 GiB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WalkBenchmark {

    /** What is mapped. */
    public enum Filling {
        /** Every page of the first GiB. */
        DENSE,
        /** Huge pages of 2 MiB, in all of the range. */
        HUGE,
        /** Thirty-two pages, each as far from the next. */
        SPARSE,
        /** The last page of the range. */
        LAST
    }

    private static final int GIB = 1 << 18;
    private static final int HUGE_PAGE = 1 << 9;

    @Param({"pagewalk", "ptp-walk-repaired", "vpte-iter"})
    private String walker;

    @Param
    private Filling filling;

    @Param({"1", "64", "512"})
    private int gib;

    /** Whether two levels are folded besides: it is walked through as many tables. */
    @Param({"false", "true"})
    private boolean folded;

    private CopiedTable table;

    /** Maps it. */
    @Setup
    public void make() {
        TableShape shape = folded
                ? new TableShape(6, 512, 1, 1100, false, List.of(2, 3))
                : new TableShape(4, 512, 1, 1100);
        table = (CopiedTable) ((Design.Table) Designs.find(Kind.TABLE, walker).orElseThrow())
                .maker()
                .make(LiveMachine.spinning(_ -> 0), "pt", shape);
        int pages = gib * GIB;
        switch (filling) {
            case DENSE -> {
                for (int page = 0; page < GIB; page++) {
                    table.populate(page, 1);
                }
            }
            case HUGE -> {
                for (int page = 0; page < pages; page += HUGE_PAGE) {
                    table.populate(page, page + HUGE_PAGE, 1);
                }
            }
            case SPARSE -> {
                for (int page = 0; page < pages; page += pages / 32) {
                    table.populate(page, 1);
                }
            }
            case LAST -> table.populate(pages - 1, 1);
        }
    }

    /** The walk alone: what is mapped stays as it is. */
    @Benchmark
    public void protect() {
        table.protect(0, gib * GIB);
    }
}
