package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;
import racewalk.specs.Design.Trait;

/**
 * Operations one after the other, on the model and on flat memory. There are two processes: cpu0, cpu1, dev0 and dev1
 * are of the first, cpu2 and dev2 of its child. As many of them take part as {@link Linearizability} has room for.
 */
final class Sequential {

    private static final List<String> ACTORS = List.of("cpu0", "cpu1", "dev0", "dev1", "cpu2", "dev2");
    private static final String CHILD = "child";

    private static final int MAX_STEPS = 16;
    private static final int FRAMES = 40;
    private static final int MOST_PAGES = 3;

    private Sequential() {}

    /** An operation of one of the actors, on the pages of its own process. */
    record Step(String actor, Operation operation) {

        /** A fork: the pages are those of the layout. */
        static final Step FORK = new Step("cpu0", new Operation.Fork(CHILD, 0, 1, 1));

        boolean isOfDevice() {
            return !Scenario.isCpu(actor);
        }

        boolean forbids(Protection... protections) {
            return operation instanceof Operation.Mprotect(int _, int _, Protection next)
                    && List.of(protections).contains(next);
        }
    }

    /**
     * The memory of a run.
     *
     * @param pages how many pages
     * @param tables over how many leaf tables
     * @param gather how many pages fill a gather
     */
    record Layout(int pages, int tables, int gather) {}

    /** Memories that differ in what matters. */
    static Arbitrary<Layout> layouts() {
        return Arbitraries.of(
                new Layout(1, 1, 506),
                new Layout(2, 1, 1),
                new Layout(2, 2, 506),
                new Layout(3, 1, 2),
                new Layout(3, 3, 1));
    }

