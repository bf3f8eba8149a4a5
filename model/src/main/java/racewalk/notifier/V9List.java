package racewalk.notifier;

import racewalk.machine.Machine;

/**
 * The list of Arcangeli's #v9, 3 March 2008: {@link RcuList}, but for {@code __mmu_notifier_release}, which "[PATCH]
 * 3/4 combine RCU with seqlock" of 7 March shows. A notifier may be freed in {@code release}, says its header.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public class V9List<O extends Releasable> extends RcuList<O> {

    /** A list for at most so many notifiers. */
    public V9List(Machine machine, int notifiers) {
        super(machine, notifiers);
    }

    @Override
    boolean mayBeFreedInRelease() {
        return true;
    }

    /** {@code __mmu_notifier_release}. */
    @Override
    public void release() {
        while (!isEmpty()) {
            Node mn = first();
            hlistDel(mn);
            callRelease(mn);
        }
    }
}
