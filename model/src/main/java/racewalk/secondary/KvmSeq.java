package racewalk.secondary;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.Pte;

/**
 * KVM of Linux 2.6.27, whose page fault retries: {@code virt/kvm/kvm_main.c}, {@code arch/x86/kvm/mmu.c}. It was
 * first posted by Andrea Arcangeli in "Re: [kvm-devel] mmu notifier #v14", 27 April 2008.
 *
 * <p>The fault reads {@code mmu_notifier_seq} before it asks for the page. Under {@code mmu_lock} it goes back if a
 * range is being invalidated, or if one has been meanwhile. An invalidation of one page only moves the sequence: its
 * PTE has been cleared already, so whoever reads the new sequence also finds the new PTE.
 *
 * <p>An spte holds a reference on its page still. "All reference counting inside kvm is now entirely useless and can be
 * removed", says that mail, and Izik Eidus removed it a year later. It also says that a notifier may flush the guest's
 * TLB when it has dropped {@code mmu_lock}, "because the page can't be freed by the VM until we return"; since 2012 the
 * flush is under the lock.
 *
 * <p>{@code get_user_pages_fast} tries without the mmap lock and the PT lock first, with interrupts disabled; only what
 * it does if that fails is modelled. It asks for a page to write to, whatever the guest does.
 */
public class KvmSeq extends Guest {

    /** Branches of the page fault and of the invalidations. */
    public enum Marks implements Mark {
        /** The guest faulted. */
        FAULT,
        /** The fault went back because a range was being invalidated. */
        RETRY_COUNT,
        /** The fault went back because the sequence had moved on. */
        RETRY_SEQ,
        /** An invalidation found an spte to drop. */
        UNMAPPED,
        /** An ageing found that the guest has accessed the page. */
        YOUNG
    }

    /** What {@code mmu_notifier_retry} looks at. */
    public enum Retry {
        /** {@code mmu_notifier_count}, then {@code mmu_notifier_seq}. */
        COUNT_AND_SEQ,
        /** Planted: the sequence alone, as if an invalidation were one step. */
        SEQ,
        /** Planted: the count alone, as if none could begin and end during the fault. */
        COUNT,
        /** Planted: nothing. */
        NOTHING
    }

    /** When the sequence is incremented. */
    public enum Increment {
        /** Under {@code mmu_lock}: by {@code invalidate_page}, and by the end of a range before the count drops. */
        IN_TIME,
        /** Planted: by the start of a range, not by its end. */
        AT_START,
        /**
         * Planted: when {@code mmu_lock} has been dropped. "Increasing the sequence after the spin_unlock would be
         * unsafe", says the comment in {@code invalidate_page}.
         */
        AFTER_UNLOCK
    }

    /** When an invalidation flushes the guest's TLB. */
    public enum Flush {
        /** When {@code mmu_lock} has been dropped, as in 2008. */
        AFTER_UNLOCK,
        /** Under {@code mmu_lock}, as since 2012. */
        LOCKED
    }

    /**
     * A variant.
     *
     * @param pins whether an spte holds a reference on its page
     */
    public record Variant(Retry retry, Increment increment, Flush flush, boolean pins) {}

    private final Variant variant;
    private final Word mmuNotifierSeq;
    private final Word mmuNotifierCount;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmSeq(String name, AddressSpace mm, GetUserPages gup, Variant variant) {
        super(name, mm, gup);
        this.variant = variant;
        this.mmuNotifierSeq = machine.word(name + ".mmu_notifier_seq", 0);
        this.mmuNotifierCount = machine.gate(name + ".mmu_notifier_count", 0, Word.Format.DECIMAL);
    }

    /** {@code nonpaging_map}, {@code tdp_page_fault}. */
    @Override
    boolean pageFault(int address, boolean write) {
        machine.reach(Marks.FAULT);
        long mmuSeq = mmuNotifierSeq.loadAcquire(); // and smp_rmb
        Page page = getUserPage(address, mmuSeq); // gfn_to_pfn
        if (page == null) {
            return false;
        }
        mmuLock.lock();
        if (mmuNotifierRetry(mmuSeq)) {
            mmuLock.unlock();
            memory.putPage(page); // kvm_release_pfn_clean
            awaitNoInvalidation(mmuNotifierCount);
            return true;
        }
        mmuSetSpte(address, page); // __direct_map
        mmuLock.unlock();
        return true;
    }

    /** {@code mmu_notifier_retry}, under {@code mmu_lock}. */
    private boolean mmuNotifierRetry(long mmuSeq) {
        Retry retry = variant.retry();
        if ((retry == Retry.COUNT_AND_SEQ || retry == Retry.COUNT) && mmuNotifierCount.readOnce() != 0) {
            machine.reach(Marks.RETRY_COUNT);
            return true;
        }
        if ((retry == Retry.COUNT_AND_SEQ || retry == Retry.SEQ) && mmuNotifierSeq.readOnce() != mmuSeq) {
            machine.reach(Marks.RETRY_SEQ);
            return true;
        }
        return false;
    }

    @Override
    public final boolean readsForWriting() {
        return true;
    }

    @Override
    final boolean pins() {
        return variant.pins();
    }

