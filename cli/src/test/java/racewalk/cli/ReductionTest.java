package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Finding;
import racewalk.explore.Progress;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;
import racewalk.specs.Scenario.Drop;
import racewalk.specs.ScenarioReader;

/** A reduced counterexample violates the same by no more preemptions, and nothing more of it can be spared. */
class ReductionTest {

    private static final Settings SETTINGS = Settings.of(Strategy.SLEEP);
    private static final Budget BUDGET = Budget.of(Duration.ofMinutes(2));

    @TempDir
    private Path folder;

    private static CellResult check(Scenario scenario, Cell cell, boolean reduces) {
        return new Checker(SETTINGS, BUDGET, reduces).check(scenario, cell, Progress.NONE);
    }

    private static Cell cell(String designs) {
        return CounterexampleId.parse("dontneed/" + designs + "/a1@0").cell();
    }

    /** The cell's scenario with operations around it that have nothing to do with what it violates. */
    private Scenario padded() throws IOException {
        return ScenarioReader.read(Files.writeString(
                folder.resolve("small.yaml"),
                SmallHome.SCENARIO
                        .replace("pages: 1, tables: 1, frames: 3", "pages: 2, tables: 1, frames: 5")
                        .replace("cpu0: [dontneed 0]", "cpu0: [load 1, dontneed 0]\n  cpu1: [load 1, store 1 2]")
                        .replace("[write 0 5]", "[write 0 5, read 1]")));
    }

    @Test
    void whatWasAddedToACounterexampleIsFoundAndDropped() throws IOException {
        CellResult result = check(padded(), cell("linux-2.6.24/lameter/gru-lockless-rule"), true);
        CellResult.Violation first = result.violations().getFirst();
        assertEquals("small~cpu0.1~cpu1~dev0.2", first.scenario().name());
        assertEquals(
                "{cpu0=[Dontneed[start=0, end=1]], dev0=[Store[page=0, value=5]]}",
                first.scenario().actors().toString());
        assertEquals(List.of("cpu0's load 1", "cpu1", "dev0's read 1"), TextReport.dropped(result, first));
        assertTrue(
                TextReport.line(result).endsWith(" steps, without cpu0's load 1, cpu1, dev0's read 1"),
                TextReport.line(result));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dontneed/linux-2.6.24/arcangeli/gru-follow",
                "dontneed/linux-2.6.24/arcangeli/kvm-pin",
                "dontneed/linux-2.6.24/arcangeli/irq-gru-ptlock-rule-active",
                "prot-none/linux-2.6.24/piggin/gru-lockless",
                "cow/linux-2.6.24/lameter/gru-lockless"
            })
    void nothingCanBeSparedAndTheLineOfTheLedgerIsTheSame(String named) {
        CounterexampleId id = CounterexampleId.parse(named + "/a1@0");
        Scenario scenario = new Home(Command.CHECKOUT).scenario(id.scenarioId());
        CellResult whole = check(scenario, id.cell(), false);
        CellResult reduced = Reduction.of(whole, () -> false);
        assertEquals(whole.entry(), reduced.entry());
        assertFalse(reduced.violations().isEmpty());
        for (CellResult.Violation violation : reduced.violations()) {
            assertTrue(violation.replay().preemptions() <= violation.preemptions());
            assertTrue(violation
                    .replay()
                    .violations()
                    .containsKey(violation.finding().property()));
            assertNothingCanBeSpared(scenario, id.cell(), violation);
        }
    }

    private static void assertNothingCanBeSpared(Scenario whole, Cell cell, CellResult.Violation violation) {
        for (Drop drop : operationsOf(whole, violation.scenario())) {
            TreeSet<Drop> more = new TreeSet<>(violation.scenario().scope().dropped());
            more.add(drop);
            Scenario part = whole.within(whole.scope().without(more));
            Program.Factory factory = machine -> Rigs.program(machine, part, cell);
            String property = violation.finding().property();
            Exploration exploration = Explorer.shortest(factory, Set.of(property), SETTINGS, BUDGET, Progress.NONE);
            Finding found = exploration.findings().get(property);
            assertTrue(exploration.isExhaustive() || found != null, part.name());
            assertTrue(
                    found == null || found.preemptions() > violation.preemptions(),
                    () -> part.name() + " still violates " + property);
        }
    }

    /** The fault that the test above is there to find. */
    @Test
    void counterexampleThatIsNotReducedIsNoticed() {
        Scenario scenario = new Home(Command.CHECKOUT).scenario("dontneed");
        Cell cell = cell("linux-2.6.24/arcangeli/gru-follow");
        CellResult.Violation whole = check(scenario, cell, false).violations().getFirst();
        assertThrows(AssertionError.class, () -> assertNothingCanBeSpared(scenario, cell, whole));
    }

    /** The operations that a part of a scenario still has, by their numbers in the whole. */
    private static List<Drop> operationsOf(Scenario whole, Scenario part) {
        List<Drop> operations = new ArrayList<>();
        for (String actor : part.actors().keySet()) {
            for (int number = 1; number <= whole.actors().get(actor).size(); number++) {
                Drop drop = new Drop(actor, number);
                if (!part.scope().dropped().contains(drop)) {
                    operations.add(drop);
                }
            }
        }
        assertEquals(part.operations(), operations.size());
        return operations;
    }

    @Test
    void reductionStartsFromTheScopeThatTheUserChose() {
        Scenario scenario = new Home(Command.CHECKOUT).scenario("dontneed").within(new Scenario.Scope(2, 1));
        CellResult result = check(scenario, cell("linux-2.6.24/arcangeli/gru-follow"), true);
        assertEquals(
                "dontneed+cpus2+ops1~cpu1",
                result.violations().getFirst().scenario().name());
    }

    @Test
    void idOfAReducedScenarioIsReadAsItWasWritten() {
        for (String name : List.of("x", "x+cpus1", "x+ops2~cpu1", "two-faults+cpus2+ops1~cpu0.2~cpu1~dev0.1")) {
            CounterexampleId id = CounterexampleId.parse(name + "/linux-2.6.24/lameter/kvm-pin/a1@0");
            assertEquals(name, id.scenarioId() + id.scope());
        }
    }

    @Test
    void expectationsAndDesignsOfTheWholeAreKept() throws IOException {
        Scenario whole = padded();
        Scenario part = whole.within(whole.scope().without(new TreeSet<>(List.of(new Drop("cpu1", Drop.ACTOR)))));
        assertEquals(whole.cells(), part.cells());
        assertEquals(whole.boot(), part.boot());
        assertEquals(Map.of("cpu0", 2, "dev0", 2).keySet(), part.actors().keySet());
    }
}
