package racewalk.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import racewalk.machine.BrokenRule.Rule;

/**
 * The kernel's rules of locking, for one task: the order of {@link LockClass}, no sleeping in atomic context, release
 * by the owner only, nothing held when an operation ends. They depend on nothing but what the task did itself, so every
 * engine has them for the price of a list.
 */
public final class LockDep {

    /** A lock that is held; {@code shared} if others may hold it too. */
    private record Held(Object lock, LockClass lockClass, int level, boolean shared) {}

    private final String task;
    private final List<Held> held = new ArrayList<>();
    private int rcuSections;
    private int interrupts;
    private boolean irqsDisabled;

    LockDep(String task) {
        this.task = task;
    }

    /** Forgets everything: for an engine that starts an operation again. */
    public void reset() {
        held.clear();
        rcuSections = 0;
        interrupts = 0;
        irqsDisabled = false;
    }

    /** Before the task waits for {@code lock} at nesting level {@code level}. */
    void acquiring(Object lock, LockClass lockClass, int level) {
        if (holds(lock)) {
            throw new BrokenRule(Rule.LOCK_RECURSION, task + " waits for " + lock + ", which it holds");
        }
        if (lockClass.kind() == LockClass.Kind.SLEEPING) {
            mightSleep(lock.toString());
        } else if (interrupts > 0) {
            throw new BrokenRule(
                    Rule.IRQ_UNSAFE,
                    task + " waits in an interrupt for " + lock + ", which is held elsewhere with interrupts enabled");
        }
        for (Held other : held) {
            if (!lockClass.mayFollow(other.lockClass, other.level, level)) {
                throw new BrokenRule(
                        Rule.LOCK_ORDER,
                        task + " waits for " + lock + " (" + lockClass + ") while it holds " + other.lock + " ("
                                + other.lockClass + ")");
            }
        }
    }

    /** After the task got {@code lock}, by waiting or by a trylock. */
    void acquired(Object lock, LockClass lockClass, int level) {
        held.add(new Held(lock, lockClass, level, false));
    }

    /** After the task got {@code lock} together with others, as a reader. */
    void acquiredShared(Object lock, LockClass lockClass) {
        held.add(new Held(lock, lockClass, 0, true));
    }

    /** The task enters a read section of {@code domain}, which orders nothing and forbids nothing. */
    void srcuEnter(Object domain) {
        held.add(new Held(domain, LockClass.SRCU, 0, true));
    }

    /** Before the task releases {@code lock}. */
    void releasing(Object lock) {
        if (!holds(lock)) {
            throw new BrokenRule(Rule.UNLOCK_NOT_OWNED, task + " releases " + lock + ", which it does not hold");
        }
    }

    /** Before the task releases {@code lock}, as a reader if {@code shared}, else as the only one. */
    void releasing(Object lock, boolean shared) {
        releasing(lock);
        if (holdsShared(lock) != shared) {
            throw new BrokenRule(
                    Rule.UNLOCK_NOT_OWNED,
                    task + " releases " + lock + " as a " + (shared ? "reader" : "writer") + " and holds it as a "
                            + (shared ? "writer" : "reader"));
        }
    }

    private boolean holdsShared(Object lock) {
        for (Held other : held) {
            if (other.lock == lock && other.shared) {
                return true;
            }
        }
        return false;
    }

    /** After the task released {@code lock}. */
    void released(Object lock) {
        held.removeIf(other -> other.lock == lock);
    }

    /** The task holds {@code lock} as a reader from now on. */
    void downgraded(Object lock) {
        held.replaceAll(other -> other.lock == lock ? new Held(lock, other.lockClass, other.level, true) : other);
    }

    /** Whether the task holds {@code lock}. */
    boolean holds(Object lock) {
        for (Held other : held) {
            if (other.lock == lock) {
                return true;
            }
        }
        return false;
    }

    /** What the task holds now, the oldest first, by name. */
    public List<String> held() {
        List<String> names = new ArrayList<>();
        held.forEach(h -> names.add(h.lock.toString()));
        return names;
    }

    /** {@code lockdep_assert_held}. */
    void assertHeld(Object lock) {
        if (!holds(lock)) {
            throw new BrokenRule(Rule.LOCK_NOT_HELD, task + " needs " + lock + " here and does not hold it");
        }
    }

    /** {@code lockdep_assert_held_write}. */
    void assertHeldExclusive(Object lock) {
        assertHeld(lock);
        if (holdsShared(lock)) {
            throw new BrokenRule(
                    Rule.LOCK_NOT_HELD, task + " needs " + lock + " here as a writer and holds it as a reader");
        }
    }

    /** {@code might_sleep}: the task is about to do {@code what}, which may give up the CPU. */
    public void mightSleep(String what) {
        String why = atomicContext();
        if (why != null) {
            throw new BrokenRule(Rule.SLEEP_IN_ATOMIC, task + " may sleep for " + what + " " + why);
        }
    }

    private String atomicContext() {
        if (interrupts > 0) {
            return "in an interrupt";
        }
        if (irqsDisabled) {
            return "with interrupts disabled";
        }
        if (rcuSections > 0) {
            return "in an RCU read section";
        }
        for (Held other : held) {
            if (other.lockClass.kind() == LockClass.Kind.SPINNING) {
                return "under " + other.lock;
            }
        }
        return null;
    }

    /** Enters an RCU read section; true if it is the outermost. */
    boolean rcuEnter() {
        return rcuSections++ == 0;
    }

    /** Leaves an RCU read section; true if it was the outermost. */
    boolean rcuLeave() {
        if (rcuSections == 0) {
            throw new BrokenRule(Rule.UNLOCK_NOT_OWNED, task + " leaves an RCU read section that it is not in");
        }
        return --rcuSections == 0;
    }

    /** The task disables the interrupts of its CPU: what follows is atomic until {@link #irqRestore}. */
    void irqSave() {
        irqsDisabled = true;
    }

    /** The task enables the interrupts of its CPU. */
    void irqRestore() {
        irqsDisabled = false;
    }

    /** The task's CPU takes an interrupt: what follows is atomic until {@link #irqExit}. */
    public void irqEnter() {
        interrupts++;
    }

    /** The interrupt handler returns. */
    public void irqExit() {
        interrupts--;
    }

    /** The end of an operation: nothing may be held. */
    public void assertIdle() {
        if (held.isEmpty() && rcuSections == 0 && interrupts == 0 && !irqsDisabled) {
            return;
        }
        StringJoiner left = new StringJoiner(", ");
        held.forEach(h -> left.add(h.lock.toString()));
        if (rcuSections > 0) {
            left.add("an RCU read section");
        }
        if (interrupts > 0) {
            left.add("an interrupt");
        }
        if (irqsDisabled) {
            left.add("its interrupts disabled");
        }
        throw new BrokenRule(Rule.LOCK_LEAKED, task + " ends an operation and still holds " + left);
    }
}
