package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Slab;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;

/**
 * {@link Interval} whose intervals are inserted and removed while the tasks run: {@code mmu_interval_notifier_insert},
 * {@code mmu_interval_notifier_remove} and {@code deferred_list} of {@code mm/mmu_notifier.c}, Linux 7.0-rc6.
 *
 * <p>While the sequence is odd the tree may be walked without a lock, so changes are put on a list and made by the last
 * {@code mn_itree_inv_end}. One that is inserted while any range is active might be in it: it gets the present, odd
 * sequence, so that its first reader waits. One that is removed while the tree is frozen may be told still: remove
 * waits until the sequence has changed, and looks at it under the lock, so that the end is over.
 *
 * <p>The first insertion sets {@code has_itree}, by {@code mmu_notifier_register(NULL, mm)}, which holds off every
 * range with {@code mm_take_all_locks}. It is never cleared. That there are subscriptions at all ({@code
 * mm_has_notifiers}) is the same here [R]. The tree is one word: what a change of it does to one who walks it is not
 * modelled. A {@code struct mmu_interval_notifier} is kernel memory of its driver, who frees it when it has been
 * removed.
 */
public final class ChangingIntervals extends Interval {

    /** Branches of insert and remove. */
    public enum Marks implements Mark {
        /** Inserted while a range was active that no interval had been told of. */
        INSERTED_WHILE_ACTIVE,
        /** Put on {@code deferred_list}, to be inserted. */
        INSERT_DEFERRED,
        /** Put on {@code deferred_list}, to be removed. */
        REMOVE_DEFERRED,
        /** Removed before the deferred insertion was made. */
        REMOVED_FROM_DEFERRED,
        /** The last end made what was deferred. */
        DEFERRED_DONE
    }

    /** In what a variant differs from Linux 7.0-rc6. */
    public enum Difference {
        /**
         * Remove looks at the sequence without the lock, as it did from 2019 to April 2022. The end makes it even
         * before it goes through {@code deferred_list}: so remove may return, and the driver free the interval, while
         * the end still has to look at it.
         */
        UNLOCKED_WAIT,
        /**
         * The same, and the end goes through {@code deferred_list} before it makes the sequence even: Alistair Popple,
         * "[PATCH] mm/mmu_notifier.c: Fix race in mmu_interval_notifier_remove()", 14 April 2022, which also makes the
         * sequence atomic. "I would not solve it with more unlocked atomics though, this is just a simple case of a
         * missing lock" (Jason Gunthorpe, the same day).
         */
        DEFERRED_FIRST,
        /** Planted: {@code has_itree} is set without any lock. */
        NO_LOCKS,
        /** Planted: remove does not wait until the sequence has changed. */
        NO_WAIT,
        /** Planted: insert does not look whether a range is active. */
        AS_IF_IDLE,
        /** Planted: insert does not make the sequence odd while a range is active, and takes it as it is. */
        EVEN
    }

    /** {@code struct mmu_interval_notifier}, of one driver. */
    public static final class Inserted extends Subscription {

        private final Slab<Node> slab;
        private final Node node;
        private final int number;

        private Inserted(ChangingIntervals of, Slab<Node> slab, Ops ops, int start, int end, int number) {
            super(of, ops, start, end, slab.get(0).invalidateSeq);
            this.slab = slab;
            this.node = slab.get(0);
            this.number = number;
        }

        /** {@code kzalloc}. */
        public void alloc() {
            slab.alloc();
            node.ops.writeOnce(1);
        }

        /** {@code kfree}. */
        public void free() {
            slab.free(node);
        }

        @Override
        void invalidate(int from, int to, long curSeq, Event event, int owner) {
            node.ops.readOnce();
            super.invalidate(from, to, curSeq, event, owner);
        }

        private long bit() {
            return 1L << number;
        }
    }

    /** The words of a {@code struct mmu_interval_notifier}. */
    private static final class Node {

        private final String name;
        private final Word ops;
        private final Word rb;
        private final Word invalidateSeq;

