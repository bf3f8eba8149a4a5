package racewalk.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.ZapCost;

/** What the counts of callbacks, locks and flushes are, and that the documentation shows them. */
class NotifierBenchTest {

    private static ZapCost.Counts count(String notifier, String device, int ptes) {
        return ZapCost.count(
                (Design.Notifier) Designs.find(Kind.NOTIFIER, notifier).orElseThrow(),
                (Design.Secondary) Designs.find(Kind.SECONDARY, device).orElseThrow(),
                ptes);
    }

    @Test
    void callbackForEachPteIsCountedOnceForEach() {
        ZapCost.Counts counts = count("arcangeli", "kvm-seq", 64);
        assertEquals(64, counts.callbacks());
        assertEquals(Map.of("mmap_lock", 1L, "ptl0", 1L, "rcu", 64L, "dev0.mmu_lock", 64L), counts.locks());
        assertEquals(64, counts.deviceFlushes());
        assertEquals(2, counts.cpuFlushes());
    }

    @Test
    void rangeHasTwoCallbacksAndOneFlushHoweverManyPtes() {
        assertEquals(count("lameter", "kvm-seq", 1), count("lameter", "kvm-seq", 64));
        assertEquals(2, count("lameter", "kvm-seq", 64).callbacks());
        assertEquals(1, count("lameter", "kvm-seq", 64).deviceFlushes());
    }

    /** A planted fault: what is counted must have been done. */
    @Test
    void zapOfWhichNobodyTellsTheDeviceIsNotCounted() {
        assertThrows(IllegalStateException.class, () -> count("none", "kvm-seq", 8));
    }

    @Test
    void documentationShowsTheTable() throws IOException {
        BenchDocumentation.assertShows("notifiers", new NotifierBench().count());
    }
}
