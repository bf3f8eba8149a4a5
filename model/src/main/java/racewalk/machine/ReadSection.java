package racewalk.machine;

/** The readers' side of read-copy-update, and the wait for it: {@link Rcu}, or {@link Srcu} whose readers may sleep. */
public interface ReadSection {

    /** {@code rcu_read_lock}, {@code srcu_read_lock}. */
    void readLock();

    /** {@code rcu_read_unlock}, {@code srcu_read_unlock}. */
    void readUnlock();

    /** {@code synchronize_rcu}, {@code synchronize_srcu}: sleeps until every read section that had begun has ended. */
    void synchronize();
}
