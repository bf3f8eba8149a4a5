package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** An assertion that fails in the code is a violation in every search, and in the replay on the real code. */
class AssertionTest {

    private static void assertRefuted(String message, Program.Factory factory) {
        for (Strategy strategy : Set.of(Strategy.NAIVE, Strategy.SLEEP, Strategy.PREEMPTION)) {
            Exploration exploration = Toy.explore(factory, strategy);
            assertEquals(Set.of("Assertion"), exploration.findings().keySet());
            Finding finding = exploration.findings().get("Assertion");
            assertEquals(message, finding.message());
            assertEquals(
                    Map.of("Assertion", message),
                    Replay.of(factory, finding.schedule()).violations());
        }
    }

    @Test
    void assertionInATaskIsAViolation() {
        assertRefuted("t1: count is 1", machine -> {
            Word count = machine.word("count", 0);
            return new Toy(machine)
                    .task(() -> count.add(1))
                    .task(() -> {
                        if (count.readOnce() == 1) {
                            throw new AssertionError("count is 1");
                        }
                    })
                    .program();
        });
    }

    @Test
    void assertionWithoutAMessageIsAViolation() {
        assertRefuted("t0: java.lang.AssertionError", machine -> {
            Word count = machine.word("count", 0);
            return new Toy(machine)
                    .task(() -> {
                        count.add(1);
                        throw new AssertionError();
                    })
                    .program();
        });
    }

    @Test
    void assertionInAHardwareStepIsAViolation() {
        assertRefuted("t1: count is 1", machine -> {
            Word count = machine.word("count", 0);
            HardwareUnit unit = machine.unit("unit");
            return new Toy(machine)
                    .task(() -> count.add(1))
                    .task(() -> unit.step("look", () -> {
                        if (count.readOnce() == 1) {
                            throw new AssertionError("count is 1");
                        }
                        return 0;
                    }))
                    .program();
        });
    }
}
