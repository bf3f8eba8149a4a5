package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import racewalk.mm.Fault;
import racewalk.mm.Fork;
import racewalk.mm.MmuGather;
import racewalk.mm.Page;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Unmap;
import racewalk.specs.Design.About;
import racewalk.specs.Sequential.Layout;
import racewalk.specs.Sequential.Step;

/**
 * Whichever allocation of a sequence of operations fails: the operation that needed it has no effect and says so, those
 * after it give what flat memory gives, and nothing is leaked. On every design in the registry.
 */
class OutOfMemoryTest {

    @Provide
    Arbitrary<Layout> layouts() {
        return Sequential.layouts();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Sequential.steps();
    }

    @Provide
    Arbitrary<Cell> cells() {
        return Arbitraries.of(Sequential.cells());
    }

    /** An environment in which everything succeeds but one choice. */
    private static final class FailsOnce implements IntUnaryOperator {

        private int left;

        FailsOnce(int choice) {
            this.left = choice;
        }

        @Override
        public int applyAsInt(int options) {
            return left-- == 0 ? options - 1 : 0;
        }

        boolean hasFailed() {
            return left < 0;
        }
    }

    /** {@code copy_page_range} returns {@code -ENOMEM} between begin and end: who waits, waits for ever. */
    private static final Weakness NO_END = new Weakness(
            "the end of a fork that failed is missing",
            cell -> cell.notifier().id().matches("lameter.*|emm(-all-locks)?|arcangeli-v[0-9].*"),
            step -> step.operation() instanceof Operation.Fork,
            List.of(new Step("dev0", new Operation.Store(0, 5)), Step.FORK));

    private static List<Step> harmless(Cell cell, List<Step> steps) {
        return Weakness.harmless(cell, steps).stream()
                .filter(step -> !NO_END.cells().test(cell) || !NO_END.trips().test(step))
                .toList();
    }

    @Example
    void endOfAForkThatFailedIsMissing() {
        List<Cell> weak = Sequential.cells().stream()
                .filter(NO_END.cells())
                .filter(cell -> cell.secondary().id().startsWith("kvm-pin")) // who listens to the end alone
                .toList();
        assertFalse(weak.isEmpty());
        for (Cell cell : weak) {
            assertThrows(
                    AssertionError.class,
                    () -> Sequential.assertRefines(
                            cell, new Layout(2, 2, 1), NO_END.witness(), Allocations.MAY_FAIL, new FailsOnce(1)));
        }
    }

    @Property(tries = 2_000)
    void everyPointOfFailureIsHarmless(
            @ForAll("cells") Cell cell, @ForAll("layouts") Layout layout, @ForAll("steps") List<Step> steps) {
        List<Step> harmless = harmless(cell, steps);
        int choice = 0;
        FailsOnce environment;
        do {
            environment = new FailsOnce(choice++);
            Sequential.assertRefines(cell, layout, harmless, Allocations.MAY_FAIL, environment);
        } while (environment.hasFailed());
    }

    @Property(tries = 2_000)
    void anyFailuresAreHarmless(
            @ForAll("cells") Cell cell,
            @ForAll("layouts") Layout layout,
            @ForAll("steps") List<Step> steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        Sequential.assertRefines(cell, layout, harmless(cell, steps), Allocations.MAY_FAIL, random::nextInt);
    }

    private static final About PLANTED = new About("planted", "a planted fault", "nobody");

    /** The cell with other memory management. */
    private static Cell with(Design.Mm mm, Cell cell) {
        return new Cell(mm, cell.notifier(), cell.secondary());
    }

    private static void assertFound(Design.Mm leaking, Layout layout, int choice, Step... steps) {
        Cell right = Sequential.cells().getFirst();
        FailsOnce environment = new FailsOnce(choice);
        Sequential.assertRefines(right, layout, List.of(steps), Allocations.MAY_FAIL, environment);
        assertTrue(environment.hasFailed());
        assertThrows(
                AssertionError.class,
                () -> Sequential.assertRefines(
                        with(leaking, right), layout, List.of(steps), Allocations.MAY_FAIL, new FailsOnce(choice)));
    }

    @Example
    void pageThatIsKeptWhereTheCopyFailsIsFound() {
        Design.Mm leaking = new Design.Mm(
                PLANTED,
                Unmap::new,
                (mm, sites) -> new Fault(mm, sites) {
                    @Override
                    protected void releaseUncopied(Page oldPage) {}
                },
                Fork::new);
        int copy = 1; // the child's page table comes first
        assertFound(leaking, new Layout(1, 1, 1), copy, Step.FORK, new Step("cpu0", new Operation.Store(0, 5)));
    }

    @Example
    void childThatIsLeftBehindIsFound() {
        Design.Mm leaking = new Design.Mm(PLANTED, (mm, sites) -> new Unmap(mm, sites) {
            @Override
            protected void unmapVmas(MmuGather tlb, int start, int end) {}
        });
        int secondTable = 1;
        assertFound(leaking, new Layout(2, 2, 1), secondTable, Step.FORK);
    }
}
