package racewalk.secondary;

import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.Pte;

/**
 * KVM whose page fault calls {@code mmu_notifier_retry} without {@code mmu_lock}, as on Book3S HV since 2012: "PowerPC
 * Book3s HV KVM calls this under a per-page lock rather than under kvm->mmu_lock, for scalability, so can't rely on
 * kvm->mmu_lock to keep things ordered" ({@code include/linux/kvm_host.h}). The reader must see "either the old
 * (non-zero) value of mmu_notifier_count or the new (incremented) value of mmu_notifier_seq".
 *
 * <p>The two barriers are the orders of the accesses here. The explorer is sequentially consistent and finds nothing if
 * one is missing: that is for jcstress. So the variants exchange the accesses themselves, as the hardware might.
 *
 * <p>It is not asked when a page is aged: what Book3S HV does then is not modelled.
 *
 * <p>That the fault takes the page's lock where {@link KvmSeq} takes {@code mmu_lock}, and that the invalidation takes
 * it for each page under {@code mmu_lock}, is what the comment implies; the code of Book3S HV has more to do [R].
 */
public final class KvmLockless extends Guest {

    /** Branches of the page fault and of the invalidation. */
    public enum Marks implements Mark {
        /** The fault went back because a range was being invalidated. */
        RETRY_COUNT,
        /** The fault went back because the sequence had moved on. */
        RETRY_SEQ
    }

    /** The order of the accesses to the count and the sequence. */
    public enum Orders {
        /** The end moves the sequence, then drops the count; the fault reads the count, then the sequence. */
        AS_WRITTEN,
        /** Planted: the end drops the count, then moves the sequence. */
        END_COUNT_FIRST,
        /** Planted: the fault reads the sequence, then the count. */
        RETRY_SEQ_FIRST
    }

    private final Orders orders;
    private final SpinLock[] rmapLocks;
    private final Word mmuNotifierSeq;
    private final Word mmuNotifierCount;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmLockless(String name, AddressSpace mm, GetUserPages gup, Orders orders) {
        super(name, mm, gup);
        this.orders = orders;
        this.rmapLocks = new SpinLock[sptes.length];
        for (int address = 0; address < rmapLocks.length; address++) {
            rmapLocks[address] = machine.spinLock(LockClass.KVM_RMAP, name + ".rmap[" + address + "]");
        }
        this.mmuNotifierSeq = machine.word(name + ".mmu_notifier_seq", 0);
        this.mmuNotifierCount = machine.gate(name + ".mmu_notifier_count", 0, Word.Format.DECIMAL);
    }

    /** {@code kvmppc_book3s_hv_page_fault}. */
    @Override
    boolean pageFault(int address, boolean write) {
        long mmuSeq = mmuNotifierSeq.loadAcquire(); // and smp_rmb
        Page page = getUserPage(address, write);
        if (page == null) {
            return false;
        }
        rmapLocks[address].lock();
        boolean retry = mmuNotifierRetry(mmuSeq);
        if (!retry) {
            Pte old = new Pte(sptes[address].readOnce());
            boolean writable = write || old.isWritable() && old.pfn() == page.pfn();
            Pte spte = Pte.make(page);
            sptes[address].writeOnce((writable ? spte.makeWritable() : spte).bits());
        }
        rmapLocks[address].unlock();
        memory.putPage(page);
        if (retry) {
            awaitNoInvalidation(mmuNotifierCount);
        }
        return true;
    }

    private boolean mmuNotifierRetry(long mmuSeq) {
        if (orders == Orders.RETRY_SEQ_FIRST) {
            return seqMoved(mmuSeq) || countUp();
        }
        return countUp() || seqMoved(mmuSeq);
    }

    private boolean countUp() {
        boolean up = mmuNotifierCount.loadAcquire() != 0; // and smp_rmb
        if (up) {
            machine.reach(Marks.RETRY_COUNT);
        }
        return up;
    }

    private boolean seqMoved(long mmuSeq) {
        boolean moved = mmuNotifierSeq.readOnce() != mmuSeq;
        if (moved) {
            machine.reach(Marks.RETRY_SEQ);
        }
        return moved;
    }

    /** {@code kvm_unmap_hva} of {@code [start, end)}, under {@code mmu_lock}; each entry is flushed as it goes. */
    private void unmapHvaRange(int start, int end) {
        for (int address = start; address < end; address++) {
            rmapLocks[address].lock();
            if (new Pte(sptes[address].xchg(Pte.NONE.bits())).isPresent()) {
                kvmFlushRemoteTlbs();
            }
            rmapLocks[address].unlock();
        }
    }

    @Override
    public void invalidatePages(int start, int end) {
        mmuLock.lock();
        mmuNotifierSeq.add(1);
        unmapHvaRange(start, end);
        mmuLock.unlock();
    }

    /** {@code kvm_mmu_notifier_invalidate_range_start}. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        mmuLock.lock();
        mmuNotifierCount.writeOnce(mmuNotifierCount.readOnce() + 1);
        unmapHvaRange(start, end);
        mmuLock.unlock();
    }

    /** {@code kvm_mmu_notifier_invalidate_range_end}. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        mmuLock.lock();
        if (orders == Orders.END_COUNT_FIRST) {
            mmuNotifierCount.writeOnce(mmuNotifierCount.readOnce() - 1);
            mmuNotifierSeq.storeRelease(mmuNotifierSeq.readOnce() + 1);
        } else {
            mmuNotifierSeq.writeOnce(mmuNotifierSeq.readOnce() + 1);
            mmuNotifierCount.storeRelease(mmuNotifierCount.readOnce() - 1); // after smp_wmb
        }
        mmuLock.unlock();
    }
}
