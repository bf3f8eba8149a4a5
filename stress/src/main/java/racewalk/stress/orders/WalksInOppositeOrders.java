package racewalk.stress.orders;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import racewalk.machine.LiveMachine;
import racewalk.machine.Order;
import racewalk.machine.Word;

/**
 * Four: two CPUs each set a PTE, two walkers read them in opposite orders (independent reads of independent writes).
 * Walkers without a lock may disagree on which came first, unless all four accesses are full barriers: even release and
 * acquire do not forbid it, though x86 never shows it.
 */
public final class WalksInOppositeOrders {

    private WalksInOppositeOrders() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final Word one = MACHINE.word("pte[0]", 0);
        private final Word other = MACHINE.word("pte[1]", 0);

        void setOne(Order write) {
            one.write(1, write);
        }

        void setOther(Order write) {
            other.write(1, write);
        }

        void walkUp(Order read, IIII_Result result) {
            result.r1 = (int) one.read(read);
            result.r2 = (int) other.read(read);
        }

        void walkDown(Order read, IIII_Result result) {
            result.r3 = (int) other.read(read);
            result.r4 = (int) one.read(read);
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(id = "[01], [01], [01], [01]", expect = Expect.ACCEPTABLE, desc = "In order.")
    @Outcome(
            id = "1, 0, 1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "Each walker sees the other PTE set first.")
    @State
    public static class Plain extends Shared {

        /** For jcstress. */
        public Plain() {}

        /** Sets one. */
        @Actor
        public void cpu0() {
            setOne(Order.PLAIN);
        }

        /** Sets the other. */
        @Actor
        public void cpu1() {
            setOther(Order.PLAIN);
        }

        /** Walks up. */
        @Actor
        public void dev0(IIII_Result result) {
            walkUp(Order.PLAIN, result);
        }

        /** Walks down. */
        @Actor
        public void dev1(IIII_Result result) {
            walkDown(Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(id = "[01], [01], [01], [01]", expect = Expect.ACCEPTABLE, desc = "In order.")
    @Outcome(
            id = "1, 0, 1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "Each walker sees the other PTE set first.")
    @State
    public static class Once extends Shared {

        /** For jcstress. */
        public Once() {}

        /** Sets one. */
        @Actor
        public void cpu0() {
            setOne(Order.ONCE);
        }

        /** Sets the other. */
        @Actor
        public void cpu1() {
            setOther(Order.ONCE);
        }

        /** Walks up. */
        @Actor
        public void dev0(IIII_Result result) {
            walkUp(Order.ONCE, result);
        }

        /** Walks down. */
        @Actor
        public void dev1(IIII_Result result) {
            walkDown(Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(id = "[01], [01], [01], [01]", expect = Expect.ACCEPTABLE, desc = "In order.")
    @Outcome(
            id = "1, 0, 1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "Each walker sees the other PTE set first.")
    @State
    public static class ReleaseAcquire extends Shared {

        /** For jcstress. */
        public ReleaseAcquire() {}

        /** Sets one. */
        @Actor
        public void cpu0() {
            setOne(Order.RELEASE);
        }

        /** Sets the other. */
        @Actor
        public void cpu1() {
            setOther(Order.RELEASE);
        }

        /** Walks up. */
        @Actor
        public void dev0(IIII_Result result) {
            walkUp(Order.ACQUIRE, result);
        }

        /** Walks down. */
        @Actor
        public void dev1(IIII_Result result) {
            walkDown(Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(id = "[01], [01], [01], [01]", expect = Expect.ACCEPTABLE, desc = "In order.")
    @Outcome(id = "1, 0, 1, 0", expect = Expect.FORBIDDEN, desc = "Each walker sees the other PTE set first.")
    @State
    public static class Full extends Shared {

        /** For jcstress. */
        public Full() {}

        /** Sets one. */
        @Actor
        public void cpu0() {
            setOne(Order.FULL);
        }

        /** Sets the other. */
        @Actor
        public void cpu1() {
            setOther(Order.FULL);
        }

        /** Walks up. */
        @Actor
        public void dev0(IIII_Result result) {
            walkUp(Order.FULL, result);
        }

        /** Walks down. */
        @Actor
        public void dev1(IIII_Result result) {
            walkDown(Order.FULL, result);
        }
    }
}
