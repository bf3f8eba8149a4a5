package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.machine.ReadSection;

/**
 * {@link CoreList} that calls {@code release} before it unlinks the notifier: Xiao Guangrong, "[PATCH] mm:
 * mmu_notifier: fix freed page still mapped in secondary MMU", 3 July 2012. The page that reclaim frees while the
 * process exits would find no notifier otherwise, although {@code release} has not been called.
 *
 * <p>{@code mmu_notifier_unregister} looks whether the notifier is hashed without the lock, and unlinks it later by
 * {@code hlist_del_rcu}: by then {@code __mmu_notifier_release} may have done so. "mm: mmu_notifier: re-fix freed page
 * still mapped in secondary MMU", 6 May 2013, has {@code hlist_del_init_rcu}, and so it is today.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public final class ReleaseFirstList<O extends Releasable> extends CoreList<O> {

    private final boolean delInit;

    /**
     * A list for at most so many notifiers.
     *
     * @param delInit whether {@code mmu_notifier_unregister} unlinks by {@code hlist_del_init_rcu}, as since 2013
     */
    public ReleaseFirstList(Machine machine, int notifiers, ReadSection rcu, boolean delInit, LeftOut leftOut) {
        super(machine, notifiers, rcu, leftOut);
        this.delInit = delInit;
    }

    @Override
    void unlinkAndRelease(Node mn) {
        if (isUnhashed(mn)) {
            machine.reach(Marks.UNREGISTERED_LATE);
            return;
        }
        rcu.readLock();
        releaseByUnregister(mn);
        rcu.readUnlock();
        lock.lock();
        if (delInit) {
            hlistDelInitRcu(mn);
        } else {
            hlistDelRcu(mn);
        }
        lock.unlock();
    }

    @Override
    void releaseAll() {
        rcu.readLock();
        for (Node mn = first(); mn != null; mn = next(mn)) { // hlist_for_each_entry_rcu
            callRelease(mn);
        }
        rcu.readUnlock();
        lock.lock();
        while (!isEmpty()) {
            hlistDelInitRcu(first());
        }
        lock.unlock();
    }
}
