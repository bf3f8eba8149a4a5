package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import racewalk.explore.Counts;
import racewalk.explore.Status;

class ProgressDisplayTest {

    private static String describe(double full, double explored) {
        return ProgressDisplay.describe(new Status(new Counts(1_234_567, 2_000_000, 0, 80), full, explored));
    }

    @Test
    void progressSaysHowMuchIsKnownAndNoMore() {
        assertEquals("1,234,567 states", describe(Double.NaN, Double.NaN));
        assertEquals("1,234,567 states of about 5,000,000 (25 %)", describe(0.001, 0.25));
        assertEquals("1,234,567 states of about 2,000,000 (75 %), memory 40 % full", describe(0.4, 0.75));
    }
}
