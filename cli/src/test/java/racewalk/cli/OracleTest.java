package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Progress;
import racewalk.explore.Strategy;
import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Ledger;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/** The searches agree on the real model, not only on random programs. */
@Execution(ExecutionMode.CONCURRENT)
class OracleTest {

    /** Larger cells, by their number of states, are left to nights: the naive search visits each state many times. */
    private static final long MOST_STATES = 100_000;

    private static final Ledger LEDGER = new Ledger(Path.of("../specs/ledger"));

    static Stream<Scenario> scenarios() {
        return ScenarioReader.readAll(Path.of("../specs/scenarios")).stream()
                .filter(scenario ->
                        scenario.boot().stream().noneMatch(step -> step.actor().equals("cpu2"))) // it would be left out
                .map(scenario -> scenario.within(new Scenario.Scope(2, 1)));
    }

    static Stream<Scenario> gate() {
        return ScenarioReader.readAll(Path.of("../specs/scenarios")).stream()
                .filter(scenario -> scenario.tier() == Scenario.Tier.GATE);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void naiveSearchSeesTheSameStatesAndViolationsAndMarks(Scenario scenario) {
        scenario.cells().stream()
                .filter(cell -> scenario.tier() == Scenario.Tier.NIGHTLY
                        || scenario.isOfGate(cell.ids()) && isSmall(scenario, cell))
                .filter(cell -> cell.secondary() == null
                        || cell.secondary().id().matches("kvm-pin|gru-lockless-rule-active|gru-follow"))
                .forEach(cell -> assertSearchesAgree(scenario, cell));
    }

    private static boolean isSmall(Scenario scenario, Cell cell) {
        return LEDGER.find(scenario.id(), cell.ids()).stream().allMatch(entry -> entry.states() <= MOST_STATES);
    }

    @ParameterizedTest
    @MethodSource("gate")
    @Tag("nightly")
    void naiveSearchAgreesOnEveryCellOfTheGate(Scenario scenario) {
        scenario.cells().forEach(cell -> assertSearchesAgree(scenario, cell));
    }

    private static void assertSearchesAgree(Scenario scenario, Cell cell) {
        Program.Factory factory = machine -> Rigs.program(machine, scenario, cell);
        Exploration sleep = explore(factory, Strategy.SLEEP);
        Exploration naive = explore(factory, Strategy.NAIVE);
        assertTrue(sleep.isExhaustive() && naive.isExhaustive());
        assertEquals(naive.counts().states(), sleep.counts().states(), cell.toString());
        assertEquals(naive.findings().keySet(), sleep.findings().keySet(), cell.toString());
        assertEquals(naive.marks(), sleep.marks(), cell.toString());
        assertTrue(sleep.counts().transitions() <= naive.counts().transitions(), cell.toString());
        assertNoLess(naive, explore(factory, Strategy.PERSISTENT), cell);
    }

    /** After a broken rule persistent sets may leave out what another order would have violated too. */
    private static void assertNoLess(Exploration naive, Exploration persistent, Cell cell) {
        assertTrue(persistent.isExhaustive());
        assertTrue(persistent.counts().states() <= naive.counts().states(), cell.toString());
        assertEquals(naive.findings().isEmpty(), persistent.findings().isEmpty(), cell.toString());
        assertTrue(naive.findings().keySet().containsAll(persistent.findings().keySet()), cell.toString());
        if (naive.findings().isEmpty()) {
            assertEquals(naive.marks(), persistent.marks(), cell.toString());
        }
    }

    private static Exploration explore(Program.Factory factory, Strategy strategy) {
        return Explorer.explore(factory, strategy, Budget.unlimited(), Progress.NONE);
    }
}
