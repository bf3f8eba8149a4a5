package racewalk.notifier;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;
import racewalk.mm.NotifierSites;

/**
 * Today's {@code struct mmu_notifier_subscriptions}, {@code mm/mmu_notifier.c} since 2019: interval notifiers with
 * their collision-retry, beside the notifiers of whole processes that are told of the start and the end of a range.
 *
 * <p>{@code invalidate_seq} is odd while an invalidation goes on that some interval has been told of. Then the tree of
 * intervals is not changed, so the start walks it without a lock, and an interval that was told has the same number:
 * that is how a reader knows that it collides.
 *
 * <p>The calls are put into 2.6.24's functions here, where today's have them: {@code unmap_vmas} and {@code
 * zap_page_range_single} have both within, so that the end comes before the TLBs are flushed and the pages released; so
 * has {@code change_pud_range}; {@code wp_page_copy} and {@code copy_page_range} have them around.
 *
 * <p>Here intervals are inserted before the tasks start, and none is removed; {@link ChangingIntervals} is of those
 * that change. The list of the others may change while the tasks run: it is {@link ReleaseFirstList} with SRCU then.
 * Every start may block.
 */
public class Interval extends NotifierSites {

    /** Branches of the collision-retry. */
    public enum Marks implements Mark {
        /** A reader waits for the end of the invalidation that it collides with. */
        WAIT,
        /** An invalidation ended while another one went on. */
        STILL_ACTIVE
    }

    /** {@code struct mmu_interval_notifier_ops}. */
    @FunctionalInterface
    public interface Ops {
        /**
         * {@code invalidate}: under the driver's lock calls {@link Subscription#setSeq} and drops all of {@code [start,
         * end)}. May sleep.
         */
        void invalidate(Subscription subscription, int start, int end, long curSeq);

        /** {@code invalidate} of an event that has an owner, {@code range->event} and {@code range->owner}. */
        default void invalidateOwned(
                Subscription subscription, int start, int end, long curSeq, Event event, int owner) {
            invalidate(subscription, start, end, curSeq);
        }
    }

    /** The events that may have an owner, of {@code enum mmu_notifier_event}. */
    public enum Event {
        /** {@code MMU_NOTIFY_MIGRATE}. */
        MIGRATE,
        /** {@code MMU_NOTIFY_EXCLUSIVE}. */
        EXCLUSIVE,
        /** Any other: who may be told of it is not told which. */
        OTHER
    }

    /** {@code struct mmu_interval_notifier}: the interest in {@code [start, end)}. */
    public static class Subscription {

        private final Interval subscriptions;
        private final Ops ops;
        private final int start;
        private final int end;
        private final Word invalidateSeq;
        private final Word notifierSeq;

        Subscription(Interval subscriptions, Ops ops, int start, int end, Word invalidateSeq) {
            this(subscriptions, ops, start, end, invalidateSeq, null);
        }

        Subscription(Interval subscriptions, Ops ops, int start, int end, Word invalidateSeq, Word notifierSeq) {
            this.notifierSeq = notifierSeq;
            this.subscriptions = subscriptions;
            this.ops = ops;
            this.start = start;
            this.end = end;
            this.invalidateSeq = invalidateSeq;
        }

        /** {@code mmu_interval_set_seq}: under the driver's lock, only from {@link Ops#invalidate}. */
        public final void setSeq(long curSeq) {
            invalidateSeq.writeOnce(curSeq);
        }

        /**
         * {@code mmu_interval_read_begin}: waits while the interval is being invalidated. The number may be stale when
         * it is returned. Not in atomic context, and with no lock that an invalidation may want.
         */
        public final long readBegin() {
            subscriptions.lock.lock();
            long seq = invalidateSeq.readOnce();
            if (notifierSeq != null) {
                notifierSeq.writeOnce(seq);
            }
            boolean isInvalidating = seq == subscriptions.invalidateSeq.readOnce();
            subscriptions.lock.unlock();
            if (isInvalidating) {
                subscriptions.waitWhile(seq);
            }
            return seq;
        }

        /** The number that {@link #readBegin} gave is not used any more. */
        public final void readEnd() {
            if (notifierSeq != null) {
                notifierSeq.writeOnce(NO_READER);
            }
        }

