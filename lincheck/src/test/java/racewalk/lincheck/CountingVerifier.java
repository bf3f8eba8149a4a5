package racewalk.lincheck;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.verifier.LinearizabilityVerifier;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/** Lincheck's own verifier, counting: fewer runs than the budget means that Lincheck had nothing left to try. */
public final class CountingVerifier implements Verifier {

    /** The runs since the test set it to 0. Static because Lincheck makes the verifier. */
    static final AtomicLong RUNS = new AtomicLong();

    private final Verifier verifier;

    /** Lincheck calls this with the sequential specification. */
    public CountingVerifier(Class<?> sequentialSpecification) {
        this.verifier = new LinearizabilityVerifier(sequentialSpecification);
    }

    @Override
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        RUNS.incrementAndGet();
        return verifier.verifyResults(scenario, results);
    }
}
