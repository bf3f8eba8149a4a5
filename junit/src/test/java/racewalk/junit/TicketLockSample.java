package racewalk.junit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import racewalk.machine.Guard;
import racewalk.machine.Machine;
import racewalk.machine.Word;

/** The sample of {@code docs/junit.md}; it fails, so its name keeps it from Maven's list of tests. */
class TicketLockSample {

    @Explore(tasks = 2)
    void ticketLockExcludes(Machine machine, Tasks tasks) {
        Word next = machine.word("next", 0);
        Word serving = machine.gate("serving", 0, Word.Format.DECIMAL);
        Word inside = machine.word("inside", 0);
        Runnable operation = () -> {
            long ticket = draw(next);
            serving.await("await_ticket", Guard.is(ticket));
            inside.add(1);
            inside.add(-1);
            serving.add(1);
        };
        tasks.task("a", operation, operation);
        tasks.task("b", operation);
        tasks.invariant("MutualExclusion", () -> assertTrue(inside.peek() <= 1));
    }

    long draw(Word next) {
        long ticket = next.readOnce();
        next.writeOnce(ticket + 1);
        return ticket;
    }

    /** As the sample says that it is repaired. */
    static class Repaired extends TicketLockSample {
        @Override
        long draw(Word next) {
            return next.fetchAdd(1);
        }
    }
}
