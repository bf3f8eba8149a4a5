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
 * Page content is written before the PTE that publishes it: {@code __SetPageUptodate} has a write barrier before
 * {@code set_pte_at} in {@code do_anonymous_page}, and whoever walks the tables reads the page through what the PTE
 * says. The Java memory model orders the two only if the publication is a release and the walk an acquire: Java has no
 * address dependency, on which the kernel's readers rely.
 */
public final class PageBeforePte {

    private PageBeforePte() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final Word page = MACHINE.word("page", 0);
        private final Word pte = MACHINE.word("pte", 0);

        void publish(Order data, Order publication) {
            page.write(7, data);
            pte.write(1, publication);
        }

        void follow(Order data, Order publication, II_Result result) {
            result.r1 = (int) pte.read(publication);
            result.r2 = (int) page.read(data);
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 7", "1, 7"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "A translation to a page whose content has not arrived.")
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
        public void dev0(II_Result result) {
            follow(Order.PLAIN, Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 7", "1, 7"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(
            id = "1, 0",
            expect = Expect.ACCEPTABLE_INTERESTING,
            desc = "A translation to a page whose content has not arrived.")
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
        public void dev0(II_Result result) {
            follow(Order.ONCE, Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 7", "1, 7"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "A translation to a page whose content has not arrived.")
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
        public void dev0(II_Result result) {
            follow(Order.ONCE, Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 7", "1, 7"},
            expect = Expect.ACCEPTABLE,
            desc = "In order.")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "A translation to a page whose content has not arrived.")
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
        public void dev0(II_Result result) {
            follow(Order.ONCE, Order.FULL, result);
        }
    }
}
