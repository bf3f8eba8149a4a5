package racewalk.stress.orders;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import racewalk.machine.LiveMachine;
import racewalk.machine.Order;
import racewalk.machine.Word;

/**
 * Three: one CPU writes a page, another sees that and tells a device, and the device reads the page (write-to-read
 * causality). It is what happens when a fault on one CPU maps a page that a second CPU hands to a device.
 */
public final class PageHandedOn {

    private PageHandedOn() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final Word page = MACHINE.word("page", 0);
        private final Word doorbell = MACHINE.word("doorbell", 0);

        void write(Order write) {
            page.write(1, write);
        }

        void handOn(Order write, Order read, III_Result result) {
            result.r1 = (int) page.read(read);
            doorbell.write(result.r1, write);
        }

        void use(Order read, III_Result result) {
            result.r2 = (int) doorbell.read(read);
            result.r3 = (int) page.read(read);
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 0", "0, 0, 1", "1, 0, 0", "1, 0, 1", "1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "The device knows of the page and reads what was there before.")
    @State
    public static class Plain extends Shared {

        /** For jcstress. */
        public Plain() {}

        /** Writes. */
        @Actor
        public void cpu0() {
            write(Order.PLAIN);
        }

        /** Sees and tells. */
        @Actor
        public void cpu1(III_Result result) {
            handOn(Order.PLAIN, Order.PLAIN, result);
        }

        /** Is told and reads. */
        @Actor
        public void dev0(III_Result result) {
            use(Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 0", "0, 0, 1", "1, 0, 0", "1, 0, 1", "1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "The device knows of the page and reads what was there before.")
    @State
    public static class Once extends Shared {

        /** For jcstress. */
        public Once() {}

        /** Writes. */
        @Actor
        public void cpu0() {
            write(Order.ONCE);
        }

        /** Sees and tells. */
        @Actor
        public void cpu1(III_Result result) {
            handOn(Order.ONCE, Order.ONCE, result);
        }

        /** Is told and reads. */
        @Actor
        public void dev0(III_Result result) {
            use(Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 0", "0, 0, 1", "1, 0, 0", "1, 0, 1", "1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 1, 0",
            expect = Expect.FORBIDDEN,
            desc = "The device knows of the page and reads what was there before.")
    @State
    public static class ReleaseAcquire extends Shared {

        /** For jcstress. */
        public ReleaseAcquire() {}

        /** Writes. */
        @Actor
        public void cpu0() {
            write(Order.RELEASE);
        }

        /** Sees and tells. */
        @Actor
        public void cpu1(III_Result result) {
            handOn(Order.RELEASE, Order.ACQUIRE, result);
        }

        /** Is told and reads. */
        @Actor
        public void dev0(III_Result result) {
            use(Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 0", "0, 0, 1", "1, 0, 0", "1, 0, 1", "1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 1, 0",
            expect = Expect.FORBIDDEN,
            desc = "The device knows of the page and reads what was there before.")
    @State
    public static class Full extends Shared {

        /** For jcstress. */
        public Full() {}

        /** Writes. */
        @Actor
        public void cpu0() {
            write(Order.FULL);
        }

        /** Sees and tells. */
        @Actor
        public void cpu1(III_Result result) {
            handOn(Order.FULL, Order.FULL, result);
        }

        /** Is told and reads. */
        @Actor
        public void dev0(III_Result result) {
            use(Order.FULL, result);
        }
    }
}
