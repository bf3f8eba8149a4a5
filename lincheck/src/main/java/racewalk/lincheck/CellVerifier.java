package racewalk.lincheck;

import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/**
 * Judges a run by what the {@link CellRun} has seen, by the same rules as the explorer: Lincheck's own results and
 * clocks are not needed, for the run has the order of all invocations and responses.
 */
public final class CellVerifier implements Verifier {

    /** Lincheck calls this with the sequential specification, which is in the run. */
    public CellVerifier(Class<?> sequentialSpecification) {}

    @Override
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        return Stage.judge();
    }
}
