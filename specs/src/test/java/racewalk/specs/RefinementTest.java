package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;

/**
 * Any list of operations, one after the other, gives what flat memory gives, on every design; and keeps the invariants.
 *
 * <p>A device that calls {@code get_user_pages} by force does what mprotect forbids: it refines flat memory only where
 * nobody protects anything. Every page is touched at boot, because the zero page is not modelled.
 */
class RefinementTest {

    private static final int PAGES = 2;

    /** An operation of one of the actors cpu0, cpu1, dev0. */
    record Step(int actor, Operation operation) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> pages = Arbitraries.integers().between(0, PAGES - 1);
        Arbitrary<Long> values = Arbitraries.longs().between(1, 9);
        Arbitrary<int[]> ranges =
                Combinators.combine(pages, pages).as((a, b) -> new int[] {Math.min(a, b), Math.max(a, b) + 1});
        Arbitrary<Operation> accesses = Arbitraries.oneOf(
                pages.map(Operation.Load::new),
                Combinators.combine(pages, values).as(Operation.Store::new));
        Arbitrary<Operation> ofCpu = Arbitraries.oneOf(
                accesses,
                ranges.map(range -> new Operation.Munmap(range[0], range[1])),
                ranges.map(range -> new Operation.Dontneed(range[0], range[1])),
                pages.map(Operation.LockPage::new),
                Combinators.combine(ranges, Arbitraries.of(Protection.READ, Protection.READ_WRITE))
                        .as((range, protection) -> new Operation.Mprotect(range[0], range[1], protection)));
        Arbitrary<Operation> ofDevice =
                Arbitraries.oneOf(accesses, ranges.map(range -> new Operation.Prefault(range[0], range[1])));
        Arbitrary<Step> cpuSteps =
                Combinators.combine(Arbitraries.of(0, 1), ofCpu).as(Step::new);
        return Arbitraries.oneOf(cpuSteps, ofDevice.map(operation -> new Step(2, operation)))
                .list()
                .ofMaxSize(14);
    }

    /** A notifier tells the devices: without one nothing can be coherent. */
    @Provide
    Arbitrary<Cell> cells() {
        Design.Mm mm = (Design.Mm) Designs.of(Kind.MM).getFirst();
        List<Cell> cells = new ArrayList<>();
        for (Design notifier : Designs.of(Kind.NOTIFIER)) {
            for (Design secondary : Designs.of(Kind.SECONDARY)) {
                boolean sound = !notifier.id().equals("none") && !secondary.id().startsWith("irq-");
                if (sound) {
                    cells.add(new Cell(mm, (Design.Notifier) notifier, (Design.Secondary) secondary));
                }
            }
        }
        return Arbitraries.of(cells);
    }

    private static boolean asksByForce(Cell cell) {
        return cell.secondary().id().matches("kvm-pin|gru-follow.*");
    }

    @Property(tries = 5_000)
    void everySequenceRefinesFlatMemory(@ForAll("cells") Cell cell, @ForAll("steps") List<Step> all) {
        List<Step> steps = all.stream()
                .filter(step -> !(step.operation instanceof Operation.Mprotect && asksByForce(cell)))
                .toList();
        List<List<Operation>> operations = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        steps.forEach(step -> operations.get(step.actor).add(step.operation));
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", operations.get(0));
        actors.put("cpu1", operations.get(1));
        actors.put("dev0", operations.get(2));
        for (int tables = 1; tables <= PAGES; tables++) {
            run(cell, steps, scenario(actors, tables));
        }
    }

    @Property
    void onlyDeviceThatAsksByForceWritesWhatMprotectForbids(@ForAll("cells") Cell cell) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", List.of(new Operation.Mprotect(0, 1, Protection.READ)));
        actors.put("dev0", List.of(new Operation.Store(0, 5)));
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        Program program = new Rig(machine, scenario(actors, 1), cell).program();
        long written = Operation.DENIED;
        for (Actor actor : program.actors()) {
            written = machine.run(actor.task(), actor.actions().getFirst());
        }
        assertEquals(asksByForce(cell) ? Operation.DONE : Operation.DENIED, written);
    }

    private static Scenario scenario(Map<String, List<Operation>> actors, int tables) {
        return new Scenario(
                Path.of("refinement"),
                "refinement",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(PAGES, tables, 5, 2),
                IntStream.range(0, PAGES)
                        .mapToObj(page -> new Scenario.Step("cpu0", new Operation.Load(page)))
                        .toList(),
                actors,
                Map.of(),
                List.of(Invariants.values()),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }

    private static void run(Cell cell, List<Step> steps, Scenario scenario) {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        Program program = new Rig(machine, scenario, cell).program();
        long flat = scenario.bootMemory();
        int[] next = new int[3];
        for (Step step : steps) {
            Actor actor = program.actors().get(step.actor);
            long result = machine.run(actor.task(), actor.actions().get(next[step.actor]++));
            FlatMemory.Effect effect = FlatMemory.effect(step.operation, flat);
            flat = effect.memory();
            assertEquals(effect.result(), result, () -> actor.task() + " " + step.operation);
            for (Invariant invariant : program.invariants()) {
                assertNull(invariant.check().get(), invariant.name());
            }
        }
    }
}
