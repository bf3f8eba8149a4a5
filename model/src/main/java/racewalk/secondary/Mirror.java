package racewalk.secondary;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.HmmRangeFault;
import racewalk.mm.Pte;
import racewalk.notifier.ChangingIntervals;
import racewalk.notifier.Interval;

/**
 * A device with a page table of its own, which mirrors the process's as the usage pattern of {@code
 * Documentation/mm/hmm.rst} has it ({@code driver_populate_range}) and {@code lib/test_hmm.c} does. It holds no
 * references on pages. It has an interval notifier for each page, as a driver has one for each of its buffers.
 *
 * <p>It is of the interval notifiers' time: there is no driver of this form for the notifiers of 2008, and with one of
 * them it stops at a {@code BUG_ON}.
 */
public class Mirror extends TranslatingDevice implements IntervalDevice {

    /** Branches of the population and of the invalidation. */
    public enum Marks implements Mark {
        /** The device faulted. */
        FAULT,
        /** {@code mmu_interval_read_retry} sent it back. */
        RETRY,
        /** An invalidation found an entry to drop. */
        INVALIDATED
    }

    /** What the driver does of the pattern. */
    public enum Pattern {
        /** All of it. */
        WHOLE,
        /** Planted: {@code mmu_interval_read_retry} is not called. */
        NO_RETRY,
        /** Planted: {@code mmu_interval_read_retry} is called before the driver's lock is taken. */
        UNLOCKED_RETRY,
        /** Planted: the callback does not call {@code mmu_interval_set_seq}. */
        NO_SET_SEQ
    }

    private final HmmRangeFault hmm;
    private final Pattern pattern;

    private final String name;
    private final Mutex update;
    private final List<Interval.Subscription> subscriptions = new ArrayList<>();

    /** The device {@code name}, which mirrors the whole of {@code mm}. */
    public Mirror(String name, AddressSpace mm, GetUserPages gup, Pattern pattern) {
        this.update = mm.machine().mutex(LockClass.MIRROR_UPDATE, name + ".update");
        super(name, mm, "pt", Pte::show);
        this.name = name;
        this.hmm = new HmmRangeFault(mm, gup);
        this.pattern = pattern;
    }

    /** {@code mmu_interval_notifier_insert}, for each page, before the tasks start. */
    @Override
    public final void insert(Interval notifier) {
        for (int address = 0; address < entries.length; address++) {
            subscriptions.add(notifier.insert(name + ".sub[" + address + "]", address, address + 1, this::invalidate));
        }
    }

    /** The interval notifiers, one for each page, that its driver inserts while the tasks run. */
    final List<ChangingIntervals.Inserted> introduce(ChangingIntervals notifier) {
        List<ChangingIntervals.Inserted> introduced = new ArrayList<>();
        for (int address = 0; address < entries.length; address++) {
            introduced.add(notifier.introduce(name + ".sub[" + address + "]", address, address + 1, this::invalidate));
        }
        subscriptions.addAll(introduced);
        return introduced;
    }

    /** Drops all entries. */
    final void dropAll() {
        update.lock();
        device.step("drop all", () -> {
            for (Word entry : entries) {
                entry.writeOnce(Pte.NONE.bits());
            }
            return 0;
        });
        update.unlock();
    }

    /** {@code driver_populate_range}, of one page; false if the access is an error. */
    @Override
    protected final boolean fault(int address, boolean write) {
        machine.bugOn(subscriptions.isEmpty(), name + " has no interval notifier");
        machine.reach(Marks.FAULT);
        Interval.Subscription subscription = subscriptions.get(address);
        while (true) { // again
            long seq = subscription.readBegin();
            mm.mmapLock().downRead();
            Optional<Pte> pte = hmm.rangeFault(address, write, () -> subscription.checkRetry(seq));
            mm.mmapLock().upRead();
            if (pte.isEmpty()) {
                continue;
            }
            if (pte.get().isNone()) {
                return false;
            }
            if (programIfValid(subscription, seq, address, pte.get())) {
                return true;
            }
            machine.reach(Marks.RETRY);
        }
    }

    /** Takes the driver's lock and, if nothing was invalidated since {@code seq}, programs the device. */
    private boolean programIfValid(Interval.Subscription subscription, long seq, int address, Pte pte) {
        boolean retry = pattern == Pattern.UNLOCKED_RETRY && subscription.readRetry(seq);
        update.lock();
        if (pattern == Pattern.WHOLE || pattern == Pattern.NO_SET_SEQ) {
            retry = subscription.readRetry(seq);
        }
        if (!retry) {
            program(address, pte.pfn(), pte.isWritable()); // "Use pfns array content to update device page table"
        }
        update.unlock();
        return !retry;
    }

    /** {@code dmirror_interval_invalidate}: {@code mmu_interval_set_seq} and {@code dmirror_do_update}. */
    private void invalidate(Interval.Subscription subscription, int start, int end, long curSeq) {
        int address = subscriptions.indexOf(subscription);
        update.lock();
        if (pattern != Pattern.NO_SET_SEQ) {
            subscription.setSeq(curSeq);
        }
        device.step("invalidate", () -> {
            if (entries[address].xchg(Pte.NONE.bits()) != Pte.NONE.bits()) {
                machine.reach(Marks.INVALIDATED);
            }
            return 0;
        });
        update.unlock();
    }
}
