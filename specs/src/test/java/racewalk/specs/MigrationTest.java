package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;
import racewalk.specs.Sequential.Layout;
import racewalk.specs.Sequential.Step;

/**
 * Any list of operations of a parent, its child and a device, one after the other, among them migrations, pins and
 * reclaim, gives what flat memory gives, and keeps the invariants, on every design of Linux and every repaired patch.
 * What the patches do wrong as posted, though nobody else runs, is shown to be there.
 */
class MigrationTest {

    private static final int PAGES = 3;
    private static final int MAX_STEPS = 12;
    private static final Layout LAYOUT = new Layout(2, 2, 506);

    private static final Step STORE = new Step("cpu0", new Operation.Store(0, 5));
    private static final Step MIGRATE = new Step("cpu0", new Operation.Migrate(0, 1));
    private static final Step PIN = new Step("cpu1", new Operation.Pin(0));
    private static final Step PIN_SECOND = new Step("cpu1", new Operation.Pin(1));
    private static final Step MIGRATE_BOTH = new Step("cpu0", new Operation.Migrate(0, 2));

    @Provide
    Arbitrary<Layout> layouts() {
        return Sequential.layouts();
    }

    @Provide
    Arbitrary<Cell> cells() {
        return Arbitraries.of(designs());
    }

    private static List<Cell> designs() {
        return Designs.of(Kind.MM).stream()
                .filter(design -> design.id().matches("linux-[0-9.]+|.*-repaired"))
                .filter(design -> ((Design.Mm) design).migration() != null)
                .map(design -> cell(design.id()))
                .toList();
    }

    private static Cell cell(String mm) {
        return new Cell(
                (Design.Mm) Designs.find(Kind.MM, mm).orElseThrow(),
                (Design.Notifier) Designs.find(Kind.NOTIFIER, "srcu").orElseThrow(),
                (Design.Secondary) Designs.find(Kind.SECONDARY, "kvm-seq-flush").orElseThrow());
    }

