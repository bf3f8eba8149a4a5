package racewalk.secondary;

import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.Rcu;
import racewalk.machine.SpinLock;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.Pte;

/**
 * KVM since 2021, whose notifier takes {@code mmu_lock} only if the range hits a memslot: {@code kvm_handle_hva_range},
 * {@code kvm_swap_active_memslots} of {@code virt/kvm/kvm_main.c}. The start and the end of a range must find the same
 * memslots: "do not store the new memslots while there are invalidations in progress, otherwise the locking in
 * invalidate_range_start and invalidate_range_end will be unbalanced". The commit is "KVM: Block memslot updates across
 * range_start() and range_end()".
 *
 * <p>Each page has a memslot of its own. The one actor is guest and VMM, so no fault is under way while it deletes a
 * memslot and makes it again; therefore {@code slots_lock}, and the first swap, which marks the memslot invalid to stop
 * faults, are left out. A fault looks at the count of the whole address space, as before {@code
 * mmu_invalidate_range_start}. The SRCU section of a walk, in which nothing sleeps here, is an RCU section.
 */
public final class KvmSlots extends Guest {

    /** Branches of the walks and of the swap. */
    public enum Marks implements Mark {
        /** A start or an end found no memslot in its range, and did not take {@code mmu_lock}. */
        NO_SLOT,
        /** A swap waited for the end of an invalidation. */
        SWAP_WAITS,
        /** The fault went back. */
        RETRY
    }

    /** What a swap of the memslots waits for. */
    public enum Swap {
        /** Until no invalidation is active. */
        WAITS,
        /** Planted: for nothing. */
        AT_ONCE
    }

    private final Swap swap;
    private final Word memslots;
    private final Rcu srcu;
    private final SpinLock mnInvalidateLock;
    private final Word mnActiveInvalidateCount;
    private final WaitQueue mnMemslotsUpdateRcuwait;
    private final Word mmuInvalidateSeq;
    private final Word mmuInvalidateInProgress;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmSlots(String name, AddressSpace mm, GetUserPages gup, Swap swap) {
        super(name, mm, gup);
        this.swap = swap;
        this.memslots = machine.word(name + ".memslots", (1L << sptes.length) - 1, Long::toBinaryString);
        this.srcu = machine.rcu(name + ".srcu");
        this.mnInvalidateLock = machine.spinLock(LockClass.KVM_MN_INVALIDATE, name + ".mn_invalidate_lock");
        this.mnActiveInvalidateCount = machine.word(name + ".mn_active_invalidate_count", 0);
        this.mnMemslotsUpdateRcuwait = machine.waitQueue(name + ".mn_memslots_update_rcuwait");
        this.mmuInvalidateSeq = machine.word(name + ".mmu_invalidate_seq", 0);
        this.mmuInvalidateInProgress = machine.gate(name + ".mmu_invalidate_in_progress", 0, Word.Format.DECIMAL);
    }

    @Override
    boolean pageFault(int address, boolean write) {
        long mmuSeq = mmuInvalidateSeq.loadAcquire(); // and smp_rmb
        Page page = getUserPage(address, write);
        if (page == null) {
            return false;
        }
        mmuLock.lock();
        boolean retry = mmuInvalidateInProgress.readOnce() != 0 || mmuInvalidateSeq.readOnce() != mmuSeq;
        if (!retry) {
            Pte old = new Pte(sptes[address].readOnce());
            boolean writable = write || old.isWritable() && old.pfn() == page.pfn();
            Pte spte = Pte.make(page);
            sptes[address].writeOnce((writable ? spte.makeWritable() : spte).bits());
        }
        mmuLock.unlock();
        memory.putPage(page);
        if (retry) {
            machine.reach(Marks.RETRY);
            awaitNoInvalidation(mmuInvalidateInProgress);
        }
        return true;
    }

    /** {@code kvm_set_memory_region}, to delete the memslots of {@code [start, end)}, and again to make them. */
    @Override
    public void reslot(int start, int end) {
        long slots = (1L << end) - (1L << start);
        kvmArchFlushShadowMemslot(start, end);
        kvmSwapActiveMemslots(memslots.readOnce() & ~slots);
        kvmSwapActiveMemslots(memslots.readOnce() | slots);
    }

    private void kvmArchFlushShadowMemslot(int start, int end) {
        mmuLock.lock();
        unmapGfnRange(start, end);
        mmuLock.unlock();
    }

    private void unmapGfnRange(int start, int end) {
        for (int address = start; address < end; address++) {
            sptes[address].writeOnce(Pte.NONE.bits());
        }
        kvmFlushRemoteTlbs();
    }

    private void kvmSwapActiveMemslots(long slots) {
        mnInvalidateLock.lock();
        if (swap == Swap.WAITS && mnActiveInvalidateCount.readOnce() != 0) {
            machine.reach(Marks.SWAP_WAITS);
            awaitNoActiveInvalidation();
        }
        memslots.writeOnce(slots); // rcu_assign_pointer
        mnInvalidateLock.unlock();
        srcu.synchronize();
    }

    /**
     * {@code prepare_to_rcuwait} to {@code finish_rcuwait}: entered and left with {@code mn_invalidate_lock} held. The
     * machine prepares to wait under no spinning lock, so the count is looked at once more.
     */
    private void awaitNoActiveInvalidation() {
        do {
            mnInvalidateLock.unlock();
            mnMemslotsUpdateRcuwait.prepareToWait();
            if (mnActiveInvalidateCount.readOnce() != 0) {
                mnMemslotsUpdateRcuwait.schedule();
            }
            mnMemslotsUpdateRcuwait.finishWait();
            mnInvalidateLock.lock();
        } while (mnActiveInvalidateCount.readOnce() != 0);
    }

    private boolean hitsMemslot(int start, int end) {
        long slots = (1L << end) - (1L << start);
        boolean hits = (memslots.readOnce() & slots) != 0;
        if (!hits) {
            machine.reach(Marks.NO_SLOT);
        }
        return hits;
    }

    /** {@code kvm_create_vm}: a new {@code struct kvm}, which counts from 0 whatever the last one missed. */
    @Override
    public void beforeRegister() {
        mmuInvalidateSeq.writeOnce(0);
        mmuInvalidateInProgress.writeOnce(0);
        mnActiveInvalidateCount.writeOnce(0);
    }

    /** {@code kvm_mmu_notifier_invalidate_range_start}. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        mnInvalidateLock.lock();
        mnActiveInvalidateCount.add(1);
        mnInvalidateLock.unlock();
        srcu.readLock();
        if (hitsMemslot(start, end)) {
            mmuLock.lock();
            mmuInvalidateInProgress.add(1);
            unmapGfnRange(start, end);
            mmuLock.unlock();
        }
        srcu.readUnlock();
    }

    /** {@code kvm_mmu_notifier_invalidate_range_end}. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        srcu.readLock();
        if (hitsMemslot(start, end)) {
            mmuLock.lock();
            mmuInvalidateSeq.add(1);
            machine.bugOn(mmuInvalidateInProgress.fetchAdd(-1) == 0, "mmu_invalidate_in_progress < 0");
            mmuLock.unlock();
        }
        srcu.readUnlock();
        mnInvalidateLock.lock();
        boolean wake = mnActiveInvalidateCount.addAndTest(-1);
        mnInvalidateLock.unlock();
        if (wake) {
            mnMemslotsUpdateRcuwait.wakeUpAll();
        }
    }

    /** Not a callback of its time: a start and an end. */
    @Override
    public void invalidatePages(int start, int end) {
        invalidateRangeBegin(start, end);
        invalidateRangeEnd(start, end);
    }
}
