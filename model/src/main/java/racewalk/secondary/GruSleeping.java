package racewalk.secondary;

import racewalk.machine.LockClass;
import racewalk.machine.Mutex;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;

/**
 * A GRU whose callbacks take a mutex, so that they may sleep: what XPMEM asks of a notifier, whose callbacks wait for
 * messages to other partitions, and nothing else of it. No driver of the GRU did so.
 */
public final class GruSleeping extends Gru {

    private final Mutex mutex;

    /** A GRU context of the process {@code mm}, for the device {@code name}. */
    public GruSleeping(String name, AddressSpace mm, GetUserPages gup, Variant variant) {
        super(name, mm, gup, variant);
        this.mutex = mm.machine().mutex(LockClass.MIRROR_UPDATE, name + ".mutex");
    }

    @Override
    public void invalidatePages(int start, int end) {
        mutex.lock();
        super.invalidatePages(start, end);
        mutex.unlock();
    }

    @Override
    public void invalidateRangeBegin(int start, int end) {
        mutex.lock();
        super.invalidateRangeBegin(start, end);
        mutex.unlock();
    }

    @Override
    public void invalidateRangeEnd(int start, int end) {
        mutex.lock();
        super.invalidateRangeEnd(start, end);
        mutex.unlock();
    }
}
