package racewalk.machine;

import java.util.function.LongSupplier;

/**
 * A piece of hardware, or of code that cannot be interrupted, whose steps are indivisible: a CPU's TLB, a device's
 * translation unit, the page allocator.
 */
public interface HardwareUnit {

    /**
     * Runs {@code effect} as one step. It may use any word by its ordinary methods, except blocking ones, must depend
     * on nothing but words and captured constants, and may run any number of times.
     *
     * <p>Under {@link LiveMachine} the step excludes other steps of the same unit only; an effect that changes words
     * which are also changed elsewhere does so by {@code cmpxchg}.
     *
     * @param what the step's name in traces
     * @return what {@code effect} returns
     */
    long step(String what, LongSupplier effect);
}
