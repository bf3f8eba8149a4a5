package racewalk.machine;

/** {@code struct mutex}: a sleeping lock with one holder. The word is 0 when free, else the owner's id plus one. */
public final class Mutex {

    private static final Access UNLOCK = Access.write("mutex_unlock", 0, Order.RELEASE);

    private final Machine machine;
    private final LockClass lockClass;
    private final Word word;

    Mutex(Machine machine, LockClass lockClass, String name) {
        if (lockClass.kind() != LockClass.Kind.SLEEPING) {
            throw new IllegalArgumentException(lockClass + " is a class of spinning locks");
        }
        this.machine = machine;
        this.lockClass = lockClass;
        this.word = machine.gate(name, 0, LockWords.EXCLUSIVE);
    }

    /** {@code mutex_lock}: sleeps until the mutex is free. Not in atomic context. */
    public void lock() {
        Task task = machine.current();
        task.lockDep().acquiring(this, lockClass, 0);
        LockWords.awaitExclusive(word, "mutex_lock", task);
        task.lockDep().acquired(this, lockClass, 0);
    }

    /** {@code mutex_unlock}, by the owner. */
    public void unlock() {
        LockDep lockDep = machine.current().lockDep();
        lockDep.releasing(this);
        word.access(UNLOCK);
        lockDep.released(this);
    }

    /** The lock's word, for invariants: 0 when free. */
    public Word word() {
        return word;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
