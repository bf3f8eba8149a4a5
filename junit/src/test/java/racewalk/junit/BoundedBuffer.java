package racewalk.junit;

import java.util.function.BooleanSupplier;
import racewalk.machine.Machine;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;

/** A ring of values from one producer to one consumer, who sleep while it is full and while it is empty. */
class BoundedBuffer {

    private final Word[] slots;
    private final Word put;
    private final Word taken;
    private final WaitQueue notFull;
    private final WaitQueue notEmpty;

    BoundedBuffer(Machine machine, int capacity) {
        slots = machine.words("slot", capacity, 0, Word.Format.DECIMAL);
        put = machine.word("put", 0);
        taken = machine.word("taken", 0);
        notFull = machine.waitQueue("notFull");
        notEmpty = machine.waitQueue("notEmpty");
    }

    void put(long value) {
        long at = put.readOnce();
        waitEvent(notFull, () -> at - taken.loadAcquire() < slots.length);
        slots[(int) at % slots.length].writeOnce(value);
        put.storeRelease(at + 1);
        notEmpty.wakeUpAll();
    }

    long take() {
        long at = taken.readOnce();
        waitEvent(notEmpty, () -> put.loadAcquire() > at);
        long value = slots[(int) at % slots.length].readOnce();
        taken.storeRelease(at + 1);
        notFull.wakeUpAll();
        return value;
    }

    /** How many values are in the buffer, for invariants. */
    long size() {
        return put.peek() - taken.peek();
    }

    /** Queues before it looks: a wake-up after the look is not lost. */
    protected void waitEvent(WaitQueue queue, BooleanSupplier condition) {
        while (true) {
            queue.prepareToWait();
            if (condition.getAsBoolean()) {
                break;
            }
            queue.schedule();
        }
        queue.finishWait();
    }

    /** Looks before it queues: a wake-up between the two is lost. */
    static final class LostWakeUp extends BoundedBuffer {

        LostWakeUp(Machine machine, int capacity) {
            super(machine, capacity);
        }

        @Override
        protected void waitEvent(WaitQueue queue, BooleanSupplier condition) {
            while (!condition.getAsBoolean()) {
                queue.prepareToWait();
                queue.schedule();
                queue.finishWait();
            }
        }
    }
}
