package racewalk.walk;

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
import racewalk.contpte.LargeFolioMm;
import racewalk.contpte.LeafTable;
import racewalk.contpte.Tlbs;
import racewalk.machine.LiveMachine;
import racewalk.mm.Protection;
import racewalk.specs.ContpteCost;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;

/**
 * The time of an {@code mprotect} and of the one that undoes it, of a leaf table of 512 entries, 2 MiB, all of which
 * maps one folio: in blocks of 16 entries against entries by themselves. {@code racewalk bench blocks} counts it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ContpteBenchmark {

    /** Of what the protection changes. */
    public enum Range {
        /** All of the table. */
        ALL,
        /** The last page of each block: the block is unfolded, and folded again. */
        LAST_OF_EACH
    }

    private static final int ENTRIES = 512;

    @Param({"ptes", "contpte", "contpte-bbml2"})
    private String entries;

    @Param
    private Range range;

    private LargeFolioMm mm;

    /** Maps it. */
    @Setup
    public void make() {
        Design.Contiguous design =
                (Design.Contiguous) Designs.find(Kind.TABLE, entries).orElseThrow();
        LiveMachine machine = LiveMachine.spinning(_ -> 0);
        LeafTable table = new LeafTable(machine, ENTRIES, ContpteCost.CONT_PTES);
        Tlbs tlbs = new Tlbs(table, design.bbm());
        tlbs.add(machine.task("cpu0"));
        mm = new LargeFolioMm(table, design.ptes().make(table, tlbs, design.leftOut()), design.leftOut());
        mm.boot();
    }

    /** What is mapped stays as it is. */
    @Benchmark
    public void protect() {
        protect(Protection.READ);
        protect(Protection.READ_WRITE);
    }

    private void protect(Protection to) {
        switch (range) {
            case ALL -> mm.mprotect(0, ENTRIES, to);
            case LAST_OF_EACH -> {
                for (int end = ContpteCost.CONT_PTES; end <= ENTRIES; end += ContpteCost.CONT_PTES) {
                    mm.mprotect(end - 1, end, to);
                }
            }
        }
    }
}
