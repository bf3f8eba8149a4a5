package racewalk.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import racewalk.machine.BrokenRule.Rule;

/** A CPU whose interrupts are disabled. */
class InterruptsTest {

    private final LiveMachine machine = LiveMachine.alone(options -> 0);
    private final Interrupts interrupts = machine.interrupts("cpu0");
    private final Mutex mutex = machine.mutex(LockClass.KVM_GPC_REFRESH, "mutex");

    private Rule broken(Runnable body) {
        Action action = new Action("body", () -> {
            body.run();
            return 0;
        });
        return assertThrows(BrokenRule.class, () -> machine.run(machine.task("cpu0"), action))
                .rule();
    }

    @Test
    void doesNotSleep() {
        assertEquals(Rule.SLEEP_IN_ATOMIC, broken(() -> {
            interrupts.save();
            mutex.lock();
        }));
    }

    @Test
    void enablesThemBeforeItsOperationEnds() {
        assertEquals(Rule.LOCK_LEAKED, broken(interrupts::save));
    }

    @Test
    void isNotInterrupted() {
        assertEquals(Rule.DEADLOCK, broken(() -> {
            interrupts.save();
            interrupts.awaitIpi();
        }));
    }

    @Test
    void sleepsWhenTheyAreEnabledAgain() {
        machine.run(machine.task("cpu0"), new Action("body", () -> {
            interrupts.save();
            interrupts.restore();
            interrupts.awaitIpi();
            mutex.lock();
            mutex.unlock();
            return 0;
        }));
    }
}
