package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomGenerator;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Fault;
import racewalk.mm.Fork;
import racewalk.mm.MmuGather;
import racewalk.mm.NotifierSites;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.TlbFlush;
import racewalk.mm.Unmap;
import racewalk.notifier.Arcangeli;
import racewalk.notifier.Emm;
import racewalk.specs.Design.About;
import racewalk.specs.Design.Kind;
import racewalk.specs.Sequential.Layout;
import racewalk.specs.Sequential.Step;

/**
 * Any list of operations, one after the other, gives what flat memory gives, and keeps the invariants: on every design
 * in the registry. A design is racy at worst; what one does wrong though nobody else runs is a {@link Weakness}, and
 * each of those is shown to be there.
 *
 * <p>Every page is touched at boot, because the zero page is not modelled.
 */
class RefinementTest {

    /** In how many sequences a planted fault must show. */
    private static final int SAMPLES = 500;

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

    @Property(tries = 8_000)
    void everySequenceRefinesFlatMemory(
            @ForAll("cells") Cell cell,
            @ForAll("layouts") Layout layout,
            @ForAll("steps") List<Step> steps,
            @ForAll long choices) {
        Random environment = new Random(choices);
        Sequential.assertRefines(
                cell, layout, Weakness.harmless(cell, steps), Allocations.SUCCEED, environment::nextInt);
    }

    @Example
    void everyWeaknessIsThere() {
        for (Weakness weakness : Weakness.KNOWN) {
            List<Cell> weak =
                    Sequential.cells().stream().filter(weakness.cells()).toList();
            assertTrue(!weak.isEmpty(), "a weakness of no design: " + weakness.why());
            for (Cell cell : weak) {
                assertTrue(Sequential.fails(cell, weakness.layout(), weakness.witness()), cell + ": " + weakness.why());
            }
        }
    }

    // ---- planted faults ------------------------------------------------------------------------------------------

    private static final About PLANTED = new About("planted", "a planted fault", "nobody");

    private static final Design.Mm LINUX = (Design.Mm) Designs.of(Kind.MM).getFirst();
    private static final Design.Notifier ARCANGELI =
            (Design.Notifier) Designs.find(Kind.NOTIFIER, "arcangeli").orElseThrow();
    private static final Design.Secondary GRU =
            (Design.Secondary) Designs.find(Kind.SECONDARY, "gru-ptlock-rule").orElseThrow();

    @Example
    void unmapThatForgetsTheLastPageIsFound() {
        assertFound(new Cell(new Design.Mm(PLANTED, Forgetful::new), ARCANGELI, GRU));
    }

    private static final class Forgetful extends Unmap {
        Forgetful(AddressSpace mm, NotifierSites notifier) {
            super(mm, notifier);
        }

        @Override
        protected void unmapVmas(MmuGather tlb, int start, int end) {
            super.unmapVmas(tlb, start, end - 1);
        }
    }

    @Example
    void gatherThatFreesWithoutAFlushIsFound() {
        assertFound(new Cell(new Design.Mm(PLANTED, Unflushed::new), ARCANGELI, GRU));
    }

    private static final class Unflushed extends Unmap {
        Unflushed(AddressSpace mm, NotifierSites notifier) {
            super(mm, notifier);
        }

        @Override
        protected MmuGather gather(AddressSpace of, TlbFlush flush) {
            return new MmuGather(of, flush) {
                @Override
                protected void flushMmu() {
                    freeAll();
                }
            };
        }
    }

    @Example
    void notifierThatForgetsCopyOnWriteIsFound() {
        Design.Notifier forgetful = new Design.Notifier(PLANTED, machine -> {
            Arcangeli notifier = new Arcangeli(machine) {
                @Override
                public void cowClearedPteLocked(int address) {}
            };
            return new Design.Attached(notifier, notifier::register);
        });
        assertFound(new Cell(LINUX, forgetful, GRU));
    }

    @Example
    void forkThatLeavesTheParentWritableIsFound() {
        Design.Mm wide = new Design.Mm(
                PLANTED, Unmap::new, Fault::new, (parent, sites, child, exit) -> new Fork(parent, sites, child, exit) {
                    @Override
                    protected void ptepSetWrprotect(Word pte) {}
                });
        assertFound(new Cell(wide, ARCANGELI, GRU));
    }

    @Example
    void notifierThatForgetsMprotectIsFound() {
        Design.Notifier forgetful = new Design.Notifier(PLANTED, machine -> {
            Arcangeli notifier = new Arcangeli(machine) {
                @Override
                public void changedLeafLocked(int start, int end) {}
            };
            return new Design.Attached(notifier, notifier::register);
        });
        assertFound(new Cell(LINUX, forgetful, GRU));
    }

    @Example
    void notifierThatTellsOneDeviceOfTwoIsFound() {
        Design.Notifier half = new Design.Notifier(PLANTED, machine -> {
            Arcangeli notifier = new Arcangeli(machine);
            boolean[] registered = new boolean[1];
            return new Design.Attached(notifier, device -> {
                if (!registered[0]) {
                    notifier.register(device);
                }
                registered[0] = true;
            });
        });
        assertFound(new Cell(LINUX, half, GRU));
    }

    /** {@code __emm_notify} stops at the first answer that is not 0: then nobody tells the other device. */
    @Example
    void deviceWhoseAnswerEndsTheWalkOfEmmIsFound() {
        Design.Notifier stopped = new Design.Notifier(PLANTED, machine -> {
            Emm notifier = new Emm();
            return new Design.Attached(
                    notifier,
                    device -> notifier.register((operation, start, end) -> device.func(operation, start, end) + 1));
        });
        assertFound(new Cell(LINUX, stopped, GRU));
    }

    /** Some of the property's sequences must show the fault. */
    private void assertFound(Cell cell) {
        RandomGenerator<List<Step>> samples = steps().generator(SAMPLES);
        Random random = new Random(1);
        Layout layout = new Layout(3, 1, 2);
        assertTrue(IntStream.range(0, SAMPLES)
                .mapToObj(_ -> samples.next(random).value())
                .anyMatch(steps -> Sequential.fails(cell, layout, Weakness.harmless(cell, steps))));
    }
}
