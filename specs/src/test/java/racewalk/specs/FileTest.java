package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.specs.Design.Kind;
import racewalk.specs.Sequential.Step;

/**
 * Any list of operations on a process's memory, of which the first pages are a shared mapping of a file, one after the
 * other, gives what flat memory gives, keeps the invariants, and leaves on the disk or dirty what was stored; in the
 * kernels of 2008 be it by a device.
 */
class FileTest {

    private static final int PAGES = 3;
    private static final int FILE_PAGES = 2;
    private static final Scenario.Memory MEMORY =
            new Scenario.Memory(PAGES, 1, 40, 506, Allocations.SUCCEED, 0, FILE_PAGES);
    private static final Step STORE = new Step("cpu0", new Operation.Store(0, 5));
    private static final Step STORE_AGAIN = new Step("cpu0", new Operation.Store(0, 6));
    private static final Step WRITEBACK = new Step("cpu1", new Operation.Writeback(0, FILE_PAGES));
    private static final Step DEVICE_STORE = new Step("dev0", new Operation.Store(0, 5));
    private static final Step DEVICE_STORE_AGAIN = new Step("dev0", new Operation.Store(0, 6));
    private static final Step MIGRATE = new Step("cpu1", new Operation.Migrate(0, 1));

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> pages = Arbitraries.integers().between(0, PAGES - 1);
        Arbitrary<Integer> filePages = Arbitraries.integers().between(0, FILE_PAGES - 1);
        Arbitrary<Operation> operations = Arbitraries.frequencyOf(
                Tuple.of(4, pages.map(Operation.Load::new)),
                Tuple.of(
                        4,
                        pages.flatMap(page ->
                                Arbitraries.longs().between(1, 9).map(value -> new Operation.Store(page, value)))),
                Tuple.of(2, pages.map(page -> new Operation.Dontneed(page, PAGES))),
                Tuple.of(1, pages.map(page -> new Operation.Munmap(page, page + 1))),
                Tuple.of(2, pages.map(page -> new Operation.Migrate(page, PAGES))),
                Tuple.of(2, filePages.map(page -> new Operation.Writeback(page, FILE_PAGES))),
                Tuple.of(2, filePages.map(Operation.Reclaim::new)),
                Tuple.of(1, filePages.map(page -> new Operation.Truncate(page, FILE_PAGES))));
        return Arbitraries.of("cpu0", "cpu1")
                .flatMap(cpu -> operations.map(operation -> new Step(cpu, operation)))
                .list()
                .ofMaxSize(12)
                .filter(steps -> steps.stream()
                                .filter(step -> step.operation() instanceof Operation.Truncate)
                                .count()
                        <= 1);
    }

    /** Those that the kernel of 2008 has, too; and a device, which knows the file alone. */
    @Provide
    Arbitrary<List<Step>> stepsWithDevice() {
        Arbitrary<Integer> filePages = Arbitraries.integers().between(0, FILE_PAGES - 1);
        Arbitrary<Step> ofDevice = Arbitraries.oneOf(
                        filePages.map(Operation.Load::new),
                        filePages.flatMap(page ->
                                Arbitraries.longs().between(1, 9).map(value -> new Operation.Store(page, value))))
                .map(operation -> new Step("dev0", operation));
        return Combinators.combine(steps(), ofDevice.list().ofMaxSize(4), Arbitraries.randoms())
                .as((ofCpus, ofDevices, random) -> {
                    List<Step> all = new ArrayList<>(ofCpus.stream()
                            .filter(step -> !(step.operation() instanceof Operation.Reclaim))
                            .filter(step -> !(step.operation() instanceof Operation.Migrate))
                            .toList());
                    ofDevices.forEach(step -> all.add(random.nextInt(all.size() + 1), step));
                    return all;
                });
    }

    @Property(tries = 300)
    void everySequenceOf2008RefinesFlatMemoryWithADevice(@ForAll("stepsWithDevice") List<Step> steps) {
        for (String mm : List.of("linux-2.6.24", "i-mmap-sem")) {
            assertRefines(mm, "lameter", "gru-lockless-rule-active", steps, all());
            assertRefines(mm, "emm-v1", "kvm-seq-flush", steps, all());
        }
    }

    @Example
    void aDevicesStoreIsLostIfItIsNotTold() {
        List<Step> steps = List.of(DEVICE_STORE, WRITEBACK, DEVICE_STORE_AGAIN);
        List<Invariants> invariants = List.of(Invariants.NO_DIRTY_DATA_LOST);
        String gru = "gru-lockless-rule-active";
        for (String notifier : List.of("arcangeli", "lameter", "piggin", "arcangeli-v9-unlocked", "emm", "v17")) {
            assertRefines("linux-2.6.24", notifier, gru, steps, invariants);
        }
        AssertionError lost =
                assertThrows(AssertionError.class, () -> assertRefines("linux-2.6.24", "none", gru, steps, invariants));
        assertEquals("NoDirtyDataLost", lost.getMessage().split(" ")[0]);
    }

    @Property(tries = 500)
    void everySequenceRefinesFlatMemory(@ForAll("steps") List<Step> steps) {
        assertRefines("linux-4.9", steps);
        assertRefines("linux-7.0", steps);
    }

    @Example
    void aStoreIsLostWithoutPageMkclean() {
        assertLost("file-no-mkclean", List.of(STORE, WRITEBACK, STORE_AGAIN));
        assertLost("file-mkclean-unflushed", List.of(STORE, WRITEBACK, STORE_AGAIN));
    }

    @Example
    void aStoreIsLostIfTheDirtyFlagDoesNotMigrate() {
        assertLost("file-migrate-clean", List.of(STORE, MIGRATE));
    }

    /** The same steps do no harm to Linux. */
    private static void assertLost(String mm, List<Step> steps) {
        assertRefines("linux-7.0", steps);
        AssertionError lost = assertThrows(AssertionError.class, () -> assertRefines(mm, steps));
        assertEquals("NoDirtyDataLost", lost.getMessage().split(" ")[0]);
    }

    private static void assertRefines(String mm, List<Step> steps) {
        assertRefines(mm, "none", null, steps, all());
    }

    private static List<Invariants> all() {
        return Invariants.of(MEMORY, Processes.single(PAGES), true).stream()
                .filter(invariant -> invariant != Invariants.TLB_NEVER_WIDER_THAN_PAGE_TABLE)
                .toList();
    }

    private static void assertRefines(
            String mm, String notifier, String secondary, List<Step> steps, List<Invariants> invariants) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        for (String actor : secondary == null ? List.of("cpu0", "cpu1") : List.of("cpu0", "cpu1", "dev0")) {
            actors.put(
                    actor,
                    steps.stream()
                            .filter(step -> step.actor().equals(actor))
                            .map(Step::operation)
                            .toList());
        }
        Scenario scenario = new Scenario(
                Path.of("file"),
                "file",
                "",
                Scenario.Tier.GATE,
                MEMORY,
                Processes.single(PAGES),
                List.of(),
                actors,
                List.of(),
                List.of(),
                invariants,
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
        Cell cell = new Cell(
                (Design.Mm) Designs.find(Kind.MM, mm).orElseThrow(),
                (Design.Notifier) Designs.find(Kind.NOTIFIER, notifier).orElseThrow(),
                secondary == null
                        ? null
                        : (Design.Secondary)
                                Designs.find(Kind.SECONDARY, secondary).orElseThrow());
        Sequential.assertRefines(cell, scenario, steps, _ -> 0);
    }
}
