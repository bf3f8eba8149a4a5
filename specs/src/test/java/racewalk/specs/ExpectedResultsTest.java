package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Operation.Load;

/** What a scenario expects of results is a property of its own, beside what flat memory gives. */
class ExpectedResultsTest {

    private static final long PAGE_HOLDS_ONE = FlatMemory.with(0, 0, Protection.READ_WRITE, 1);

    /** A load of a page that holds 1 gives {@code result}: what that violates, or null. */
    private static String violated(List<String> expected, long result) {
        Linearizability observer = new Linearizability(
                PAGE_HOLDS_ONE,
                Processes.single(1),
                List.of("cpu0"),
                List.of(List.of(new Load(0))),
                Allocations.SUCCEED,
                new ExpectedResults(Map.of("cpu0", List.of(expected))));
        Linearizability.Explanations state =
                observer.responded(observer.invoked(observer.initial(), 0, 0), 0, 0, result);
        return observer.complaint(state) == null ? null : observer.property(state);
    }

    @Test
    void expectedResultThatFlatMemoryGivesViolatesNothing() {
        assertNull(violated(List.of("1"), 1));
        assertNull(violated(List.of("2", "1"), 1));
        assertNull(violated(List.of("any"), 1));
    }

    @Test
    void unexpectedResultThatFlatMemoryGivesIsReportedByItsOwnName() {
        assertEquals("ExpectedResults", violated(List.of("2"), 1));
        assertEquals("ExpectedResults", violated(List.of("denied"), 1));
    }

    @Test
    void resultThatFlatMemoryDoesNotGiveIsReportedAsThatWhateverIsExpected() {
        assertEquals("LinearizableToFlatMemory", violated(List.of("2"), 2));
        assertEquals("LinearizableToFlatMemory", violated(List.of("1"), 2));
    }
}
