package racewalk.machine;

import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/** How locks use their words; the forms that several locks share. */
final class LockWords {

    /** A lock with one holder: 0 when free, else the owner's id plus one. */
    static final Word.Format EXCLUSIVE = new Word.Format() {
        @Override
        public String show(long value) {
            return value == 0 ? "free" : "held by task " + (value - 1);
        }

        @Override
        public long holders(long value) {
            return exclusiveHolders(value);
        }

        @Override
        public LongUnaryOperator renaming(IntUnaryOperator tasks) {
            return value -> renamedOwner(value, tasks);
        }
    };

    private LockWords() {}

    static void awaitExclusive(Word word, String verb, Task task) {
        word.access(Access.await(verb, Guard.is(0), Change.set(task.ownerMark()), Observe.NOTHING, Order.ACQUIRE));
    }

    static boolean tryExclusive(Word word, String verb, Task task) {
        return word.access(
                        Access.attempt(verb, Guard.is(0), Change.set(task.ownerMark()), Observe.SUCCESS, Order.ACQUIRE))
                != 0;
    }

    /** An owner's id plus one, or 0, when tasks are renamed. */
    static long renamedOwner(long owner, IntUnaryOperator tasks) {
        return owner == 0 ? 0 : tasks.applyAsInt((int) owner - 1) + 1L;
    }

    /** A set of tasks when tasks are renamed. */
    static long renamedSet(long set, IntUnaryOperator tasks) {
        long renamed = 0;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            renamed |= 1L << tasks.applyAsInt(Long.numberOfTrailingZeros(rest));
        }
        return renamed;
    }

    /** The tasks that hold an exclusive lock whose word is {@code value}, as bits. */
    static long exclusiveHolders(long value) {
        return value == 0 ? 0 : 1L << (value - 1);
    }
}
