package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;

/**
 * Any operations of a CPU and of two devices of {@code lib/test_hmm.c} that have memory of their own, one after the
 * other, give what flat memory gives, and keep the invariants: wherever the pages are.
 *
 * <p>But one: {@code dmirror_do_write} sets no page dirty, and finds a PTE that is writable and clean where {@code
 * remove_migration_pte} has made it so.
 */
class DmirrorRefinementTest {

    private static final int PAGES = 3;
    private static final int DEVICE_FRAMES = 6;
    private static final int MAX_STEPS = 14;
    /** One for each page that any step may need: a pagevec keeps a reference on what has been freed. */
    private static final int FRAMES = PAGES * (1 + MAX_STEPS);

    private static final List<String> ACTORS = List.of("cpu0", "dev0", "dev1");

    private record Step(String actor, Operation operation) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.of(ACTORS)
                .flatMap(actor ->
                        (Scenario.isCpu(actor) ? ofCpu() : ofDevice()).map(operation -> new Step(actor, operation)))
                .list()
                .ofMaxSize(MAX_STEPS);
    }

    private static Arbitrary<Operation> ofCpu() {
        return RandomOperations.ofCpu(PAGES).filter(operation -> !(operation instanceof Operation.LockPage));
    }

    private static Arbitrary<Operation> ofDevice() {
        Arbitrary<Integer> starts = Arbitraries.integers().between(0, PAGES - 1);
        return Arbitraries.frequencyOf(
                Tuple.of(
                        4,
                        RandomOperations.ofDevice(PAGES).filter(operation -> !(operation instanceof Operation.Reslot))),
                Tuple.of(3, starts.map(start -> new Operation.MigrateToDevice(start, PAGES))),
                Tuple.of(1, starts.map(start -> new Operation.MigrateToSystem(start, PAGES))),
                Tuple.of(1, starts.map(start -> new Operation.Snapshot(start, PAGES))),
                Tuple.of(1, Arbitraries.just(new Operation.Evict(0, PAGES))));
    }

    @Property(tries = 1_000)
    void everySequenceRefinesFlatMemory(@ForAll boolean repaired, @ForAll("steps") List<Step> steps) {
        Assume.that(repaired || steps.stream().noneMatch(step -> step.operation instanceof Operation.Mprotect));
        assertRefines(repaired ? "dmirror-repaired" : "dmirror", steps);
    }

    /** Why {@link #everySequenceRefinesFlatMemory} leaves {@code mprotect} to the device that is repaired. */
    @Example
    void ownPageThatMayOnlyBeReadCannotBeWritten() {
        List<Step> steps = List.of(
                new Step("cpu0", new Operation.Mprotect(0, 1, Protection.NONE)),
                new Step("cpu0", new Operation.Mprotect(0, 1, Protection.READ_WRITE)),
                new Step("dev1", new Operation.MigrateToDevice(0, 1)),
                new Step("dev1", new Operation.Store(0, 1)));
        assertThrows(AssertionError.class, () -> assertRefines("dmirror", steps));
        assertRefines("dmirror-repaired", steps);
    }

    /** A planted fault: what the device had stays in its table when the page is brought back. */
    @Example
    void deviceThatDoesNotEraseIsFound() {
        Random random = new Random(1);
        assertThrows(Throwable.class, () -> {
            for (int i = 0; i < 300; i++) {
                List<Step> steps = steps().generator(1_000).next(random).value();
                assertRefines("dmirror-no-erase", steps);
            }
        });
    }

    @Example
    void storeThroughACleanPteLeavesThePageClean() {
        List<Step> steps = List.of(
                new Step("cpu0", new Operation.Dontneed(0, 1)),
                new Step("dev0", new Operation.MigrateToDevice(0, 1)),
                new Step("dev1", new Operation.Store(0, 1)));
        for (String device : List.of("dmirror", "dmirror-repaired")) {
            assertThrows(
                    AssertionError.class, () -> assertRefines(device, steps, List.of(Invariants.DIRTY_NEVER_LOST)));
        }
    }

    private static void assertRefines(String device, List<Step> steps) {
        List<Invariants> usual =
                new ArrayList<>(Invariants.of(scenario(steps, List.of()).memory(), Processes.single(PAGES), true));
        usual.remove(Invariants.DIRTY_NEVER_LOST);
        assertRefines(device, steps, usual);
    }

    private static void assertRefines(String device, List<Step> steps, List<Invariants> invariants) {
        Scenario scenario = scenario(steps, invariants);
        LiveMachine machine = LiveMachine.alone(_ -> 0);
        Cell cell = new Cell(
                (Design.Mm) Designs.find(Kind.MM, "linux-7.0").orElseThrow(),
                (Design.Notifier) Designs.find(Kind.NOTIFIER, "interval").orElseThrow(),
                (Design.Secondary) Designs.find(Kind.SECONDARY, device).orElseThrow());
        Program program = new Rig(machine, scenario, cell).program();
        Map<String, Actor> actors = new LinkedHashMap<>();
        program.actors().forEach(actor -> actors.put(actor.task().name(), actor));
        Map<String, Integer> next = new LinkedHashMap<>();
        long flat = scenario.bootMemory();
        for (Step step : steps) {
            Actor actor = actors.get(step.actor);
            int number = next.merge(step.actor, 1, Integer::sum) - 1;
            long result = machine.run(actor.task(), actor.actions().get(number));
            FlatMemory.Effect effect = FlatMemory.effect(step.operation, flat);
            flat = effect.memory();
            if (!FlatMemory.mayAlwaysTell(step.operation, result)) {
                long told = result == Operation.EPERM ? Operation.DENIED : result;
                assertEquals(effect.result(), FlatMemory.known(step.operation, told), () -> step + " of " + steps);
            }
            for (Invariant invariant : program.invariants()) {
                assertNull(invariant.check().get(), () -> invariant.name() + " after " + step + " of " + steps);
            }
        }
    }

    private static Scenario scenario(List<Step> steps, List<Invariants> invariants) {
        Scenario.Memory memory = new Scenario.Memory(PAGES, 1, FRAMES, 506, Allocations.SUCCEED, DEVICE_FRAMES);
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        ACTORS.forEach(actor -> actors.put(actor, new ArrayList<>()));
        steps.forEach(step -> actors.get(step.actor).add(step.operation));
        return new Scenario(
                Path.of("dmirror-refinement"),
                "dmirror-refinement",
                "",
                Scenario.Tier.GATE,
                memory,
                Processes.single(PAGES),
                IntStream.range(0, PAGES)
                        .mapToObj(page -> new Scenario.Step("cpu0", new Operation.Load(page)))
                        .toList(),
                actors,
                List.of(),
                List.of(),
                invariants,
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }
}
