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
 * A page table is filled before the entry of the level above that publishes it: {@code smp_wmb} in {@code __pte_alloc}
 * ("ensure all pte setup is visible before the pte is made visible to other CPUs"), while walks without a lock follow
 * the entry. The word of the new table holds 9, the last owner's, until it is cleared to 0 and then set to 5 here.
 */
public final class TableBeforePmd {

    private TableBeforePmd() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final Word pte = MACHINE.word("pte of the new table", 9);
        private final Word pmd = MACHINE.word("pmd", 0);

        void publish(Order data, Order publication) {
            pte.write(5, data);
            pmd.write(1, publication);
        }

        void follow(Order data, Order publication, II_Result result) {
            result.r1 = (int) pmd.read(publication);
            result.r2 = (int) pte.read(data);
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(
            id = {"0, 9", "0, 5", "1, 5"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 9",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "A walk that meets what the page of the table held before.")
    @State
    public static class Plain extends Shared {

        /** For jcstress. */
        public Plain() {}

        /** Writes and publishes. */
        @Actor
        public void cpu0() {
            publish(Order.PLAIN, Order.PLAIN);
        }

        /** Follows what is published. */
        @Actor
        public void cpu1(II_Result result) {
            follow(Order.PLAIN, Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(
            id = {"0, 9", "0, 5", "1, 5"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 9",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "A walk that meets what the page of the table held before.")
    @State
    public static class Once extends Shared {

        /** For jcstress. */
        public Once() {}

        /** Writes and publishes. */
        @Actor
        public void cpu0() {
            publish(Order.ONCE, Order.ONCE);
        }

        /** Follows what is published. */
        @Actor
        public void cpu1(II_Result result) {
            follow(Order.ONCE, Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(
            id = {"0, 9", "0, 5", "1, 5"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(id = "1, 9", expect = Expect.FORBIDDEN, desc = "A walk that meets what the page of the table held before.")
    @State
    public static class ReleaseAcquire extends Shared {

        /** For jcstress. */
        public ReleaseAcquire() {}

        /** Writes and publishes. */
        @Actor
        public void cpu0() {
            publish(Order.ONCE, Order.RELEASE);
        }

        /** Follows what is published. */
        @Actor
        public void cpu1(II_Result result) {
            follow(Order.ONCE, Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(
            id = {"0, 9", "0, 5", "1, 5"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(id = "1, 9", expect = Expect.FORBIDDEN, desc = "A walk that meets what the page of the table held before.")
    @State
    public static class Full extends Shared {

        /** For jcstress. */
        public Full() {}

        /** Writes and publishes. */
        @Actor
        public void cpu0() {
            publish(Order.ONCE, Order.FULL);
        }

        /** Follows what is published. */
        @Actor
        public void cpu1(II_Result result) {
            follow(Order.ONCE, Order.FULL, result);
        }
    }
}
