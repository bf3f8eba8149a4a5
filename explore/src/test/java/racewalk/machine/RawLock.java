package racewalk.machine;

/** A lock without {@link LockDep}: for tests that want the deadlocks that lockdep would forbid. */
public final class RawLock {

    private final Machine machine;
    private final Word word;

    public RawLock(Machine machine, String name) {
        this.machine = machine;
        this.word = machine.gate(name, 0, LockWords.EXCLUSIVE);
    }

    public void lock() {
        LockWords.awaitExclusive(word, "raw_lock", machine.current());
    }

    public boolean tryLock() {
        return LockWords.tryExclusive(word, "raw_trylock", machine.current());
    }

    public void unlock() {
        word.access(Access.write("raw_unlock", 0, Order.RELEASE));
    }
}
