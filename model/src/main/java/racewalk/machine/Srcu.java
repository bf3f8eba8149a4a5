package racewalk.machine;

/**
 * Sleepable read-copy-update: {@link Rcu} of one user's own, whose read sections may sleep. Linux allows them to nest;
 * a task is in one of a domain at most here.
 */
public final class Srcu implements ReadSection {

    private final Machine machine;
    private final Word word;

    Srcu(Machine machine, String name) {
        this.machine = machine;
        this.word = machine.gate(name, 0, Rcu.FORMAT);
    }

    /**
     * {@code srcu_read_lock}: forbids nothing until {@link #readUnlock}.
     *
     * @throws ScopeExceeded if the task is in a read section of this domain already
     */
    @Override
    public void readLock() {
        Task task = machine.current();
        if (task.lockDep().holds(this)) {
            throw new ScopeExceeded("a read section of " + this + " within another one is not modelled");
        }
        word.access(Access.always("srcu_read_lock", Change.or(task.bitInByte()), Observe.NOTHING, Order.FULL));
        task.lockDep().srcuEnter(this);
    }

    /** {@code srcu_read_unlock}. */
    @Override
    public void readUnlock() {
        Task task = machine.current();
        task.lockDep().releasing(this);
        word.access(Access.always("srcu_read_unlock", Rcu.leave(task), Observe.NOTHING, Order.FULL));
        task.lockDep().released(this);
    }

    /** {@code synchronize_srcu}: sleeps until every read section that had begun has ended. Not in atomic context. */
    @Override
    public void synchronize() {
        Rcu.synchronize(word, machine.current(), "srcu");
    }

    @Override
    public String toString() {
        return word.name();
    }
}
