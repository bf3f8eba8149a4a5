package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Test;

/** The refuted and the proved cell of the same argument, by an engine that shares nothing with the explorer. */
class NotifierLincheckTest {

    /** Lincheck instruments the building of the model too, so it does some 80 runs a second. */
    private static final int BUDGET = 1_000;

    static final Case WITHOUT_RANGE_ACTIVE = Case.of("dontneed", 1, 1, "lameter/gru-lockless-rule");
    static final Case WITH_RANGE_ACTIVE = Case.of("dontneed", 1, 1, "lameter/gru-lockless-rule-active");

    /** The model whose begin stops nobody. */
    public static class WithoutRangeActive extends RigStructure {
        public WithoutRangeActive() {
            super(WITHOUT_RANGE_ACTIVE);
        }
    }

    /** The model whose begin stops the miss handler. */
    public static class WithRangeActive extends RigStructure {
        public WithRangeActive() {
            super(WITH_RANGE_ACTIVE);
        }
    }

    /** What both must look like. */
    public static class Flat extends FlatStructure {
        public Flat() {
            super(WITH_RANGE_ACTIVE);
        }
    }

    static ModelCheckingOptions options(Case cell, int budget) {
        CountingVerifier.RUNS.set(0);
        return new ModelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(budget)
                // Waiting is on monitors, so no loop spins: neither of Lincheck's guesses about loops is wanted.
                .loopBound(100_000)
                .loopIterationsBeforeThreadSwitch(100_000)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses("racewalk.machine.LockDep")
                        .allMethods()
                        .ignore())
                .sequentialSpecification(Flat.class)
                .verifier(CountingVerifier.class)
                .addCustomScenario(cell.threads());
    }

    @Test
    void translationOutlivesItsPageWhenTheBeginStopsNobody() {
        LincheckAssertionError failure = assertThrows(
                LincheckAssertionError.class,
                () -> options(WITHOUT_RANGE_ACTIVE, BUDGET).check(WithoutRangeActive.class));
        assertTrue(
                failure.getMessage().contains("NoTranslationOutlivesItsPage")
                        || failure.getMessage().contains("SecondaryNeverWiderThanPrimary"),
                failure.getMessage());
    }

    @Test
    void nothingIsFoundWhenTheBeginStopsTheHandler() {
        options(WITH_RANGE_ACTIVE, BUDGET).check(WithRangeActive.class);
        assertEquals(BUDGET, CountingVerifier.RUNS.get(), "the search is a sample: it was never exhausted so early");
    }
}
