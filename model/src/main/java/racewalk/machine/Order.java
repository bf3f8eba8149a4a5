package racewalk.machine;

/**
 * The memory order of one access, in the kernel's terms. Engines that own the schedule are sequentially consistent and
 * only carry it; {@link LiveMachine} gives it to the hardware.
 */
public enum Order {
    /** A C access without any annotation: the compiler may tear, repeat or drop it. */
    PLAIN,
    /** {@code READ_ONCE} and {@code WRITE_ONCE}. */
    ONCE,
    /** {@code smp_load_acquire}, and the entry of a lock. */
    ACQUIRE,
    /** {@code smp_store_release}, and the exit of a lock. */
    RELEASE,
    /** A value-returning atomic: a full barrier on both sides. */
    FULL
}
