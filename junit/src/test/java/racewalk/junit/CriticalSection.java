package racewalk.junit;

import static org.junit.jupiter.api.Assertions.fail;

import racewalk.machine.Machine;
import racewalk.machine.Word;

/** What a lock protects: it counts who is inside. */
final class CriticalSection {

    private final Word inside;

    CriticalSection(Machine machine, Tasks tasks) {
        inside = machine.word("inside", 0);
        tasks.invariant("MutualExclusion", () -> {
            if (inside.peek() > 1) {
                fail(inside.peek() + " are inside");
            }
        });
    }

    void pass() {
        inside.add(1);
        inside.add(-1);
    }
}
