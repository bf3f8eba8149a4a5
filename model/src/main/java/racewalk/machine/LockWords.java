package racewalk.machine;

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

    /** The tasks that hold an exclusive lock whose word is {@code value}, as bits. */
    static long exclusiveHolders(long value) {
        return value == 0 ? 0 : 1L << (value - 1);
    }
}
