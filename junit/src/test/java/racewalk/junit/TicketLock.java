package racewalk.junit;

import racewalk.machine.Guard;
import racewalk.machine.Machine;
import racewalk.machine.Word;

/** A ticket lock: whoever comes draws a number, and waits until it is served. */
class TicketLock {

    protected final Word next;
    private final Word serving;

    TicketLock(Machine machine) {
        next = machine.word("next", 0);
        serving = machine.gate("serving", 0, Word.Format.DECIMAL);
    }

    void lock() {
        serving.await("await_ticket", Guard.is(draw()));
    }

    protected long draw() {
        return next.fetchAdd(1);
    }

    void unlock() {
        serving.add(1);
    }

    /** Draws by a read and a write: two may draw the same number. */
    static final class NotAtomic extends TicketLock {

        NotAtomic(Machine machine) {
            super(machine);
        }

        @Override
        protected long draw() {
            long ticket = next.readOnce();
            next.writeOnce(ticket + 1);
            return ticket;
        }
    }
}
