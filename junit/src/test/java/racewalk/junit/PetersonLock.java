package racewalk.junit;

import racewalk.machine.Guard;
import racewalk.machine.Machine;
import racewalk.machine.Word;

/**
 * Peterson's lock for two (Myths about the mutual exclusion problem, 1981). His three variables are bits of one word,
 * because a task waits for one word: so the wait looks at both of its conditions in one step.
 */
class PetersonLock {

    private static final long[] WANTS = {1, 2};
    private static final long TURN_OF_1 = 4;

    private final Word state;

    PetersonLock(Machine machine) {
        state = machine.gate("peterson", 0, PetersonLock::show);
    }

    private static String show(long value) {
        return "" + (value & 1) + (value >> 1 & 1) + " turn " + (value >> 2);
    }

    void lock(int me) {
        enter(me);
        int other = 1 - me;
        long otherGoesFirst = WANTS[other] | (other == 1 ? TURN_OF_1 : 0);
        state.await("await_turn", new Guard(WANTS[other] | TURN_OF_1, otherGoesFirst, false));
    }

    /** The protocol: first say that you want it, then let the other go first. */
    protected void enter(int me) {
        want(me);
        giveTurn(1 - me);
    }

    protected final void want(int me) {
        state.or(WANTS[me]);
    }

    protected final void giveTurn(int other) {
        if (other == 1) {
            state.or(TURN_OF_1);
        } else {
            state.andNot(TURN_OF_1);
        }
    }

    void unlock(int me) {
        state.andNot(WANTS[me]);
    }

    /**
     * Gives the turn away before it says that it wants the lock. The other does not see that yet: he hands the turn
     * back and enters, and so does the first.
     */
    static final class TurnTooEarly extends PetersonLock {

        TurnTooEarly(Machine machine) {
            super(machine);
        }

        @Override
        protected void enter(int me) {
            giveTurn(1 - me);
            want(me);
        }
    }
}
