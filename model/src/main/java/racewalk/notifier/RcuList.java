package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.Machine;
import racewalk.machine.ReadSection;
import racewalk.mm.AddressSpace;

/**
 * The list of Lameter's V6, "[patch 1/6] mmu_notifier: Core code", 8 February 2008, and of Arcangeli's #v9: walked in
 * an RCU read section, changed with the mmap lock held for write.
 *
 * <p>"A quiescent period needs to pass before the notifier is guaranteed to be visible to all threads", and another one
 * before it is freed: the driver waits for them, as the GRU's did with {@code synchronize_rcu} (Steiner, 5 May
 * 2008).
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public class RcuList<O extends Releasable> extends ChangingList<O> {

    protected final ReadSection rcu;

    /** A list for at most so many notifiers. */
    public RcuList(Machine machine, int notifiers) {
        super(machine, notifiers);
        this.rcu = machine.rcu("rcu");
    }

    /** The macro {@code mmu_notifier(function, mm, args...)}. */
    @Override
    public void call(Consumer<O> function) {
        if (isEmpty()) {
            return;
        }
        rcu.readLock();
        for (Node mn = first(); mn != null; mn = next(mn)) { // hlist_for_each_entry_rcu
            callMethod(mn, function);
        }
        rcu.readUnlock();
    }

    /** {@code mmu_notifier_register}: "Must hold the mmap_sem for write". */
    @Override
    public void register(Node mn, AddressSpace mm) {
        mm.mmapLock().downWrite();
        hlistAddHeadRcu(mn);
        mm.mmapLock().upWrite();
    }

    @Override
    public void afterRegister() {
        rcu.synchronize();
    }

    /** {@code mmu_notifier_unregister}: "Must hold mmap_sem for write". */
    @Override
    public void unregister(Node mn, AddressSpace mm) {
        mm.mmapLock().downWrite();
        hlistDelRcu(mn);
        mm.mmapLock().upWrite();
    }

    @Override
    public void beforeFree() {
        rcu.synchronize();
    }

    /** {@code mmu_notifier_release}: "No synchronization. This function can only be called when only a single process
     * remains that performs teardown." */
    @Override
    public void release() {
        if (isEmpty()) {
            return;
        }
        Node mn = first();
        while (mn != null) { // hlist_for_each_entry_safe
            Node next = next(mn);
            hlistDelInit(mn);
            callRelease(mn);
            mn = next;
        }
    }
}
