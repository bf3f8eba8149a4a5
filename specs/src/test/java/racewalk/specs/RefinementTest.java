package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomGenerator;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.mm.AddressSpace;
import racewalk.mm.MmuGather;
import racewalk.mm.NotifierSites;
import racewalk.mm.Protection;
import racewalk.mm.TlbFlush;
import racewalk.mm.Unmap;
import racewalk.notifier.Arcangeli;
import racewalk.specs.Design.About;
import racewalk.specs.Design.Kind;

/**
 * Any list of operations, one after the other, gives what flat memory gives, and keeps the invariants: on every design
 * in the registry. A design is racy at worst; what one does wrong though nobody else runs is a {@link Weakness}, and
 * those are shown to be there.
 *
 * <p>Every page is touched at boot, because the zero page is not modelled.
 */
class RefinementTest {

    private static final int MAX_STEPS = 16;

    /** In how many sequences a planted fault must show. */
    private static final int SAMPLES = 500;

    private static final List<String> ACTORS = List.of("cpu0", "cpu1", "dev0", "dev1");

    /** An operation of one of the actors. */
    record Step(String actor, Operation operation) {

        boolean isOfDevice() {
            return !Scenario.isCpu(actor);
        }

        boolean forbids(Protection... protections) {
            return operation instanceof Operation.Mprotect(int _, int _, Protection next)
                    && List.of(protections).contains(next);
        }
    }

    /**
     * What some designs do wrong even when nobody else runs.
     *
     * @param cells the designs
     * @param trips the steps without which they do nothing wrong
     * @param witness a sequence in which they do
     */
    record Weakness(String why, Predicate<Cell> cells, Predicate<Step> trips, List<Step> witness) {}

    private static final Operation READ = new Operation.Load(0);
    private static final Operation WRITE = new Operation.Store(0, 5);

