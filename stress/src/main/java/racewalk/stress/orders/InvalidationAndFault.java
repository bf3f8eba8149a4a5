package racewalk.stress.orders;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import racewalk.machine.LiveMachine;
import racewalk.machine.Order;
import racewalk.machine.Word;

/**
 * An invalidation announces itself and then looks for faults in flight; a device's fault announces itself and then
 * looks for invalidations ({@code active_invalidate_ranges} and the sequence of {@code mmu_interval_read_begin}). If
 * both see nothing, a translation is installed behind the invalidation's back. Every store waits in a store buffer on
 * x86, so nothing less than a full barrier between the two forbids it; in the kernel a lock around both does.
 */
public final class InvalidationAndFault {

    private InvalidationAndFault() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final Word invalidations = MACHINE.word("active_invalidate_ranges", 0);
        private final Word faults = MACHINE.word("faults", 0);

        void invalidate(Order write, Order read, II_Result result) {
            invalidations.write(1, write);
            result.r1 = (int) faults.read(read);
        }

        void fault(Order write, Order read, II_Result result) {
            faults.write(1, write);
            result.r2 = (int) invalidations.read(read);
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "At least one sees the other.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Neither sees the other.")
    @State
    public static class Plain extends Shared {

        /** For jcstress. */
        public Plain() {}

        /** The invalidation. */
        @Actor
        public void cpu0(II_Result result) {
            invalidate(Order.PLAIN, Order.PLAIN, result);
        }

        /** The fault. */
        @Actor
        public void dev0(II_Result result) {
            fault(Order.PLAIN, Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "At least one sees the other.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Neither sees the other.")
    @State
    public static class Once extends Shared {

        /** For jcstress. */
        public Once() {}

        /** The invalidation. */
        @Actor
        public void cpu0(II_Result result) {
            invalidate(Order.ONCE, Order.ONCE, result);
        }

        /** The fault. */
        @Actor
        public void dev0(II_Result result) {
            fault(Order.ONCE, Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "At least one sees the other.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Neither sees the other.")
    @State
    public static class ReleaseAcquire extends Shared {

        /** For jcstress. */
        public ReleaseAcquire() {}

        /** The invalidation. */
        @Actor
        public void cpu0(II_Result result) {
            invalidate(Order.RELEASE, Order.ACQUIRE, result);
        }

        /** The fault. */
        @Actor
        public void dev0(II_Result result) {
            fault(Order.RELEASE, Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "At least one sees the other.")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "Neither sees the other.")
    @State
    public static class Full extends Shared {

        /** For jcstress. */
        public Full() {}

        /** The invalidation. */
        @Actor
        public void cpu0(II_Result result) {
            invalidate(Order.FULL, Order.FULL, result);
        }

        /** The fault. */
        @Actor
        public void dev0(II_Result result) {
            fault(Order.FULL, Order.FULL, result);
        }
    }
}
