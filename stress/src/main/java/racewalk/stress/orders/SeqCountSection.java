package racewalk.stress.orders;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import racewalk.machine.LiveMachine;
import racewalk.machine.Order;
import racewalk.machine.SeqCount;
import racewalk.machine.Word;

/**
 * {@code seqcount_t}: a reader whose section saw no writer has read both words of one write. {@code
 * read_seqcount_retry} has a read barrier before it looks at the sequence again; the machine's has none, so what is
 * read within the section must be read by an acquire, or Java may read it after the sequence.
 */
public final class SeqCountSection {

    private SeqCountSection() {}

    abstract static class Shared {

        private static final LiveMachine MACHINE = LiveMachine.spinning(_ -> 0);

        private final SeqCount sequence = MACHINE.seqCount("seq");
        private final Word start = MACHINE.word("start", 0);
        private final Word end = MACHINE.word("end", 0);

        void change(Order write) {
            sequence.writeBegin();
            start.write(1, write);
            end.write(1, write);
            sequence.writeEnd();
        }

        void section(Order read, L_Result result) {
            long begin = sequence.readBegin();
            long one = start.read(read);
            long other = end.read(read);
            result.r1 = sequence.readRetry(begin) ? "RETRY" : one == other ? "WHOLE" : "TORN";
        }
    }

    /** By C accesses without annotation. */
    @JCStressTest
    @Outcome(
            id = {"RETRY", "WHOLE"},
            expect = Expect.ACCEPTABLE,
            desc = "Started over, or one write.")
    @Outcome(id = "TORN", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Half of a write, and no retry.")
    @State
    public static class Plain extends Shared {

        /** For jcstress. */
        public Plain() {}

        /** The writer. */
        @Actor
        public void cpu0() {
            change(Order.PLAIN);
        }

        /** The reader. */
        @Actor
        public void cpu1(L_Result result) {
            section(Order.PLAIN, result);
        }
    }

    /** By READ_ONCE and WRITE_ONCE. */
    @JCStressTest
    @Outcome(
            id = {"RETRY", "WHOLE"},
            expect = Expect.ACCEPTABLE,
            desc = "Started over, or one write.")
    @Outcome(id = "TORN", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Half of a write, and no retry.")
    @State
    public static class Once extends Shared {

        /** For jcstress. */
        public Once() {}

        /** The writer. */
        @Actor
        public void cpu0() {
            change(Order.ONCE);
        }

        /** The reader. */
        @Actor
        public void cpu1(L_Result result) {
            section(Order.ONCE, result);
        }
    }

    /** By smp_store_release and smp_load_acquire. */
    @JCStressTest
    @Outcome(
            id = {"RETRY", "WHOLE"},
            expect = Expect.ACCEPTABLE,
            desc = "Started over, or one write.")
    @Outcome(id = "TORN", expect = Expect.FORBIDDEN, desc = "Half of a write, and no retry.")
    @State
    public static class ReleaseAcquire extends Shared {

        /** For jcstress. */
        public ReleaseAcquire() {}

        /** The writer. */
        @Actor
        public void cpu0() {
            change(Order.RELEASE);
        }

        /** The reader. */
        @Actor
        public void cpu1(L_Result result) {
            section(Order.ACQUIRE, result);
        }
    }

    /** By accesses that are full barriers. */
    @JCStressTest
    @Outcome(
            id = {"RETRY", "WHOLE"},
            expect = Expect.ACCEPTABLE,
            desc = "Started over, or one write.")
    @Outcome(id = "TORN", expect = Expect.FORBIDDEN, desc = "Half of a write, and no retry.")
    @State
    public static class Full extends Shared {

        /** For jcstress. */
        public Full() {}

        /** The writer. */
        @Actor
        public void cpu0() {
            change(Order.FULL);
        }

        /** The reader. */
        @Actor
        public void cpu1(L_Result result) {
            section(Order.FULL, result);
        }
    }
}