    /** {@code mmu_set_spte}: the reference of {@code get_user_pages} becomes the spte's, or is dropped. */
    private void mmuSetSpte(int address, Page page) {
        Pte old = new Pte(sptes[address].readOnce());
        boolean wasRmapped = old.isPresent() && old.pfn() == page.pfn();
        if (old.isPresent() && !wasRmapped) {
            rmapRemove(old);
        }
        sptes[address].writeOnce(Pte.make(page).makeWritable().bits());
        if (wasRmapped || !variant.pins()) {
            memory.putPage(page); // kvm_release_pfn_clean
        }
    }

    /** {@code rmap_remove}: drops the spte's reference. */
    private void rmapRemove(Pte spte) {
        Page page = memory.page(spte.pfn());
        if (spte.isYoung()) {
            page.markAccessed(); // kvm_set_pfn_accessed
        }
        page.flags().or(Page.DIRTY); // kvm_release_pfn_dirty, kvm_set_pfn_dirty
        if (variant.pins()) {
            memory.putPage(page);
        }
    }

    /** {@code kvm_unmap_hva}, under {@code mmu_lock}: whether the TLB must be flushed. */
    final boolean kvmUnmapHva(int address) {
        Pte spte = new Pte(sptes[address].readOnce());
        if (!spte.isPresent()) {
            return false;
        }
        machine.reach(Marks.UNMAPPED);
        rmapRemove(spte);
        sptes[address].writeOnce(Pte.NONE.bits()); // set_shadow_pte
        return true;
    }

    /** {@code kvm_mmu_notifier_clear_flush_young}, {@code kvm_age_hva}. */
    @Override
    public final boolean age(int address) {
        mmuLock.lock();
        boolean young = kvmAgeRmapp(address);
        if (variant.flush() == Flush.AFTER_UNLOCK) {
            mmuLock.unlock();
        }
        if (young) {
            machine.reach(Marks.YOUNG);
            flushAged();
        }
        if (variant.flush() == Flush.LOCKED) {
            mmuLock.unlock();
        }
        return young;
    }

    /** {@code kvm_age_rmapp}, under {@code mmu_lock}: whether the guest has accessed the page. */
    boolean kvmAgeRmapp(int address) {
        return new Pte(sptes[address].readOnce()).isYoung() && sptes[address].testAndClear(Pte.ACCESSED);
    }

    /** What {@code clear_flush_young} flushes if the page was young. */
    void flushAged() {
        kvmFlushRemoteTlbs();
    }

    /**
     * {@code kvm_mmu_notifier_invalidate_page}; for several pages, as {@code kvm_mmu_notifier_invalidate_range} of
     * Piggin's patch of July 2008 has it.
     */
    @Override
    public void invalidatePages(int start, int end) {
        mmuLock.lock();
        if (variant.increment() != Increment.AFTER_UNLOCK) {
            mmuNotifierSeq.add(1);
        }
        unmapAndUnlock(start, end);
        if (variant.increment() == Increment.AFTER_UNLOCK) {
            mmuNotifierSeq.add(1);
        }
    }

    private void unmapAndUnlock(int start, int end) {
        boolean needTlbFlush = false;
        for (int address = start; address < end; address++) {
            needTlbFlush |= kvmUnmapHva(address);
        }
        if (variant.flush() == Flush.AFTER_UNLOCK) {
            mmuLock.unlock();
        }
        if (needTlbFlush) {
            kvmFlushRemoteTlbs();
        }
        if (variant.flush() == Flush.LOCKED) {
            mmuLock.unlock();
        }
    }

    /** {@code kvm_mmu_notifier_invalidate_range_start}. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        mmuLock.lock();
        mmuNotifierCount.add(1);
        if (variant.increment() == Increment.AT_START) {
            mmuNotifierSeq.add(1);
        }
        unmapAndUnlock(start, end);
    }

    /** {@code kvm_mmu_notifier_invalidate_range_end}. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        mmuLock.lock();
        if (variant.increment() == Increment.IN_TIME) {
            mmuNotifierSeq.add(1);
        }
        mmuNotifierCount.add(-1);
        mmuLock.unlock();
        if (variant.increment() == Increment.AFTER_UNLOCK) {
            mmuNotifierSeq.add(1);
        }
        machine.bugOn(mmuNotifierCount.readOnce() < 0, "mmu_notifier_count < 0");
    }

    /**
     * {@code kvm_mmu_notifier_release} of later kernels: {@code kvm_arch_flush_shadow}. In 2.6.27 there is none: an
     * spte holds a reference then.
     */
    @Override
    public void release() {
        if (!variant.pins()) {
            kvmArchFlushShadow();
        }
    }

    /** {@code kvm_create_vm}: a new {@code struct kvm}, which counts from 0 whatever the last one missed. */
    @Override
    public void beforeRegister() {
        mmuNotifierSeq.writeOnce(0);
        mmuNotifierCount.writeOnce(0);
    }

    /** {@code kvm_destroy_vm}: no virtual CPU is left, nor what it had cached. */
    @Override
    public void beforeUnregister() {
        kvmFlushRemoteTlbs();
    }

    @Override
    public void afterUnregister() {
        kvmArchDestroyVm(this::rmapRemove);
    }

    /** {@code kvm_mmu_zap_all}. */
    private void kvmArchFlushShadow() {
        mmuLock.lock();
        unmapAndUnlock(0, sptes.length);
    }
}