    /** Any steps in the largest layout. */
    static Arbitrary<List<Step>> steps() {
        Arbitrary<Step> others =
                Arbitraries.of(ACTORS).flatMap(actor -> operations(actor).map(operation -> new Step(actor, operation)));
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(Step.FORK)), Tuple.of(8, others))
                .list()
                .ofMaxSize(MAX_STEPS);
    }

    private static Arbitrary<Operation> operations(String actor) {
        if (!Scenario.isCpu(actor)) {
            return RandomOperations.ofDevice(MOST_PAGES);
        }
        return Arbitraries.frequencyOf(
                Tuple.of(6, RandomOperations.ofCpu(MOST_PAGES)),
                Tuple.of(1, Arbitraries.integers().between(0, MOST_PAGES - 1).map(Operation.Age::new)));
    }

    /**
     * The steps that can be done, as the scenario has them: within the layout, only the first fork, and what the child
     * does after it; no ageing where there is a fork; through a pin only who has pinned. Without a fork its
     * actors find no process, and that can be done at any time.
     */
    private static List<Step> possible(Layout layout, Processes processes, List<Step> steps) {
        Set<String> taking = new LinkedHashSet<>(List.of("cpu0"));
        boolean forks = steps.stream().anyMatch(step -> step.operation instanceof Operation.Fork);
        boolean forked = false;
        List<Step> possible = new ArrayList<>();
        for (Step step : steps) {
            int process = processes.of(step.actor);
            if (taking.size() == Linearizability.MAX_ACTORS && !taking.contains(step.actor)) {
                continue;
            }
            taking.add(step.actor);
            if (step.operation instanceof Operation.Age && forks) {
                continue;
            }
            if (step.operation instanceof Operation.Fork) {
                if (!forked) {
                    possible.add(new Step(step.actor, processes.fork(1)));
                }
                forked = true;
            } else if (isOfPin(step) && possible.stream().noneMatch(before -> isPin(before, step.actor))) {
                continue;
            } else if (step.operation.end() <= layout.pages && (process == 0 || forked || !forks)) {
                possible.add(new Step(step.actor, moved(step.operation, processes.firstPage(process))));
            }
        }
        return possible;
    }

    private static boolean isPin(Step step, String actor) {
        return step.actor.equals(actor) && step.operation instanceof Operation.Pin;
    }

    /** Whether it is only done by who pins. */
    private static boolean isOfPin(Step step) {
        return step.operation instanceof Operation.Dma || step.operation instanceof Operation.Unpin;
    }

    /** The operation with all pages so many further on. */
    private static Operation moved(Operation operation, int by) {
        return switch (operation) {
            case Operation.Load(int page) -> new Operation.Load(page + by);
            case Operation.Store(int page, long value) -> new Operation.Store(page + by, value);
            case Operation.Munmap(int start, int end) -> new Operation.Munmap(start + by, end + by);
            case Operation.Dontneed(int start, int end) -> new Operation.Dontneed(start + by, end + by);
            case Operation.Mprotect(int start, int end, Protection next) ->
                new Operation.Mprotect(start + by, end + by, next);
            case Operation.ClearRefs(int start, int end) -> new Operation.ClearRefs(start + by, end + by);
            case Operation.Prefault(int start, int end) -> new Operation.Prefault(start + by, end + by);
            case Operation.Reslot(int start, int end) -> new Operation.Reslot(start + by, end + by);
            case Operation.LockPage(int page) -> new Operation.LockPage(page + by);
            case Operation.Reclaim(int page) -> new Operation.Reclaim(page + by);
            case Operation.Migrate(int start, int end) -> new Operation.Migrate(start + by, end + by);
            case Operation.Pin(int page, var way) -> new Operation.Pin(page + by, way);
            case Operation.MigrateToDevice(int start, int end) -> new Operation.MigrateToDevice(start + by, end + by);
            case Operation.MigrateToSystem(int start, int end) -> new Operation.MigrateToSystem(start + by, end + by);
            case Operation.Evict(int start, int end) -> new Operation.Evict(start + by, end + by);
            case Operation.Snapshot(int start, int end) -> new Operation.Snapshot(start + by, end + by);
            case Operation.Writeback(int start, int end) -> new Operation.Writeback(start + by, end + by);
            case Operation.Truncate(int start, int end) -> new Operation.Truncate(start + by, end + by);
            case Operation.Exclusive(int start, int end) -> new Operation.Exclusive(start + by, end + by);
            case Operation.CheckExclusive(int start, int end) -> new Operation.CheckExclusive(start + by, end + by);
            case Operation.Exchange(int page, long value) -> new Operation.Exchange(page + by, value);
            case Operation.Unpin(int page) -> new Operation.Unpin(page + by);
            case Operation.Dma(int page, long value) -> new Operation.Dma(page + by, value);
            case Operation.Exit(int start, int end) -> new Operation.Exit(start + by, end + by);
            case Operation.Register _, Operation.Unregister _ -> operation;
            case Operation.Age(int page) -> new Operation.Age(page + by);
            case Operation.Fork fork -> fork;
            case Operation.OfTable _, Operation.OfContpte _ ->
                throw new IllegalArgumentException("an operation on a table");
        };
    }

    /** Every combination of the designs in the registry; of those that migrate pages one. */
    static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Design mm : Designs.of(Kind.MM)) {
            if (((Design.Mm) mm).migration() != null && !mm.id().equals("linux-4.9")) {
                continue;
            }
            for (Design notifier : Designs.of(Kind.NOTIFIER)) {
                for (Design secondary : Designs.of(Kind.SECONDARY)) {
                    if (secondary.has(Trait.DEVICE_MEMORY)) {
                        continue; // it migrates pages to its own memory, and there is none
                    }
                    Cell cell = new Cell((Design.Mm) mm, (Design.Notifier) notifier, (Design.Secondary) secondary);
                    boolean posted = secondary.has(Trait.ACTIVE_RANGES)
                            && !secondary.id().equals("hmm-2015-repaired");
                    if (!posted && Designs.isTold(cell.notifier(), cell.secondary())) {
                        cells.add(cell);
                    }
                }
            }
        }
        return cells;
    }

    /** Whether the steps break a rule of the machine, give another result than flat memory, or break an invariant. */
    static boolean fails(Cell cell, Layout layout, List<Step> steps) {
        try {
            assertRefines(cell, layout, steps, Allocations.SUCCEED, _ -> 0);
            return false;
        } catch (AssertionError | BrokenRule e) {
            return true;
        }
    }

    /**
     * Performs the steps on the model and on flat memory.
     *
     * @param environment answers the environment's choices from the number of options
     */
    static void assertRefines(
            Cell cell, Layout layout, List<Step> all, Allocations allocations, IntUnaryOperator environment) {
        Processes processes = new Processes(layout.pages, Map.of(CHILD, new TreeSet<>(List.of("cpu2", "dev2"))));
        List<Step> steps = possible(layout, processes, all);
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", new ArrayList<>());
        steps.forEach(step ->
                actors.computeIfAbsent(step.actor, _ -> new ArrayList<>()).add(step.operation));
        assertRefines(cell, scenario(layout, processes, allocations, actors), steps, environment);
    }

    /** Performs the steps, which are those of the scenario's actors, on the model and on flat memory. */
    static void assertRefines(Cell cell, Scenario scenario, List<Step> steps, IntUnaryOperator environment) {
        Allocations allocations = scenario.memory().allocations();
        LiveMachine machine = LiveMachine.alone(environment);
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
            boolean refused = (FlatMemory.mayBeRefused(step.operation)
                            || allocations == Allocations.MAY_FAIL && FlatMemory.allocates(step.operation))
                    && result == FlatMemory.refusal(step.operation, Scenario.isCpu(step.actor));
            if (!refused) {
                flat = effect.memory();
                if (!FlatMemory.mayAlwaysTell(step.operation, result)) {
                    assertEquals(effect.result(), result, () -> step.actor + " " + step.operation);
                }
            }
            for (Invariant invariant : program.invariants()) {
                assertNull(invariant.check().get(), invariant.name());
            }
        }
    }

    private static Scenario scenario(
            Layout layout, Processes processes, Allocations allocations, Map<String, List<Operation>> actors) {
        return new Scenario(
                Path.of("refinement"),
                "refinement",
                "",
                Scenario.Tier.GATE,
                new Scenario.Memory(layout.pages, layout.tables, FRAMES, layout.gather, allocations),
                processes,
                IntStream.range(0, layout.pages)
                        .mapToObj(page -> new Scenario.Step("cpu0", new Operation.Load(page)))
                        .toList(),
                actors,
                List.of(),
                List.of(),
                Stream.of(Invariants.values())
                        .filter(invariant -> Scenario.migrates(actors) || !invariant.isOfMigration())
                        .filter(invariant -> !invariant.isAsked())
                        .toList(),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }
}
