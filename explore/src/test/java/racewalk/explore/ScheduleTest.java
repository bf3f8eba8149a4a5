package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Provide
    Arbitrary<List<Schedule.Choice>> choices() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, 2))
                .as(Schedule.Choice::new)
                .list();
    }

    @Property
    void everyScheduleIsReadAsItWasWritten(@ForAll("choices") List<Schedule.Choice> choices) {
        Schedule schedule = new Schedule(choices);
        assertEquals(schedule, Schedule.parse(schedule.toString()));
    }

    @Test
    void stepsOfOneTaskAreCounted() {
        assertEquals(
                List.of(
                        new Schedule.Choice(0, 0),
                        new Schedule.Choice(0, 0),
                        new Schedule.Choice(1, 1),
                        new Schedule.Choice(0, 0)),
                Schedule.parse("a2b1:1a1").steps());
    }

    @Test
    void malformedTextIsRefusedWithItsPlace() {
        for (String text : List.of("A1", "a", "a1:", "a1b", "1a", "a9999999")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text), text);
            assertTrue(refused.getMessage().contains("is expected at character"), refused.getMessage());
        }
    }
}
