package racewalk.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import racewalk.explore.Budget;
import racewalk.explore.Measurement;
import racewalk.explore.Measurement.Engine;
import racewalk.explore.Progress;

/** What the benchmark must notice: two searches that do not agree. */
class DifferencesTest {

    private static final Subject SUBJECT = Subject.of(new Counters(2, 2, 1, 1));

    private static Measurement measure(Counters counters, Budget budget) {
        return Measurement.of(counters, Engine.NAIVE, 1, 1 << 20, budget, Progress.NONE);
    }

    private static List<String> betweenWorkers(Measurement one, Measurement two) {
        List<String> differences = new ArrayList<>();
        ScalingBench.difference(SUBJECT, 2, one, two, differences);
        return differences;
    }

    @Test
    void workersThatVisitOtherStatesAreADifference() {
        Measurement small = measure(new Counters(2, 2, 1, 1), Budget.unlimited());
        Measurement large = measure(new Counters(2, 3, 1, 1), Budget.unlimited());
        assertEquals(List.of(), betweenWorkers(small, small));
        assertEquals(1, betweenWorkers(small, large).size());
    }

    @Test
    void searchThatMetALimitIsNotCompared() {
        Measurement all = measure(new Counters(2, 2, 1, 1), Budget.unlimited());
        Measurement stopped =
                measure(new Counters(4, 20, 1, 1), new Budget(Duration.ofDays(1), 100, 1_000, () -> false));
        assertFalse(stopped.exploration().isExhaustive());
        assertEquals(List.of(), betweenWorkers(all, stopped));
    }

    @Test
    void spinThatVisitsOtherStatesIsADifference() {
        DeviceFault program = new DeviceFault(1, 1, 1, false);
        Measurement naive = Measurement.of(program, Engine.NAIVE, 1, 1 << 20, Budget.unlimited(), Progress.NONE);
        long states = naive.exploration().counts().states();
        long transitions = naive.exploration().counts().transitions();
        assertEquals(
                List.of(), SpinBench.differences(program, new Spin.Result(states, transitions, 0, true, 1), naive));
        assertEquals(
                3,
                SpinBench.differences(program, new Spin.Result(states + 1, transitions + 1, 1, true, 1), naive)
                        .size());
    }

    /** As Spin 6.5.2 prints it. */
    @Test
    void verifiersOutputIsRead() {
        String printed = """
                State-vector 40 byte, depth reached 39, errors: 102
                     1579 states, stored
                     1543 states, matched
                     3122 transitions (= stored+matched)
                """;
        assertEquals(new Spin.Result(1579, 3121, 102, true, 7), Spin.Result.of(printed, 7));
        assertFalse(Spin.Result.of(printed + "error: max search depth too small\n", 7)
                .exhausted());
    }

    @Test
    void differenceOfAnySectionIsOneOfTheReport() {
        Section agrees = new Section("a", List.of(), List.of(), List.of(), List.of());
        Section differs = new Section("b", List.of(), List.of(), List.of(), List.of("3 states, 4 states"));
        assertFalse(new Report(List.of(agrees), 0).differs());
        assertTrue(new Report(List.of(agrees, differs), 0).differs());
        assertTrue(new Report(List.of(agrees, differs), 0).text().contains("DIFFERS: 3 states, 4 states"));
    }

    /** Where there is no Spin: what Spin 6.5.2 stores and takes, not reduced. */
    @Test
    void deviceFaultHasTheStatesThatSpinStores() {
        for (boolean follow : List.of(false, true)) {
            Measurement naive = Measurement.of(
                    new DeviceFault(1, 1, 1, follow), Engine.NAIVE, 1, 1 << 20, Budget.unlimited(), Progress.NONE);
            assertEquals(follow ? 131 : 117, naive.exploration().counts().states());
            assertEquals(follow ? 205 : 183, naive.exploration().counts().transitions());
            assertEquals(follow, !naive.exploration().findings().isEmpty());
        }
    }
}
