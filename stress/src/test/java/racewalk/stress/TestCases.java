package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Makes each jcstress test a test case. jcstress is content with no test, with no sample, and with tests that it
 * skipped; a test case is not.
 */
final class TestCases {

    private TestCases() {}

    /**
     * One test case for each of {@code expected}.
     *
     * @param minimum how many samples each has at least
     * @param check looks at the samples of a test
     */
    static Stream<DynamicTest> of(
            Collection<String> expected, Map<String, Samples> seen, long minimum, BiConsumer<String, Samples> check) {
        assertFalse(expected.isEmpty(), "there are no tests");
        return expected.stream()
                .sorted()
                .map(test -> DynamicTest.dynamicTest(test, () -> {
                    Samples samples = seen.get(test);
                    assertTrue(samples != null, () -> test + " was not run");
                    assertNull(samples.failure());
                    assertTrue(
                            samples.total() >= minimum,
                            () -> test + " has too few samples: " + samples.total() + " of " + minimum);
                    check.accept(test, samples);
                }));
    }
}