    private static final List<Weakness> WEAKNESSES = List.of(
            new Weakness(
                    "nobody tells the device",
                    cell -> cell.notifier().id().equals("none"),
                    Step::isOfDevice,
                    List.of(
                            new Step("dev0", READ),
                            new Step("cpu0", new Operation.Munmap(0, 1)),
                            new Step("dev0", READ))),
            new Weakness(
                    "the interrupt takes a lock that is taken with interrupts enabled",
                    cell -> cell.secondary().id().startsWith("irq-"),
                    Step::isOfDevice,
                    List.of(new Step("dev0", READ))),
            new Weakness(
                    "the device asks by force, whatever the protection",
                    cell -> cell.secondary().id().matches("kvm-pin|gru-follow.*"),
                    step -> step.forbids(Protection.READ, Protection.NONE),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ)), new Step("dev0", WRITE))),
            new Weakness(
                    "the device takes an entry of a PROT_NONE mapping for a present one",
                    cell -> cell.secondary().id().startsWith("gru-"),
                    step -> step.forbids(Protection.NONE),
                    List.of(new Step("cpu0", new Operation.Mprotect(0, 1, Protection.NONE)), new Step("dev0", READ))));

    /**
     * The memory of a run.
     *
     * @param pages how many pages
     * @param tables over how many leaf tables
     * @param gather how many pages fill a gather
     */
    record Layout(int pages, int tables, int gather) {}

    @Provide
    Arbitrary<Layout> layouts() {
        return Arbitraries.of(
                new Layout(1, 1, 506),
                new Layout(2, 1, 1),
                new Layout(2, 2, 506),
                new Layout(3, 1, 2),
                new Layout(3, 3, 1));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.of(ACTORS)
                .flatMap(actor -> operations(actor).map(operation -> new Step(actor, operation)))
                .list()
                .ofMaxSize(MAX_STEPS);
    }

    private static Arbitrary<Operation> operations(String actor) {
        return Scenario.isCpu(actor) ? RandomOperations.ofCpu(3) : RandomOperations.ofDevice(3);
    }

    @Provide
    Arbitrary<Cell> cells() {
        return Arbitraries.of(allCells());
    }

    /** Every combination of the designs in the registry. */
    private static List<Cell> allCells() {
        List<Cell> cells = new ArrayList<>();
        for (Design mm : Designs.of(Kind.MM)) {
            for (Design notifier : Designs.of(Kind.NOTIFIER)) {
                for (Design secondary : Designs.of(Kind.SECONDARY)) {
                    cells.add(new Cell((Design.Mm) mm, (Design.Notifier) notifier, (Design.Secondary) secondary));
                }
            }
        }
        return cells;
    }

    @Property(tries = 8_000)
    void everySequenceRefinesFlatMemory(
            @ForAll("cells") Cell cell,
            @ForAll("layouts") Layout layout,
            @ForAll("steps") List<Step> steps,
            @ForAll long choices) {
        assertRefines(cell, layout, harmless(cell, layout, steps), choices);
    }

    /** The steps within the layout that trip over no known weakness of the cell. */
    private static List<Step> harmless(Cell cell, Layout layout, List<Step> steps) {
        return steps.stream()
                .filter(step -> step.operation.end() <= layout.pages)
                .filter(step -> WEAKNESSES.stream()
                        .noneMatch(weakness -> weakness.cells.test(cell) && weakness.trips.test(step)))
                .toList();
    }

    @Example
    void everyWeaknessIsThere() {
        for (Weakness weakness : WEAKNESSES) {
            List<Cell> weak = allCells().stream().filter(weakness.cells).toList();
            assertTrue(!weak.isEmpty(), "a weakness of no design: " + weakness.why);
            for (Cell cell : weak) {
                assertTrue(fails(cell, new Layout(1, 1, 506), weakness.witness, 0), cell + ": " + weakness.why);
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

    /** Some of the property's sequences must show the fault. */
    private void assertFound(Cell cell) {
        RandomGenerator<List<Step>> samples = steps().generator(SAMPLES);
        Random random = new Random(1);
        Layout layout = new Layout(3, 1, 2);
        assertTrue(IntStream.range(0, SAMPLES)
                .mapToObj(_ -> samples.next(random).value())
                .anyMatch(steps -> fails(cell, layout, harmless(cell, layout, steps), 0)));
    }

    // ---- one run -------------------------------------------------------------------------------------------------

    private static boolean fails(Cell cell, Layout layout, List<Step> steps, long choices) {
        try {
            assertRefines(cell, layout, steps, choices);
            return false;
        } catch (AssertionError | BrokenRule e) {
            return true;
        }
    }

    /** Performs the steps on the model and on flat memory, with the environment's choices as a seed has them. */
    private static void assertRefines(Cell cell, Layout layout, List<Step> steps, long choices) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        ACTORS.forEach(actor -> actors.put(actor, new ArrayList<>()));
        steps.forEach(step -> actors.get(step.actor).add(step.operation));
        Scenario scenario = scenario(layout, actors);
        Random environment = new Random(choices);
        LiveMachine machine = LiveMachine.spinning(environment::nextInt);
        Program program = new Rig(machine, scenario, cell).program();
        Map<String, Actor> byName = program.actors().stream()
                .collect(Collectors.toMap(actor -> actor.task().name(), actor -> actor));
        Map<String, Integer> next = new LinkedHashMap<>();
        long flat = scenario.bootMemory();
        for (Step step : steps) {
            Actor actor = byName.get(step.actor);
            int number = next.merge(step.actor, 1, Integer::sum) - 1;
            long result = machine.run(actor.task(), actor.actions().get(number));
            FlatMemory.Effect effect = FlatMemory.effect(step.operation, flat);
            flat = effect.memory();
            assertEquals(effect.result(), result, () -> step.actor + " " + step.operation);
            for (Invariant invariant : program.invariants()) {
                assertNull(invariant.check().get(), invariant.name());
            }
        }
    }

    private static Scenario scenario(Layout layout, Map<String, List<Operation>> actors) {
        return new Scenario(
                Path.of("refinement"),
                "refinement",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(layout.pages, layout.tables, 16, layout.gather),
                IntStream.range(0, layout.pages)
                        .mapToObj(page -> new Scenario.Step("cpu0", new Operation.Load(page)))
                        .toList(),
                actors,
                Map.of(),
                List.of(Invariants.values()),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }
}
