package racewalk.notifier;

import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SpinLock;
import racewalk.mm.AddressSpace;

/**
 * The list of Arcangeli's patch of 17 February 2008: {@link RcuList} with a spinning lock of its own for changes, so
 * that they need not hold the mmap lock. {@code mmu_notifier_release} does not take it.
 *
 * <p>"A quiescent period needs to pass before the struct mmu_notifier can be freed. Alternatively it can be
 * synchronously freed inside ->release when the list can't change anymore and nobody could possibly walk it": so
 * {@code release} frees it here.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public final class SpinList<O extends Releasable> extends RcuList<O> {

    private final SpinLock lock;

    /** A list for at most so many notifiers. */
    public SpinList(Machine machine, int notifiers) {
        super(machine, notifiers);
        this.lock = machine.spinLock(LockClass.MMU_NOTIFIER, "mmu_notifier.lock");
    }

    /** {@code mmu_notifier_register}. */
    @Override
    public void register(Node mn, AddressSpace mm) {
        lock.lock();
        hlistAddHeadRcu(mn);
        lock.unlock();
    }

    /** {@code mmu_notifier_unregister}. */
    @Override
    public void unregister(Node mn, AddressSpace mm) {
        lock.lock();
        hlistDelRcu(mn);
        lock.unlock();
    }

    @Override
    boolean mayBeFreedInRelease() {
        return true;
    }

    /** {@code mmu_notifier_release}. */
    @Override
    public void release() {
        if (isEmpty()) {
            return;
        }
        Node mn = first();
        while (mn != null) { // hlist_for_each_entry_safe
            Node next = next(mn);
            hlistDel(mn);
            callRelease(mn);
            mn = next;
        }
    }
}
