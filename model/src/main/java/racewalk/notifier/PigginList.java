package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.mm.AddressSpace;

/**
 * The list of Nick Piggin's patch of 19 February 2008: {@link RcuList} whose changes take no lock at all and wait for a
 * grace period themselves. Nothing in it says who serialises two of them.
 *
 * @param <O> the patch's {@code struct mmu_notifier_operations}
 */
public final class PigginList<O extends Releasable> extends RcuList<O> {

    /** A list for at most so many notifiers. */
    public PigginList(Machine machine, int notifiers) {
        super(machine, notifiers);
    }

    /** {@code mmu_notifier_register}. */
    @Override
    public void register(Node mn, AddressSpace mm) {
        hlistAddHeadRcu(mn);
        rcu.synchronize();
    }

    @Override
    public void afterRegister() {}

    /** {@code mmu_notifier_unregister}. */
    @Override
    public void unregister(Node mn, AddressSpace mm) {
        hlistDelRcu(mn);
        rcu.synchronize();
    }

    @Override
    public void beforeFree() {}

    /** {@code mmu_notifier_exit_mm}. */
    @Override
    public void release() {
        if (isEmpty()) {
            return;
        }
        Node mn = first();
        while (mn != null) { // hlist_for_each_entry_safe
            Node next = next(mn);
            hlistDelRcu(mn);
            callRelease(mn);
            mn = next;
        }
    }
}
