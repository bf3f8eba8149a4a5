package racewalk.stress.orders;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import racewalk.machine.Action;
import racewalk.machine.LiveMachine;
import racewalk.machine.Order;
import racewalk.machine.Rcu;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * An object is taken off its list, and freed after {@code synchronize_rcu}: a reader that found it on the list uses it
 * before it is freed. That is {@code mmu_notifier_unregister}, with {@code synchronize_srcu} today.
 */
public final class RcuGracePeriod {

    private static final int POISON = -1;

    private RcuGracePeriod() {}

    abstract static class Shared {

        private final LiveMachine machine = LiveMachine.spinning(_ -> 0);
        private final Rcu rcu = machine.rcu("rcu");
        private final Word list = machine.word("list", 1);
        private final Word object = machine.word("object", 7);
        private final Task unregisters = machine.task("cpu0");
        private final Task calls = machine.task("cpu1");

        void unregister(boolean waits) {
            machine.run(unregisters, new Action("unregister", () -> {
                list.write(0, Order.ONCE);
                if (waits) {
                    rcu.synchronize();
                }
                object.write(POISON, Order.ONCE);
                return 0;
            }));
        }

        void call(L_Result result) {
            machine.run(calls, new Action("call", () -> {
                rcu.readLock();
                boolean listed = list.read(Order.ACQUIRE) == 1;
                result.r1 = !listed ? "GONE" : object.read(Order.ACQUIRE) == POISON ? "FREED" : "USED";
                rcu.readUnlock();
                return 0;
            }));
        }
    }

    /** The object is freed after a grace period. */
    @JCStressTest
    @Outcome(
            id = {"GONE", "USED"},
            expect = Expect.ACCEPTABLE,
            desc = "Found in time, or not.")
    @Outcome(id = "FREED", expect = Expect.FORBIDDEN, desc = "Freed memory is used.")
    @State
    public static class Waiting extends Shared {

        /** For jcstress. */
        public Waiting() {}

        /** Takes the object away. */
        @Actor
        public void cpu0() {
            unregister(true);
        }

        /** Looks for it. */
        @Actor
        public void cpu1(L_Result result) {
            call(result);
        }
    }

    /** The object is freed at once: the mistake that the grace period is for. */
    @JCStressTest
    @Outcome(
            id = {"GONE", "USED"},
            expect = Expect.ACCEPTABLE,
            desc = "Found in time, or not.")
    @Outcome(id = "FREED", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Freed memory is used.")
    @State
    public static class NotWaiting extends Shared {

        /** For jcstress. */
        public NotWaiting() {}

        /** Takes the object away. */
        @Actor
        public void cpu0() {
            unregister(false);
        }

        /** Looks for it. */
        @Actor
        public void cpu1(L_Result result) {
            call(result);
        }
    }
}
