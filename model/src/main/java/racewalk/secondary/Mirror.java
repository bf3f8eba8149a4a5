package racewalk.secondary;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.HmmRangeFault;
import racewalk.mm.PhysicalMemory;
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
public class Mirror implements NotifiedMmu, IntervalDevice {

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

    private static final long MISSED = -2;

    private final Machine machine;
    private final AddressSpace mm;
    private final PhysicalMemory memory;
    private final HmmRangeFault hmm;
    private final Pattern pattern;

    private final String name;
    private final Mutex update;
    private final HardwareUnit device;
    private final Word[] entries;
    private final List<Interval.Subscription> subscriptions = new ArrayList<>();

    /** The device {@code name}, which mirrors the whole of {@code mm}. */
    public Mirror(String name, AddressSpace mm, GetUserPages gup, Pattern pattern) {
        this.name = name;
        this.machine = mm.machine();
        this.mm = mm;
        this.memory = mm.memory();
        this.hmm = new HmmRangeFault(mm, gup);
        this.pattern = pattern;
        this.update = machine.mutex(LockClass.MIRROR_UPDATE, name + ".update");
        this.device = machine.unit(name);
        this.entries = machine.words(name + ".pt", mm.pageTable().span(), 0, Pte::show);
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

    @Override
    public final long read(int address) {
        long value;
        while ((value = device.step("load(" + address + ")", () -> access(address, false, 0))) == MISSED) {
            if (!populate(address, false)) {
                return DENIED;
            }
        }
        return value;
    }

    @Override
    public final long write(int address, long value) {
        while (device.step("store(" + address + ", " + value + ")", () -> access(address, true, value)) == MISSED) {
            if (!populate(address, true)) {
                return DENIED;
            }
        }
        return 0;
    }

    @Override
    public final void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            populate(address, false);
        }
    }

    private long access(int address, boolean write, long value) {
        Pte entry = new Pte(entries[address].readOnce());
        if (!entry.permits(write)) {
            return MISSED;
        }
        Word content = memory.page(entry.pfn()).content();
        if (!write) {
            return content.readOnce();
        }
        content.writeOnce(value);
        return 0;
    }

    /** {@code driver_populate_range}, of one page; false if the access is an error. */
    private boolean populate(int address, boolean write) {
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
            program(address, pte);
        }
        update.unlock();
        return !retry;
    }

    /** Uses {@code hmm_pfns} to update the device's page table: an entry may be written through if the PTE may. */
    private void program(int address, Pte pte) {
        Pte entry = Pte.make(memory.page(pte.pfn()));
        entries[address].writeOnce((pte.isWritable() ? entry.makeWritable() : entry).bits());
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

    /** Not a callback of interval notifiers. */
    @Override
    public void invalidatePages(int start, int end) {}

    /** Not a callback of interval notifiers. */
    @Override
    public void invalidateRangeBegin(int start, int end) {}

    /** Not a callback of interval notifiers. */
    @Override
    public void invalidateRangeEnd(int start, int end) {}

    @Override
    public final List<Pte> peek(int address) {
        return List.of(new Pte(entries[address].peek()));
    }

    @Override
    public final long peekPins(int pfn) {
        return 0;
    }

    @Override
    public final List<Word> words() {
        return List.of(entries);
    }
}