        private Node(Machine machine, String name) {
            this.name = name;
            this.ops = machine.word(name + ".ops", 0);
            this.rb = machine.word(name + ".interval_tree.rb", EMPTY_NODE, rb -> rb == EMPTY_NODE ? "empty" : "linked");
            this.invalidateSeq = machine.word(name + ".invalidate_seq", 0);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** {@code RB_CLEAR_NODE}; one that has been erased from the tree is not. */
    private static final long EMPTY_NODE = 0;

    private static final long LINKED = 1;

    private final List<Inserted> known = new ArrayList<>();
    private final Set<Difference> differences;
    private final MmTakeAllLocks locks;
    private final Word hasItree;
    private final Word itree;
    private final Word deferredList;

    /** The subscriptions of one address space, with that list of notifiers of whole processes. */
    public ChangingIntervals(Machine machine, ReleaseFirstList<Lameter.Ops> list, Set<Difference> differences) {
        super(machine, list);
        this.differences = differences;
        this.locks = list.locks();
        this.hasItree = machine.word("has_itree", 0);
        this.itree = machine.word("itree", 0, Long::toBinaryString);
        this.deferredList = machine.word("deferred_list", 0, Long::toBinaryString);
    }

    /** Makes the interval {@code [start, end)} of a driver known, while the model is built: it can be inserted then. */
    public Inserted introduce(String name, int start, int end, Ops ops) {
        Slab<Node> slab = machine.slab("struct " + name, 1, _ -> new Node(machine, name));
        Inserted subscription = new Inserted(this, slab, ops, start, end, known.size());
        known.add(subscription);
        return subscription;
    }

    /** {@code mmu_interval_notifier_insert}. */
    public void insert(Inserted subscription, AddressSpace mm) {
        if (hasItree.loadAcquire() == 0) {
            registerItree(mm);
        }
        subscription.node.rb.writeOnce(EMPTY_NODE);
        lock.lock();
        boolean active = !differences.contains(Difference.AS_IF_IDLE) && activeInvalidateRanges.readOnce() != 0;
        long seq = invalidateSeq.readOnce();
        if (active && isInvalidating(seq)) {
            machine.reach(Marks.INSERT_DEFERRED);
            deferredList.or(subscription.bit());
        } else if (active) {
            machine.reach(Marks.INSERTED_WHILE_ACTIVE);
            if (!differences.contains(Difference.EVEN)) {
                seq |= 1;
                invalidateSeq.writeOnce(seq);
            }
            intervalTreeInsert(subscription);
        } else {
            intervalTreeInsert(subscription);
        }
        subscription.node.invalidateSeq.writeOnce(active ? seq : seq - 1);
        lock.unlock();
    }

    /** {@code mmu_notifier_register(NULL, mm)}. */
    private void registerItree(AddressSpace mm) {
        if (differences.contains(Difference.NO_LOCKS)) {
            hasItree.writeOnce(1);
            return;
        }
        mm.mmapLock().downWrite();
        locks.take(mm);
        hasItree.writeOnce(1);
        locks.drop(mm);
        mm.mmapLock().upWrite();
    }

    /**
     * {@code mmu_interval_notifier_remove}: "once this returns ops callbacks are no longer running on other CPUs and
     * will not be called in future". With no lock that an invalidation may want.
     */
    public void remove(Inserted subscription) {
        machine.current().lockDep().mightSleep("mmu_interval_notifier_remove");
        long waitFor = 0;
        lock.lock();
        long seq = invalidateSeq.readOnce();
        boolean empty = subscription.node.rb.readOnce() == EMPTY_NODE;
        if (!isInvalidating(seq)) {
            intervalTreeRemove(subscription);
        } else if (empty) {
            machine.reach(Marks.REMOVED_FROM_DEFERRED);
            deferredList.andNot(subscription.bit());
        } else {
            machine.reach(Marks.REMOVE_DEFERRED);
            deferredList.or(subscription.bit());
            waitFor = seq;
        }
        lock.unlock();
        if (waitFor != 0 && !differences.contains(Difference.NO_WAIT)) {
            waitForEnd(waitFor);
        }
    }

    /** {@code wait_event(subscriptions->wq, mmu_interval_seq_released(subscriptions, seq))}. */
    private void waitForEnd(long seq) {
        if (differences.contains(Difference.UNLOCKED_WAIT) || differences.contains(Difference.DEFERRED_FIRST)) {
            waitWhile(seq);
        } else {
            waitEvent(() -> seqReleased(seq));
        }
    }

    /** {@code mmu_interval_seq_released}. */
    private boolean seqReleased(long seq) {
        lock.lock();
        boolean released = invalidateSeq.readOnce() != seq;
        lock.unlock();
        return released;
    }

    /** {@code mn_itree_is_invalidating}. */
    private static boolean isInvalidating(long seq) {
        return (seq & 1) != 0;
    }

    private void intervalTreeInsert(Inserted subscription) {
        subscription.node.rb.writeOnce(LINKED);
        itree.or(subscription.bit());
    }

    private void intervalTreeRemove(Inserted subscription) {
        itree.andNot(subscription.bit());
    }

    @Override
    boolean hasItree() {
        return !known.isEmpty() && hasItree.readOnce() != 0;
    }

    @Override
    Subscription iterFirst(int start, int end) {
        return iterFrom(0, start, end);
    }

    @Override
    Subscription iterNext(Subscription subscription, int start, int end) {
        Inserted inserted = (Inserted) subscription;
        inserted.node.rb.readOnce();
        return iterFrom(inserted.number + 1, start, end);
    }

    private Subscription iterFrom(int first, int start, int end) {
        long linked = itree.readOnce();
        for (Inserted subscription : known.subList(first, known.size())) {
            if ((linked & subscription.bit()) != 0 && subscription.overlaps(start, end)) {
                return subscription;
            }
        }
        return null;
    }

    /** {@code mn_itree_inv_end}: "make invalidate_seq even", and make what was deferred. */
    @Override
    void makeEven() {
        if (differences.contains(Difference.DEFERRED_FIRST)) {
            changeDeferred();
            super.makeEven();
        } else {
            super.makeEven();
            changeDeferred();
        }
    }

    /** {@code hlist_for_each_entry_safe(interval_sub, next, &subscriptions->deferred_list, deferred_item)}. */
    private void changeDeferred() {
        if (known.isEmpty()) {
            return;
        }
        long deferred = deferredList.readOnce();
        for (Inserted subscription : known) {
            if ((deferred & subscription.bit()) != 0) {
                machine.reach(Marks.DEFERRED_DONE);
                if (subscription.node.rb.readOnce() == EMPTY_NODE) {
                    intervalTreeInsert(subscription);
                } else {
                    intervalTreeRemove(subscription);
                }
                deferredList.andNot(subscription.bit()); // hlist_del
            }
        }
    }

    /** {@code exit_mmap}: {@code mn_itree_release}, then the others. */
    @Override
    public void beforeExitMmap() {
        if (hasItree()) {
            mnItreeInvalidate(0, Integer.MAX_VALUE);
            mnItreeInvEnd();
        }
        super.beforeExitMmap();
    }
}