        /** {@code mmu_interval_read_retry}: under the driver's lock, whether an invalidation has come since. */
        public final boolean readRetry(long seq) {
            return invalidateSeq.readOnce() != seq;
        }

        /** {@code mmu_interval_check_retry}: as {@link #readRetry}, without the lock, so only for a hint. */
        public final boolean checkRetry(long seq) {
            return invalidateSeq.readOnce() != seq;
        }

        /** {@code interval_sub->ops->invalidate}. */
        void invalidate(int from, int to, long curSeq, Event event, int owner) {
            if (owner == NO_OWNER) {
                ops.invalidate(this, from, to, curSeq);
            } else {
                ops.invalidateOwned(this, from, to, curSeq, event, owner);
            }
        }

        final boolean overlaps(int from, int to) {
            return start < to && from < end;
        }
    }

    private static final long INITIAL_SEQ = 2;

    /** Of a {@code range.notifier_seq} that is not used. */
    private static final long NO_READER = 0;

    final Machine machine;
    final SpinLock lock;
    final Word invalidateSeq;
    final Word activeInvalidateRanges;
    private final WaitQueue waitQueue;
    private final List<Subscription> itree = new ArrayList<>();
    private final NotifierList<Lameter.Ops> list;

    /** The notifiers of whole processes that were registered before the tasks start. */
    private static final class Fixed implements NotifierList<Lameter.Ops> {

        private final List<Lameter.Ops> notifiers = new ArrayList<>();

        @Override
        public void register(Lameter.Ops ops) {
            notifiers.add(ops);
        }

        @Override
        public void call(Consumer<Lameter.Ops> function) {
            notifiers.forEach(function);
        }
    }

    /** The subscriptions of one address space. */
    public Interval(Machine machine) {
        this(machine, new Fixed());
    }

    /** The subscriptions of one address space, with that list of notifiers of whole processes. */
    public Interval(Machine machine, NotifierList<Lameter.Ops> list) {
        this.list = list;
        this.machine = machine;
        this.lock = machine.spinLock(LockClass.MMU_NOTIFIER, "subscriptions.lock");
        this.invalidateSeq = machine.word("invalidate_seq", INITIAL_SEQ);
        this.activeInvalidateRanges = machine.word("active_invalidate_ranges", 0);
        this.waitQueue = machine.waitQueue("subscriptions.wq");
    }

    /**
     * {@code mmu_notifier_register}, before the tasks start, of a driver whose {@code invalidate_range_start} and
     * {@code invalidate_range_end} are what Lameter's begin and end were.
     */
    public final void register(Lameter.Ops ops) {
        list.register(ops);
    }

    /** {@code mmu_interval_notifier_insert} of {@code [start, end)}, before the tasks start, so while all is idle. */
    public final Subscription insert(String name, int start, int end, Ops ops) {
        // Odd, and another number than that of any invalidation to come.
        Word seq = machine.word(name + ".invalidate_seq", INITIAL_SEQ - 1);
        Subscription subscription = new Subscription(this, ops, start, end, seq);
        itree.add(subscription);
        return subscription;
    }

    /**
     * The same, of a device with one reader, whose {@code range.notifier_seq} is known: {@link Subscription#readEnd}.
     */
    public final Subscription insertWithReader(String name, int start, int end, Ops ops) {
        Word seq = machine.word(name + ".invalidate_seq", INITIAL_SEQ - 1);
        Word notifierSeq = machine.word(name + ".range.notifier_seq", NO_READER);
        Subscription subscription = new Subscription(this, ops, start, end, seq, notifierSeq);
        itree.add(subscription);
        return subscription;
    }

    /** {@code wait_event(subscriptions->wq, READ_ONCE(subscriptions->invalidate_seq) != seq)}. */
    final void waitWhile(long seq) {
        waitEvent(() -> invalidateSeq.readOnce() != seq);
    }

    /** {@code wait_event(subscriptions->wq, condition)}. */
    final void waitEvent(BooleanSupplier condition) {
        if (condition.getAsBoolean()) {
            return;
        }
        machine.reach(Marks.WAIT);
        while (true) {
            waitQueue.prepareToWait();
            if (condition.getAsBoolean()) {
                break;
            }
            waitQueue.schedule();
        }
        waitQueue.finishWait();
    }

