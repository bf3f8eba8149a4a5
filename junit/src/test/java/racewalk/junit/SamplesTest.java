package racewalk.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import racewalk.explore.Strategy;
import racewalk.machine.Machine;

/** Code of other people, right. {@link RefutedSamplesTest} has the same, broken. */
class SamplesTest {

    static void peterson(PetersonLock lock, Machine machine, Tasks tasks) {
        CriticalSection section = new CriticalSection(machine, tasks);
        for (int me = 0; me < 2; me++) {
            int number = me;
            Runnable once = () -> {
                lock.lock(number);
                section.pass();
                lock.unlock(number);
            };
            tasks.task("task" + me, once, once);
        }
    }

    static void ticket(TicketLock lock, Machine machine, Tasks tasks) {
        CriticalSection section = new CriticalSection(machine, tasks);
        for (String name : new String[] {"a", "b", "c"}) {
            tasks.task(name, () -> {
                lock.lock();
                section.pass();
                lock.unlock();
            });
        }
    }

    static void buffer(BoundedBuffer buffer, int capacity, Tasks tasks) {
        tasks.task("producer", () -> buffer.put(1), () -> buffer.put(2), () -> buffer.put(3));
        tasks.task(
                "consumer",
                () -> assertEquals(1, buffer.take()),
                () -> assertEquals(2, buffer.take()),
                () -> assertEquals(3, buffer.take()));
        tasks.invariant("NeverMoreThanFit", () -> assertTrue(buffer.size() <= capacity));
    }

    @Explore(tasks = 2)
    void petersonsLockExcludes(Machine machine, Tasks tasks) {
        peterson(new PetersonLock(machine), machine, tasks);
    }

    @Explore(tasks = 3)
    void ticketLockExcludes(Machine machine, Tasks tasks) {
        ticket(new TicketLock(machine), machine, tasks);
    }

    @Explore
    void boundedBufferKeepsTheOrderAndWakesWhoeverWaits(Machine machine, Tasks tasks) {
        buffer(new BoundedBuffer(machine, 2), 2, tasks);
    }

    @Explore(strategy = Strategy.NAIVE)
    void withoutSleepSetsItIsTheSame(Machine machine, Tasks tasks) {
        buffer(new BoundedBuffer(machine, 1), 1, tasks);
    }

    @Explore(strategy = Strategy.PREEMPTION)
    void byFewestPreemptionsItIsTheSame(Machine machine, Tasks tasks) {
        buffer(new BoundedBuffer(machine, 1), 1, tasks);
    }
}
