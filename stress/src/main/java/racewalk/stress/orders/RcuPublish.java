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
 * {@code rcu_assign_pointer} and {@code rcu_dereference}: a notifier is initialised, then put on the list that callers
 * walk in an RCU read section. {@code rcu_assign_pointer} is a release; {@code rcu_dereference} is READ_ONCE and the
 * address dependency, which Java does not have: here it needs an acquire.
 */
public final class RcuPublish {

    private RcuPublish() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final Word ops = MACHINE.word("ops", 0);
        private final Word list = MACHINE.word("list", 0);

        void publish(Order data, Order publication) {
            ops.write(3, data);
            list.write(1, publication);
        }

        void follow(Order data, Order publication, II_Result result) {
            result.r1 = (int) list.read(publication);
            result.r2 = (int) ops.read(data);
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 3", "1, 3"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "A reader that follows the pointer to an object which is not initialised.")
    @State
    public static class Plain extends Shared {

        /** For jcstress. */
        public Plain() {}

        /** Writes and publishes. */
        @Actor
        public void registers() {
            publish(Order.PLAIN, Order.PLAIN);
        }

        /** Follows what is published. */
        @Actor
        public void calls(II_Result result) {
            follow(Order.PLAIN, Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 3", "1, 3"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "A reader that follows the pointer to an object which is not initialised.")
    @State
    public static class Once extends Shared {

        /** For jcstress. */
        public Once() {}

        /** Writes and publishes. */
        @Actor
        public void registers() {
            publish(Order.ONCE, Order.ONCE);
        }

        /** Follows what is published. */
        @Actor
        public void calls(II_Result result) {
            follow(Order.ONCE, Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 3", "1, 3"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 0",
            expect = Expect.FORBIDDEN,
            desc = "A reader that follows the pointer to an object which is not initialised.")
    @State
    public static class ReleaseAcquire extends Shared {

        /** For jcstress. */
        public ReleaseAcquire() {}

        /** Writes and publishes. */
        @Actor
        public void registers() {
            publish(Order.ONCE, Order.RELEASE);
        }

        /** Follows what is published. */
        @Actor
        public void calls(II_Result result) {
            follow(Order.ONCE, Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 3", "1, 3"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 0",
            expect = Expect.FORBIDDEN,
            desc = "A reader that follows the pointer to an object which is not initialised.")
    @State
    public static class Full extends Shared {

        /** For jcstress. */
        public Full() {}

        /** Writes and publishes. */
        @Actor
        public void registers() {
            publish(Order.ONCE, Order.FULL);
        }

        /** Follows what is published. */
        @Actor
        public void calls(II_Result result) {
            follow(Order.ONCE, Order.FULL, result);
        }
    }
}
