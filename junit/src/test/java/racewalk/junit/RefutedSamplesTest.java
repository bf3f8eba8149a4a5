package racewalk.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult.Status;
import racewalk.machine.Machine;

/** Code of other people, broken: the tests of {@link SamplesTest} fail, and say by which run. */
class RefutedSamplesTest {

    private static final Pattern AGAIN = Pattern.compile("again: @Explore\\(replay = \"([a-z0-9:]+)\"\\)");

    static class Peterson {
        @Explore(tasks = 2)
        void excludes(Machine machine, Tasks tasks) {
            SamplesTest.peterson(new PetersonLock.TurnTooEarly(machine), machine, tasks);
        }
    }

    static class PetersonAgain {
        @Explore(replay = "a1b4a3")
        void excludes(Machine machine, Tasks tasks) {
            SamplesTest.peterson(new PetersonLock.TurnTooEarly(machine), machine, tasks);
        }
    }

    static class Ticket {
        @Explore
        void excludes(Machine machine, Tasks tasks) {
            SamplesTest.ticket(new TicketLock.NotAtomic(machine), machine, tasks);
        }
    }

    static class Buffer {
        @Explore
        void wakes(Machine machine, Tasks tasks) {
            SamplesTest.buffer(new BoundedBuffer.LostWakeUp(machine, 1), 1, tasks);
        }
    }

    /** What the test said, without the times and the margin of lines of code. */
    private static String failure(Class<?> type) {
        Ran ran = Ran.of(type);
        assertEquals(Status.FAILED, ran.status());
        return ran.message().replaceAll("(?m) +\\w+ \\w+\\.java:\\d+$", "");
    }

    @Test
    void turnGivenTooEarlyIsRefutedByTheShortestRun() {
        assertEquals("""
                REFUTED: MutualExclusion; covered: 2 tasks, 4 operations, 421 states, TIME
                #  task0                                      task1
                   ► operation 1
                1  atomic_or peterson: 00 turn 0 → 00 turn 1
                                                              ► operation 1
                2                                             atomic_andnot peterson: 00 turn 1 → 00 turn 0
                3                                             atomic_or peterson: 00 turn 0 → 01 turn 0
                4                                             await_turn peterson: 01 turn 0
                5                                             atomic_add inside: 0 → 1
                6  atomic_or peterson: 01 turn 0 → 11 turn 0
                7  await_turn peterson: 11 turn 0
                8  atomic_add inside: 1 → 2
                history
                  task0  operation 1   (from step 1, not finished)
                  task1  operation 1   (from step 2, not finished)
                violated MutualExclusion by 2 preemptions in 8 steps: 2 are inside
                  again: @Explore(replay = "a1b4a3")
                """, failure(Peterson.class));
    }

    @Test
    void pastedReplayFailsByTheSameRun() {
        String found = failure(Peterson.class);
        Matcher again = AGAIN.matcher(found);
        assertTrue(again.find(), found);
        assertEquals("a1b4a3", again.group(1));
        String replayed = failure(PetersonAgain.class);
        assertTrue(replayed.startsWith("REFUTED: MutualExclusion; by the run a1b4a3\n"), replayed);
        assertEquals(diagram(found), diagram(replayed));
    }

    /** The lines between the verdict and what is violated. */
    private static String diagram(String message) {
        return message.substring(message.indexOf('\n'), message.indexOf("violated"));
    }

    @Test
    void ticketThatTwoMayDrawIsRefutedInBothWays() {
        String failure = failure(Ticket.class);
        assertTrue(
                failure.contains("violated Deadlock by 1 preemption in 14 steps: b waits in await_ticket for serving, "
                        + "which nobody will change\n  again: @Explore(replay = \"a6b1c6b1\")\n"),
                failure);
        assertTrue(
                failure.contains("violated too: MutualExclusion by 2 preemptions in 8 steps: 2 are inside\n"
                        + "  again: @Explore(replay = \"a1b4a3\")\n"),
                failure);
    }

    @Test
    void lostWakeUpIsRefutedAsADeadlock() {
        String failure = failure(Buffer.class);
        assertTrue(failure.startsWith("REFUTED: Deadlock; covered: 2 tasks, 6 operations, "), failure);
        assertTrue(failure.contains("waits: schedule notEmpty"), failure);
        assertTrue(
                failure.contains("violated Deadlock by 1 preemption in 11 steps: producer waits in schedule"), failure);
        assertTrue(AGAIN.matcher(failure).find(), failure);
    }
}