    /** Steps, the first of which migrates, for otherwise the rig would be that of 2008. */
    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> pages = Arbitraries.integers().between(0, PAGES - 1);
        Arbitrary<String> cpus = Arbitraries.of("cpu0", "cpu1", "cpu2");
        Arbitrary<Operation> migrations = Combinators.combine(pages, pages)
                .as((a, b) -> new Operation.Migrate(Math.min(a, b), Math.max(a, b) + 1));
        Arbitrary<Operation> operations = Arbitraries.frequencyOf(
                Tuple.of(6, RandomOperations.ofCpu(PAGES)),
                Tuple.of(3, migrations),
                Tuple.of(1, pages.map(Operation.Reclaim::new)),
                Tuple.of(1, pages.map(Operation.Unpin::new)));
        Arbitrary<List<Step>> one =
                Combinators.combine(cpus, operations).as((cpu, operation) -> List.of(new Step(cpu, operation)));
        Arbitrary<List<Step>> ofDevice =
                RandomOperations.ofDevice(PAGES).map(operation -> List.of(new Step("dev0", operation)));
        Arbitrary<List<Step>> pinned = Combinators.combine(
                        cpus, pages, Arbitraries.longs().between(1, 9))
                .as(MigrationTest::pinned);
        return Arbitraries.frequencyOf(
                        Tuple.of(1, Arbitraries.just(List.of(Step.FORK))),
                        Tuple.of(8, one),
                        Tuple.of(1, ofDevice),
                        Tuple.of(1, pinned))
                .list()
                .ofMaxSize(MAX_STEPS)
                .map(lists -> {
                    List<Step> steps = new ArrayList<>(List.of(MIGRATE));
                    lists.forEach(steps::addAll);
                    return pinnedOnce(steps);
                });
    }

    /** The device writes to the page before something can take it from the process: then it writes to the process. */
    private static List<Step> pinned(String cpu, int page, long value) {
        return List.of(new Step(cpu, new Operation.Pin(page)), new Step(cpu, new Operation.Dma(page, value)));
    }

    /** An actor pins a page again only when it has dropped the pin: there is room for one. */
    private static List<Step> pinnedOnce(List<Step> all) {
        Set<Step> pins = new HashSet<>();
        List<Step> steps = new ArrayList<>();
        for (Step step : all) {
            switch (step.operation()) {
                case Operation.Pin _ -> {
                    if (!pins.add(step)) {
                        continue;
                    }
                }
                case Operation.Dma(int page, long _) -> {
                    Step pin = new Step(step.actor(), new Operation.Pin(page));
                    if (steps.isEmpty() || !steps.getLast().equals(pin)) {
                        continue;
                    }
                }
                case Operation.Unpin(int page) -> pins.remove(new Step(step.actor(), new Operation.Pin(page)));
                default -> {}
            }
            steps.add(step);
        }
        return steps;
    }

    @Property(tries = 4_000)
    void everySequenceRefinesFlatMemory(
            @ForAll("cells") Cell cell, @ForAll("layouts") Layout layout, @ForAll("steps") List<Step> steps) {
        Sequential.assertRefines(cell, layout, Weakness.harmless(cell, steps), Allocations.SUCCEED, _ -> 0);
    }

    /** The protection permits no pin, and without one no DMA: nothing is written. */
    @Example
    void dmaThroughAPinThatFailedWritesNothing() {
        List<Step> steps = List.of(
                new Step("cpu0", new Operation.Mprotect(0, 1, Protection.NONE)),
                new Step("cpu0", new Operation.Pin(0)),
                new Step("cpu0", new Operation.Dma(0, 1)),
                new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ_WRITE)),
                new Step("cpu0", new Operation.Load(0)));
        Sequential.assertRefines(cell("linux-4.9"), LAYOUT, steps, Allocations.SUCCEED, _ -> 0);
    }

    @Example
    void repairedPatchesAndLinuxAreAmongTheDesigns() {
        Set<String> ids = designs().stream().map(cell -> cell.mm().id()).collect(Collectors.toSet());
        Designs.repairedPatches().forEach(patch -> assertTrue(ids.contains(patch.repaired()), patch.repaired()));
        assertTrue(ids.contains("linux-4.9"));
    }

    /** {@code make_migration_entry} of a dirty entry: the page moves, and is clean. */
    @Example
    void earlyEntryLosesTheDirtyBitThoughNobodyElseRuns() {
        assertWeak(List.of(STORE, MIGRATE), Set.of("hmm-v13", "hmm-v15-early"));
        assertWeak(List.of(STORE, MIGRATE), Set.of("hmm-v13-but-dirty", "hmm-v15-early-but-dirty"));
    }

    /** v13 leaves the entry, and the page locked; v15 13/16 leaves the page isolated. */
    @Example
    void pinnedPageIsNotGivenUpAsItWasThoughNobodyElseRuns() {
        assertWeak(List.of(PIN, MIGRATE), Set.of("hmm-v13", "hmm-v15"));
    }

    /** v15 14/16 begins to restore at a page that is to be migrated. */
    @Example
    void pinnedPageBesideOneThatMigratesIsNotGivenUpAsItWasThoughNobodyElseRuns() {
        assertWeak(List.of(PIN_SECOND, MIGRATE_BOTH), Set.of("hmm-v13", "hmm-v15", "hmm-v15-early"));
    }

    /** That many fail, and with every repair none. */
    private static void assertWeak(List<Step> witness, Set<String> designs) {
        List<String> failing = designs.stream()
                .filter(id -> Sequential.fails(cell(id), LAYOUT, witness))
                .sorted()
                .toList();
        assertEquals(designs.stream().sorted().toList(), failing);
        Designs.repairedPatches()
                .forEach(patch ->
                        assertTrue(!Sequential.fails(cell(patch.repaired()), LAYOUT, witness), patch.repaired()));
    }
}