    /** {@code __mmu_notifier_invalidate_range_start}. */
    private void invalidateRangeStart(int start, int end) {
        invalidateRangeStart(start, end, Event.OTHER, NO_OWNER);
    }

    private void invalidateRangeStart(int start, int end, Event event, int owner) {
        if (hasItree()) {
            mnItreeInvalidate(start, end, event, owner);
        }
        list.call(ops -> ops.invalidateRangeBegin(start, end));
    }

    /** {@code __mmu_notifier_invalidate_range_end}. */
    private void invalidateRangeEnd(int start, int end) {
        if (hasItree()) {
            mnItreeInvEnd();
        }
        list.call(ops -> ops.invalidateRangeEnd(start, end));
    }

    /** {@code subscriptions->has_itree}. */
    boolean hasItree() {
        return !itree.isEmpty();
    }

    /** {@code interval_tree_iter_first}, or null. */
    Subscription iterFirst(int start, int end) {
        return iterFrom(0, start, end);
    }

    /** {@code interval_tree_iter_next}, or null. */
    Subscription iterNext(Subscription subscription, int start, int end) {
        return iterFrom(itree.indexOf(subscription) + 1, start, end);
    }

    private Subscription iterFrom(int first, int start, int end) {
        return itree.stream()
                .skip(first)
                .filter(subscription -> subscription.overlaps(start, end))
                .findFirst()
                .orElse(null);
    }

    /** {@code mn_itree_invalidate}, {@code mn_itree_release}. */
    final void mnItreeInvalidate(int start, int end) {
        mnItreeInvalidate(start, end, Event.OTHER, NO_OWNER);
    }

    private void mnItreeInvalidate(int start, int end, Event event, int owner) {
        // mn_itree_inv_start_range
        lock.lock();
        activeInvalidateRanges.add(1);
        Subscription subscription = iterFirst(start, end);
        long curSeq = invalidateSeq.readOnce();
        if (subscription != null) {
            curSeq |= 1;
            invalidateSeq.writeOnce(curSeq);
        }
        lock.unlock();
        for (; subscription != null; subscription = iterNext(subscription, start, end)) { // mn_itree_inv_next
            subscription.invalidate(start, end, curSeq, event, owner);
        }
    }

    /** {@code mn_itree_inv_end}: the last one makes the sequence even, and wakes those who wait for it. */
    final void mnItreeInvEnd() {
        lock.lock();
        boolean active = !activeInvalidateRanges.addAndTest(-1);
        if (othersActive(active) || (invalidateSeq.readOnce() & 1) == 0) {
            lock.unlock();
            return;
        }
        makeEven();
        lock.unlock();
        waitQueue.wakeUpAll();
    }

    /** {@code subscriptions->invalidate_seq++}; nothing is on the {@code deferred_list} here. */
    void makeEven() {
        if (itree.stream().anyMatch(subscription -> subscription.notifierSeq != null)) {
            invalidateSeq.writeOnce(fresh());
        } else {
            invalidateSeq.add(1);
        }
    }

    /**
     * An even number that is followed by one that nobody has. Numbers are only compared with each other, so that any
     * will do; and a fault that tries to migrate a page again and again would count for ever otherwise.
     */
    private long fresh() {
        Set<Long> used = new HashSet<>();
        for (Subscription subscription : itree) {
            used.add(subscription.invalidateSeq.readOnce());
            if (subscription.notifierSeq != null) {
                used.add(subscription.notifierSeq.readOnce());
            }
        }
        long even = INITIAL_SEQ;
        while (used.contains(even + 1)) {
            even += 2;
        }
        return even;
    }

    /** Whether ranges are active still, and so the sequence stays odd; the planted fault overrides it. */
    protected boolean othersActive(boolean active) {
        if (active) {
            machine.reach(Marks.STILL_ACTIVE);
        }
        return active;
    }

    /** {@code unmap_vmas}, {@code zap_page_range_single}: start. */
    @Override
    public void beforeUnmapVmas(int start, int end) {
        invalidateRangeStart(start, end);
    }

