package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SeqCount;
import racewalk.machine.SpinLock;
import racewalk.mm.AddressSpace;

/**
 * The list of "[PATCH] 3/4 combine RCU with seqlock to allow mmu notifier methods to sleep (#v9 was 1/4)", Andrea
 * Arcangeli, 7 March 2008: the RCU read section is left for each method, and a walk that an unregistration has
 * overtaken starts over.
 *
 * <p>Peter Zijlstra, on the same day: the notifier may be unlinked and freed between {@code rcu_read_unlock} and the
 * call of its method.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public final class SeqlockList<O extends Releasable> extends V9List<O> {

    private final SpinLock lock;
    private final SeqCount seqcount;

    /** A list for at most so many notifiers. */
    public SeqlockList(Machine machine, int notifiers) {
        super(machine, notifiers);
        this.lock = machine.spinLock(LockClass.MMU_NOTIFIER, "mmu_notifier_lock.lock");
        this.seqcount = machine.seqCount("mmu_notifier_lock");
    }

    @Override
    public void call(Consumer<O> function) {
        if (isEmpty()) { // mm_has_notifiers
            return;
        }
        rcu.readLock();
        while (!walk(function)) {
            machine.reach(Marks.RESTARTED);
        }
        rcu.readUnlock();
    }

    /** From {@code restart} on: false if an unregistration has overtaken the walk. */
    private boolean walk(Consumer<O> function) {
        long seq = seqcount.readBegin();
        for (Node mn = first(); mn != null; mn = next(mn)) { // hlist_for_each_entry_rcu
            opsOf(mn); // if (mn->ops->function)
            rcu.readUnlock();
            callMethod(mn, function);
            rcu.readLock();
            if (seqcount.readRetry(seq)) {
                return false;
            }
        }
        return true;
    }

    /** {@code mmu_notifier_unregister}: "Must hold the mmap_sem for write", and the seqlock beside it. */
    @Override
    public void unregister(Node mn, AddressSpace mm) {
        mm.mmapLock().downWrite();
        lock.lock(); // write_seqlock
        seqcount.writeBegin();
        hlistDelRcu(mn);
        seqcount.writeEnd();
        lock.unlock();
        mm.mmapLock().upWrite();
    }

    /** {@code __mmu_notifier_release}. */
    @Override
    public void release() {
        long seq = seqcount.readBegin();
        while (!isEmpty()) {
            Node mn = first();
            hlistDel(mn);
            callRelease(mn);
            machine.bugOn(seqcount.readRetry(seq), "mmu_notifier_lock has changed during the release");
        }
    }
}
