package racewalk.lincheck;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Lincheck's side of {@code racewalk bench}, which starts it in a JVM of its own. Prints one line for each search:
 * {@code RESULT}, the cell, {@code violated} or {@code nothing}, the interleavings that were run, the nanoseconds.
 */
public final class BenchMain {

    private BenchMain() {}

    /**
     * Searches each cell several times.
     *
     * @param arguments the most interleavings of one search, and the number of searches of each cell
     */
    public static void main(String[] arguments) {
        int budget = Integer.parseInt(arguments[0]);
        int searches = Integer.parseInt(arguments[1]);
        for (int i = 0; i < searches; i++) {
            search(NotifierLincheckTest.WITHOUT_RANGE_ACTIVE, NotifierLincheckTest.WithoutRangeActive.class, budget);
            search(NotifierLincheckTest.WITH_RANGE_ACTIVE, NotifierLincheckTest.WithRangeActive.class, budget);
        }
        System.exit(0); // Lincheck's threads would keep the JVM
    }

    private static void search(Case cell, Class<?> structure, int budget) {
        ModelCheckingOptions options = NotifierLincheckTest.options(cell, budget)
                .minimizeFailedScenario(
                        false); // the cell has one operation for each actor: there is nothing to leave out
        long start = System.nanoTime();
        boolean violated = false;
        try {
            options.check(structure);
        } catch (LincheckAssertionError e) {
            violated = true;
        }
        long nanos = System.nanoTime() - start;
        // The run that violates an invariant does not come to the verifier, which counts.
        long runs = CountingVerifier.RUNS.get() + (violated ? 1 : 0);
        System.out.println("RESULT " + cell.scenario().name() + "/" + cell.cell() + " "
                + (violated ? "violated" : "nothing") + " " + runs + " " + nanos);
    }
}
