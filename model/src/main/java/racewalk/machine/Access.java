package racewalk.machine;

/**
 * One indivisible access to one word: wait for or test a guard, change the word, tell the task something. Every
 * primitive of the machine is made of accesses and of the steps of {@link HardwareUnit}; nothing else happens to shared
 * state.
 *
 * @param verb the kernel's name of what is done, for people: {@code spin_lock}, {@code READ_ONCE}
 * @param guard the condition
 * @param blocking whether the access waits for the guard ({@code spin_lock}) or goes on without a change
 *     ({@code spin_trylock})
 * @param change what happens to the word when the guard is open
 * @param observe what the task is told
 * @param order the memory order
 */
public record Access(String verb, Guard guard, boolean blocking, Change change, Observe observe, Order order) {

    /** {@code READ_ONCE}. */
    public static final Access READ_ONCE = read("READ_ONCE", -1L, Order.ONCE);

    /** {@code smp_load_acquire}. */
    public static final Access LOAD_ACQUIRE = read("smp_load_acquire", -1L, Order.ACQUIRE);

    /** A read of the bits under {@code mask}. */
    public static Access read(String verb, long mask, Order order) {
        return new Access(verb, Guard.ALWAYS, false, Change.KEEP, Observe.old(mask), order);
    }

    /** A write of the whole word. */
    public static Access write(String verb, long value, Order order) {
        return new Access(verb, Guard.ALWAYS, false, Change.set(value), Observe.NOTHING, order);
    }

    /** A change that always happens. */
    public static Access always(String verb, Change change, Observe observe, Order order) {
        return new Access(verb, Guard.ALWAYS, false, change, observe, order);
    }

    /** A change that happens only if the guard is open, and does not wait. */
    public static Access attempt(String verb, Guard guard, Change change, Observe observe, Order order) {
        return new Access(verb, guard, false, change, observe, order);
    }

    /** A change that waits for its guard. */
    public static Access await(String verb, Guard guard, Change change, Observe observe, Order order) {
        return new Access(verb, guard, true, change, observe, order);
    }

    /** The bits on which the outcome, the change or the answer depends. */
    public long reads() {
        long told = switch (observe.kind()) {
            case NOTHING, SUCCESS -> 0;
            case OLD -> observe.mask();
            // A carry from below the mask may reach it.
            case ZERO, LOWEST -> -1L;
        };
        return guard.mask() | change.reads() | told;
    }

    /** The bits that the access may alter. */
    public long writes() {
        return change.writes();
    }
}
