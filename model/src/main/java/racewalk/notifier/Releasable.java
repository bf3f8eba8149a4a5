package racewalk.notifier;

/** What every {@code struct mmu_notifier_ops} has for the end of the process. */
public interface Releasable {

    /** {@code release}: the process exits, or the notifier is being unregistered. Nothing, where it is NULL. */
    default void release() {}
}
