package racewalk.machine;

/** {@code spinlock_t}. The word is 0 when free, else the owner's id plus one. */
public final class SpinLock {

    private static final Access UNLOCK = Access.write("spin_unlock", 0, Order.RELEASE);

    private final Machine machine;
    private final LockClass lockClass;
    private final Word word;

    SpinLock(Machine machine, LockClass lockClass, String name) {
        if (lockClass.kind() != LockClass.Kind.SPINNING) {
            throw new IllegalArgumentException(lockClass + " is a class of sleeping locks");
        }
        this.machine = machine;
        this.lockClass = lockClass;
        this.word = machine.gate(name, 0, LockWords.EXCLUSIVE);
    }

    /** {@code spin_lock}: waits. The order of {@link LockClass} applies. */
    public void lock() {
        lockNested(0);
    }

    /** {@code spin_lock_nested}: as {@link #lock}, under another lock of the class taken at a lower level. */
    public void lockNested(int level) {
        Task task = machine.current();
        task.lockDep().acquiring(this, lockClass, level);
        LockWords.awaitExclusive(word, "spin_lock", task);
        task.lockDep().acquired(this, lockClass, level);
    }

    /** {@code spin_trylock}: true if the lock was free and is now held. */
    public boolean tryLock() {
        Task task = machine.current();
        if (!LockWords.tryExclusive(word, "spin_trylock", task)) {
            return false;
        }
        task.lockDep().acquired(this, lockClass, 0);
        return true;
    }

    /** {@code spin_unlock}, by the owner. */
    public void unlock() {
        LockDep lockDep = machine.current().lockDep();
        lockDep.releasing(this);
        word.access(UNLOCK);
        lockDep.released(this);
    }

    /** {@code lockdep_assert_held}. */
    public void assertHeld() {
        machine.current().lockDep().assertHeld(this);
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
