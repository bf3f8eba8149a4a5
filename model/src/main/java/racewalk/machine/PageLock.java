package racewalk.machine;

/**
 * {@code PG_locked} of one page: a sleeping lock that may also be tried in atomic context. The word is 0 when free,
 * else the owner's id plus one. Unlike other locks it may outlive the function that took it, but not the operation.
 */
public final class PageLock {

    private static final Access UNLOCK = Access.write("unlock_page", 0, Order.RELEASE);

    private final Machine machine;
    private final Word word;

    PageLock(Machine machine, String name) {
        this.machine = machine;
        this.word = machine.gate(name, 0, LockWords.EXCLUSIVE);
    }

    /** {@code lock_page}: sleeps until the page is unlocked. Not in atomic context. */
    public void lock() {
        Task task = machine.current();
        task.lockDep().acquiring(this, LockClass.PAGE_LOCK, 0);
        LockWords.awaitExclusive(word, "lock_page", task);
        task.lockDep().acquired(this, LockClass.PAGE_LOCK, 0);
    }

    /** {@code trylock_page}: true if the page was unlocked and is now locked. Legal under spinning locks. */
    public boolean tryLockPage() {
        Task task = machine.current();
        if (!LockWords.tryExclusive(word, "trylock_page", task)) {
            return false;
        }
        task.lockDep().acquired(this, LockClass.PAGE_LOCK, 0);
        return true;
    }

    /** {@code unlock_page}, by the owner. */
    public void unlock() {
        LockDep lockDep = machine.current().lockDep();
        lockDep.releasing(this);
        word.access(UNLOCK);
        lockDep.released(this);
    }

    /** {@code wait_on_page_locked}: sleeps until the page is unlocked, without taking the lock. */
    public void awaitUnlocked() {
        machine.current().lockDep().mightSleep(word.name());
        word.await("wait_on_page_locked", Guard.is(0));
    }

    /** The lock's word, for invariants: 0 when the page is unlocked. */
    public Word word() {
        return word;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
