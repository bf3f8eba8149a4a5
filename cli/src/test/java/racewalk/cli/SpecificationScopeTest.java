package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Progress;
import racewalk.explore.Strategy;
import racewalk.machine.ForwardingMachine;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.Word;
import racewalk.mm.Fault;
import racewalk.mm.Protection;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Invariants;
import racewalk.specs.Linearizability;
import racewalk.specs.Operation;
import racewalk.specs.Processes;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;

/**
 * What Linux allows happens in the model, and the specification accepts it. Each test first shows that the model does
 * it, by a witness that claims that it never happens, and then that nothing is violated.
 */
class SpecificationScopeTest {

    private static final Cell CPU_ONLY = new Cell(
            (Design.Mm) Designs.of(Kind.MM).getFirst(),
            (Design.Notifier) Designs.find(Kind.NOTIFIER, "none").orElseThrow(),
            null);

    private static Scenario scenario(Operation ofCpu0, Operation... ofCpu1) {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", List.of(ofCpu0));
        actors.put("cpu1", List.of(ofCpu1));
        return scenario(
                1,
                List.of(
                        new Scenario.Step("cpu1", new Operation.Store(0, 1)),
                        new Scenario.Step("cpu1", new Operation.Store(1, 2))),
                actors);
    }

    private static Scenario scenario(int gather, List<Scenario.Step> boot, Map<String, List<Operation>> actors) {
        Scenario.Memory memory = new Scenario.Memory(2, 2, 4, gather);
        return new Scenario(
                Path.of("scope"),
                "scope",
                "",
                Scenario.Tier.GATE,
                memory,
                boot,
                actors,
                List.of(),
                Invariants.of(memory, Processes.single(memory.pages()), false),
                List.of(),
                List.of(),
                Scenario.Scope.FULL);
    }

    private static Exploration explore(Program.Factory factory) {
        return Explorer.explore(factory, Strategy.SLEEP, Budget.unlimited(), Progress.NONE);
    }

    private static void assertAccepted(Scenario scenario) {
        Exploration exploration = explore(machine -> new Rig(machine, scenario, CPU_ONLY).program());
        assertTrue(exploration.isExhaustive());
        assertEquals(Set.of(), exploration.findings().keySet());
    }

    /** The results of cpu1's operations so far, and whether cpu0's only one has returned. */
    private record Results(List<Long> cpu1, boolean cpu0Returned, boolean seen) implements Observer.State {
        @Override
        public long hash(long seed) {
            return hashCode() * (seed | 1);
        }
    }

    /** Complains when cpu1 has got certain results, with cpu0 still running or not. */
    private static Program.Factory witness(Scenario scenario, BiPredicate<List<Long>, Boolean> happens) {
        return machine -> {
            Program program = new Rig(machine, scenario, CPU_ONLY).program();
            Observer<Results> observer = new Observer<>() {
                @Override
                public String name() {
                    return "NeverHappens";
                }

                @Override
                public Results initial() {
                    return new Results(List.of(), false, false);
                }

                @Override
                public Results invoked(Results state, int task, int action) {
                    return state;
                }

                @Override
                public Results responded(Results state, int task, int action, long result) {
                    if (task == 0) {
                        return new Results(state.cpu1, true, state.seen);
                    }
                    List<Long> results = new ArrayList<>(state.cpu1);
                    results.add(result);
                    return new Results(
                            results, state.cpu0Returned, state.seen || happens.test(results, state.cpu0Returned));
                }

                @Override
                public String complaint(Results state) {
                    return state.seen ? "it happened" : null;
                }
            };
            return new Program(program.actors(), program.inFlight(), observer, List.of());
        };
    }

    @Test
    void rangeOperationIsSeenHalfDone() {
        Scenario scenario = scenario(new Operation.Dontneed(0, 2), new Operation.Load(0), new Operation.Load(1));
        assertTrue(explore(witness(scenario, (results, over) -> !over && results.equals(List.of(0L, 2L))))
                .findings()
                .containsKey("NeverHappens"));
        assertTrue(explore(witness(scenario, (results, over) -> !over && results.equals(List.of(1L, 0L))))
                .findings()
                .containsKey("NeverHappens"));
        assertAccepted(scenario);
    }

    @Test
    void mprotectToTheSameProtectionChangesNothing() {
        Operation readOnly = new Operation.Mprotect(0, 1, Protection.READ);
        Operation writable = new Operation.Mprotect(0, 1, Protection.READ_WRITE);
        Operation store = new Operation.Store(0, 7);
        Operation lockPage = new Operation.LockPage(0);
        assertFalse(copies(scenario(lockPage, writable, store)));
        assertTrue(copies(scenario(lockPage, readOnly, writable, store)));
    }

    private static boolean copies(Scenario scenario) {
        Exploration exploration = explore(machine -> new Rig(machine, scenario, CPU_ONLY).program());
        assertTrue(exploration.isExhaustive());
        assertEquals(Set.of(), exploration.findings().keySet());
        return exploration.marks().contains(Fault.Marks.COPIED.id());
    }

    /**
     * The limit of the specification: Linux does this, and flat memory does not explain it. A full gather would be
     * flushed under the PT lock.
     */
    @Test
    void thirdCpuStillReadsThePageThatAnotherHasReplaced() {
        Map<String, List<Operation>> actors = new LinkedHashMap<>();
        actors.put("cpu0", List.of(new Operation.Dontneed(0, 1)));
        actors.put("cpu1", List.of(new Operation.Store(0, 7)));
        actors.put("cpu2", List.of(new Operation.Load(0)));
        List<Scenario.Step> boot = List.of(
                new Scenario.Step("cpu0", new Operation.Store(0, 1)), new Scenario.Step("cpu2", new Operation.Load(0)));
        assertEquals(
                Set.of(Linearizability.NAME),
                explore(machine -> new Rig(machine, scenario(2, boot, actors), CPU_ONLY).program())
                        .findings()
                        .keySet());
    }

    @Test
    void storeGoesThroughAStaleEntryBeforeTheFlush() {
        Scenario scenario = scenario(new Operation.Dontneed(0, 1), new Operation.Store(0, 7));
        assertTrue(explore(machine -> withoutStaleStores(machine, scenario))
                .findings()
                .containsKey("NoStaleStore"));
        assertAccepted(scenario);
    }

    /** Page 0 is mapped nowhere and still takes a store: the PTE has gone, the TLB entry has not. */
    private static Program withoutStaleStores(Machine machine, Scenario scenario) {
        List<Word> made = new ArrayList<>();
        Program program = new Rig(new Recording(machine, made), scenario, CPU_ONLY).program();
        Word pte = named(made, "pte0[0]");
        Word page = named(made, "page0");
        Invariant witness = new Invariant(
                "NoStaleStore",
                List.of(pte, page),
                () -> pte.peek() == 0 && page.peek() == 7 ? "page0 was stored to without a PTE" : null);
        return new Program(program.actors(), program.inFlight(), Observer.accepting(), List.of(witness));
    }

    private static Word named(List<Word> words, String name) {
        return words.stream()
                .filter(word -> word.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A machine that remembers its words, for witnesses that look at them. */
    private static final class Recording extends ForwardingMachine {

        private final List<Word> made;

        Recording(Machine machine, List<Word> made) {
            super(machine);
            this.made = made;
        }

        @Override
        protected void made(Word word) {
            made.add(word);
        }
    }
}
