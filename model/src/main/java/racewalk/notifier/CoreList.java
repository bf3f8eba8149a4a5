package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.ReadSection;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;

/**
 * The list of v17, {@code mm/mmu_notifier.c} as merged for 2.6.27: registration under {@code mm_take_all_locks}, walks
 * in an RCU read section, and a handshake of {@code __mmu_notifier_release} with {@code mmu_notifier_unregister}: who
 * unlinks the notifier under the lock calls {@code release} in a read section, and both wait for a grace period.
 *
 * <p>"mmu_notifier_unregister must be always called": only then does the driver free the notifier.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public class CoreList<O extends Releasable> extends ChangingList<O> {

    /** What a variant leaves out. */
    public enum LeftOut {
        /** Nothing. */
        NOTHING,
        /** Planted: the mmap lock and the locks of the rmap, in the registration. */
        ALL_LOCKS,
        /** Planted: the locks of the rmap, in the registration. */
        RMAP_LOCKS,
        /** Planted: the grace period at the end of {@code mmu_notifier_unregister}. */
        WAIT_OF_UNREGISTER,
        /** Planted: the grace period at the end of {@code __mmu_notifier_release}. */
        WAIT_OF_RELEASE
    }

    protected final ReadSection rcu;
    protected final SpinLock lock;
    private final Word mmuNotifierMm;
    private final MmTakeAllLocks locks;
    private final LeftOut leftOut;

    /**
     * A list for at most so many notifiers.
     *
     * @param rcu what walks are done in: RCU, or SRCU as in the patch of April 2012
     */
    public CoreList(Machine machine, int notifiers, ReadSection rcu, LeftOut leftOut) {
        super(machine, notifiers);
        this.rcu = rcu;
        this.lock = machine.spinLock(LockClass.MMU_NOTIFIER, "mmu_notifier_mm.lock");
        this.mmuNotifierMm = machine.word("mmu_notifier_mm", 0, value -> value == 0 ? "NULL" : "set");
        this.locks = new MmTakeAllLocks(machine);
        this.leftOut = leftOut;
    }

    /** {@code mm_has_notifiers}: once it had one, it has. */
    private boolean mmHasNotifiers() {
        return mmuNotifierMm.readOnce() != 0;
    }

    /** {@code mm->mmu_notifier_mm = mmu_notifier_mm}. */
    @Override
    void hasNotifiers() {
        mmuNotifierMm.writeOnce(1);
    }

    @Override
    public final void call(Consumer<O> function) {
        if (!mmHasNotifiers()) {
            return;
        }
        rcu.readLock();
        for (Node mn = first(); mn != null; mn = next(mn)) { // hlist_for_each_entry_rcu
            callMethod(mn, function);
        }
        rcu.readUnlock();
    }

    /** {@code do_mmu_notifier_register}. */
    @Override
    public final void register(Node mn, AddressSpace mm) {
        if (leftOut == LeftOut.ALL_LOCKS) {
            link(mn);
            return;
        }
        mm.mmapLock().downWrite();
        if (leftOut != LeftOut.RMAP_LOCKS) {
            locks.take(mm);
        }
        link(mn);
        if (leftOut != LeftOut.RMAP_LOCKS) {
            locks.drop(mm);
        }
        mm.mmapLock().upWrite();
    }

    /** {@code mm_take_all_locks} and {@code mm_drop_all_locks}. */
    final MmTakeAllLocks locks() {
        return locks;
    }

    private void link(Node mn) {
        hasNotifiers();
        lock.lock();
        hlistAddHeadRcu(mn); // hlist_add_head
        lock.unlock();
    }

    /** {@code mmu_notifier_unregister}. */
    @Override
    public final void unregister(Node mn, AddressSpace mm) {
        unlinkAndRelease(mn);
        if (leftOut != LeftOut.WAIT_OF_UNREGISTER) {
            rcu.synchronize();
        }
    }

    /** The part of {@code mmu_notifier_unregister} before its grace period. */
    void unlinkAndRelease(Node mn) {
        lock.lock();
        if (isUnhashed(mn)) {
            machine.reach(Marks.UNREGISTERED_LATE);
            lock.unlock();
            return;
        }
        hlistDelRcu(mn);
        rcu.readLock();
        lock.unlock();
        releaseByUnregister(mn);
        rcu.readUnlock();
    }

    /** {@code mn->ops->release}, in {@code mmu_notifier_unregister}. */
    final void releaseByUnregister(Node mn) {
        machine.reach(Marks.RELEASED_BY_UNREGISTER);
        opsOf(mn).release();
    }

    /** {@code __mmu_notifier_release}. */
    @Override
    public final void release() {
        if (!mmHasNotifiers()) {
            return;
        }
        releaseAll();
        if (leftOut != LeftOut.WAIT_OF_RELEASE) {
            rcu.synchronize();
        }
    }

    /** The part of {@code __mmu_notifier_release} before its grace period. */
    void releaseAll() {
        lock.lock();
        while (!isEmpty()) {
            Node mn = first();
            hlistDelInitRcu(mn);
            rcu.readLock();
            lock.unlock();
            callRelease(mn);
            rcu.readUnlock();
            lock.lock();
        }
        lock.unlock();
    }
}