    /** {@code unmap_vmas}, {@code zap_page_range_single}: end. */
    @Override
    public void afterUnmapVmas(int start, int end) {
        invalidateRangeEnd(start, end);
    }

    /** {@code change_pud_range}: start, if there is anything mapped; here, always. */
    @Override
    public void beforeChangeProtection(int start, int end) {
        invalidateRangeStart(start, end);
    }

    /** {@code change_pud_range}: end. */
    @Override
    public void beforeChangeFlush(int start, int end) {
        invalidateRangeEnd(start, end);
    }

    /** {@code copy_page_range}: start, for {@code src_mm}. */
    @Override
    public void beforeCopyPageRange(int start, int end) {
        invalidateRangeStart(start, end);
    }

    /** {@code copy_page_range}: end, with {@code -ENOMEM} too. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        invalidateRangeEnd(start, end);
    }

    /** {@code wp_page_copy}: start, with the new page filled, before the PT lock is taken. */
    @Override
    public void beforeCow(int address) {
        invalidateRangeStart(address, address + 1);
    }

    /** {@code wp_page_copy}: end, after the PT lock was dropped. */
    @Override
    public void afterCow(int address) {
        invalidateRangeEnd(address, address + 1);
    }

    /** {@code migrate_vma_collect}: start. The device is not the owner of the pages. */
    @Override
    public void beforeMigrateCollect(int start, int end) {
        invalidateRangeStart(start, end);
    }

    /** {@code migrate_vma_collect}: start, of the device that has or gets the pages. */
    @Override
    public void beforeMigrateCollect(int start, int end, int owner) {
        invalidateRangeStart(start, end, Event.MIGRATE, owner);
    }

    /** {@code __migrate_device_pages}: start, of the device that gets the pages. */
    @Override
    public void beforeMigrateInsert(int start, int end, int owner) {
        invalidateRangeStart(start, end, Event.MIGRATE, owner);
    }

    /** {@code migrate_vma_collect}: end. */
    @Override
    public void afterMigrateCollect(int start, int end) {
        invalidateRangeEnd(start, end);
    }

    /** {@code __migrate_device_pages}: start. */
    @Override
    public void beforeMigrateInsert(int start, int end) {
        invalidateRangeStart(start, end);
    }

    /** {@code __migrate_device_pages}: end. */
    @Override
    public void afterMigrateInsert(int start, int end) {
        invalidateRangeEnd(start, end);
    }

    /** {@code make_device_exclusive}: start. */
    @Override
    public void beforeMakeExclusive(int address, int owner) {
        invalidateRangeStart(address, address + 1, Event.EXCLUSIVE, owner);
    }

    /** {@code make_device_exclusive}: end. */
    @Override
    public void afterMakeExclusive(int address) {
        invalidateRangeEnd(address, address + 1);
    }

    /** {@code remove_device_exclusive_entry}: start, {@code MMU_NOTIFY_CLEAR} since 2025, without an owner before. */
    @Override
    public void beforeRestoreExclusive(int address) {
        invalidateRangeStart(address, address + 1);
    }

    /** {@code remove_device_exclusive_entry}: end. */
    @Override
    public void afterRestoreExclusive(int address) {
        invalidateRangeEnd(address, address + 1);
    }

    /** {@code exit_mmap}: {@code __mmu_notifier_release} at its beginning; of the intervals nothing is left to ask. */
    @Override
    public void beforeExitMmap() {
        list.release();
    }

    /** {@code try_to_unmap_one}: start, before the walk of the page table. */
    @Override
    public void beforeTryToUnmapOne(int address) {
        invalidateRangeStart(address, address + 1);
    }

    /** {@code try_to_unmap_one}: end. */
    @Override
    public void afterTryToUnmapOne(int address, boolean unmapped) {
        invalidateRangeEnd(address, address + 1);
    }

    /**
     * {@code folio_referenced_one}: {@code ptep_clear_flush_young_notify}, under the PT lock. It asks the notifiers of
     * whole processes; {@code mmu_interval_notifier_ops} has nothing to ask.
     */
    @Override
    public boolean agedPteLocked(int address) {
        return list.ask(ops -> ops.agePage(address));
    }
}
