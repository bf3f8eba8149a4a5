package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.mm.AddressSpace;

/**
 * {@link EmmList} whose registration holds {@code mm_take_all_locks}, as v17's does: the repair of the late
 * registration that Arcangeli reported to Lameter on 2 April 2008.
 */
public final class EmmListAllLocks extends EmmList {

    private final MmTakeAllLocks locks;

    /** A list for at most so many notifiers. */
    public EmmListAllLocks(Machine machine, int notifiers) {
        super(machine, notifiers);
        this.locks = new MmTakeAllLocks(machine);
    }

    @Override
    public void register(Node e, AddressSpace mm) {
        mm.mmapLock().downWrite();
        locks.take(mm);
        hlistAddHeadRcu(e);
        locks.drop(mm);
        mm.mmapLock().upWrite();
    }
}
