package racewalk.stress.orders;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import racewalk.machine.Action;
import racewalk.machine.LiveMachine;
import racewalk.machine.LockClass;
import racewalk.machine.Order;
import racewalk.machine.PageLock;
import racewalk.machine.SpinLock;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * Four tasks count under one lock by plain accesses: locks exclude, and what was written under one is seen under it.
 */
public final class FourUnderOneLock {

    private static final int TASKS = 4;

    private FourUnderOneLock() {}

    abstract static class Shared {

        final LiveMachine machine = LiveMachine.spinning(_ -> 0);
        private final Task[] tasks = new Task[TASKS];
        private final Word count = machine.word("count", 0);

        Shared() {
            for (int i = 0; i < TASKS; i++) {
                tasks[i] = machine.task("cpu" + i);
            }
        }

        abstract void lock();

        abstract void unlock();

        void count(int task) {
            machine.run(tasks[task], new Action("count", () -> {
                lock();
                count.write(count.read(Order.PLAIN) + 1, Order.PLAIN);
                unlock();
                return 0;
            }));
        }

        void sum(I_Result result) {
            result.r1 = (int) count.peek();
        }
    }

    /** A spinning lock. */
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "All four.")
    @Outcome(id = "[0-3]", expect = Expect.FORBIDDEN, desc = "An increment is lost.")
    @State
    public static class Spinning extends Shared {

        private final SpinLock lock = machine.spinLock(LockClass.PT_LOCK, "ptl");

        /** For jcstress. */
        public Spinning() {}

        /** Counts. */
        @Actor
        public void cpu0() {
            count(0);
        }

        /** Counts. */
        @Actor
        public void cpu1() {
            count(1);
        }

        /** Counts. */
        @Actor
        public void cpu2() {
            count(2);
        }

        /** Counts. */
        @Actor
        public void cpu3() {
            count(3);
        }

        /** The sum. */
        @Arbiter
        public void arbiter(I_Result result) {
            sum(result);
        }

        @Override
        void lock() {
            lock.lock();
        }

        @Override
        void unlock() {
            lock.unlock();
        }
    }

    /** A page lock. */
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "All four.")
    @Outcome(id = "[0-3]", expect = Expect.FORBIDDEN, desc = "An increment is lost.")
    @State
    public static class Page extends Shared {

        private final PageLock lock = machine.pageLock("page");

        /** For jcstress. */
        public Page() {}

        /** Counts. */
        @Actor
        public void cpu0() {
            count(0);
        }

        /** Counts. */
        @Actor
        public void cpu1() {
            count(1);
        }

        /** Counts. */
        @Actor
        public void cpu2() {
            count(2);
        }

        /** Counts. */
        @Actor
        public void cpu3() {
            count(3);
        }

        /** The sum. */
        @Arbiter
        public void arbiter(I_Result result) {
            sum(result);
        }

        @Override
        void lock() {
            lock.lock();
        }

        @Override
        void unlock() {
            lock.unlock();
        }
    }
}
