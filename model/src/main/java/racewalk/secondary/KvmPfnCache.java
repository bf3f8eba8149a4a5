package racewalk.secondary;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Guard;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Pte;

/**
 * KVM's gfn-to-pfn caches, by which the host itself reaches a guest's page: {@code virt/kvm/pfncache.c}. A cache holds
 * no reference: the start of an invalidation makes it invalid, and its next user refreshes it.
 *
 * <p>The start invalidates the caches before it raises {@code mmu_invalidate_in_progress}; so a refresh looks at {@code
 * mn_active_invalidate_count}, which is raised first and dropped last. Sean Christopherson, "[PATCH v2 6/8] KVM: Fix
 * multiple races in gfn=>pfn cache refresh", April 2022, has the code before it and after it.
 *
 * <p>Until 2022 a cache held a reference on its page, which is left out here: what is asked is whether a stale page is
 * taken for valid.
 *
 * <p>There is a cache for each page here, with one user. Nobody is between {@code gpc->lock} and a second user,
 * therefore: that {@code valid} was set while the lock was dropped, with the PFN not there yet, did harm to such a one
 * alone. {@code gpc->lock} is a reader-writer lock in Linux, of which the user is the reader. A refresh that is refused
 * by an active invalidation goes round until it is over; here it waits for that.
 */
public final class KvmPfnCache implements NotifiedMmu {

    /** Branches of the refresh. */
    public enum Marks implements Mark {
        /** A cache was refreshed. */
        REFRESH,
        /** The refresh goes round: an invalidation is active. */
        RETRY_ACTIVE,
        /** The refresh goes round: the sequence has moved on. */
        RETRY_SEQ,
        /** An invalidation found the cache valid. */
        INVALIDATED
    }

    /** How {@code hva_to_pfn_retry} and its caller do it. */
    public enum Refresh {
        /** As since 2022: under {@code gpc->lock} by the count of active invalidations and the sequence. */
        AS_FIXED,
        /**
         * As until 2022: {@code valid} is set first, as a placeholder that an invalidation may clear; the lock is
         * dropped; by {@code mmu_notifier_count} and the sequence under {@code mmu_lock}.
         */
        AS_IN_2021,
        /** Planted: as fixed, but by {@code mmu_invalidate_in_progress}, which the start raises later. */
        IN_PROGRESS,
        /** Planted: as fixed, but the look comes before {@code gpc->lock} is taken again. */
        UNLOCKED
    }

    private final Machine machine;
    private final AddressSpace mm;
    private final PhysicalMemory memory;
    private final GetUserPages gup;
    private final Refresh refresh;

    private final SpinLock mmuLock;
    private final Word mmuInvalidateInProgress;
    private final Word mmuInvalidateSeq;
    private final SpinLock mnInvalidateLock;
    private final Word mnActiveInvalidateCount;
    private final SpinLock gpcListLock;
    private final Mutex[] refreshLocks;
    private final SpinLock[] locks;
    private final Word[] valid;
    private final Word[] pfns;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmPfnCache(String name, AddressSpace mm, GetUserPages gup, Refresh refresh) {
        this.machine = mm.machine();
        this.mm = mm;
        this.memory = mm.memory();
        this.gup = gup;
        this.refresh = refresh;
        this.mmuLock = machine.spinLock(LockClass.KVM_MMU_LOCK, name + ".mmu_lock");
        this.mmuInvalidateInProgress = machine.gate(name + ".mmu_invalidate_in_progress", 0, Word.Format.DECIMAL);
        this.mmuInvalidateSeq = machine.word(name + ".mmu_invalidate_seq", 0);
        this.mnInvalidateLock = machine.spinLock(LockClass.KVM_MN_INVALIDATE, name + ".mn_invalidate_lock");
        this.mnActiveInvalidateCount = machine.gate(name + ".mn_active_invalidate_count", 0, Word.Format.DECIMAL);
        this.gpcListLock = machine.spinLock(LockClass.KVM_GPC_LIST, name + ".gpc_lock");
        int pages = mm.pageTable().span();
        this.refreshLocks = new Mutex[pages];
        this.locks = new SpinLock[pages];
        for (int address = 0; address < pages; address++) {
            refreshLocks[address] =
                    machine.mutex(LockClass.KVM_GPC_REFRESH, name + ".gpc.refresh_lock[" + address + "]");
            locks[address] = machine.spinLock(LockClass.KVM_GPC, name + ".gpc.lock[" + address + "]");
        }
        this.valid = machine.words(name + ".gpc.valid", pages, 0, Long::toString);
        this.pfns = machine.words(name + ".gpc.pfn", pages, 0, Pte::show);
    }

    /** A user of the cache: {@code kvm_gpc_check}, or else {@code kvm_gpc_refresh}, until it is valid. */
    @Override
    public long read(int address) {
        return use(address, false, 0);
    }

    @Override
    public long write(int address, long value) {
        return use(address, true, value);
    }

    @Override
    public void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            kvmGpcRefresh(address);
        }
    }

    /** {@code hva_to_pfn} always asks for a page to write to. */
    @Override
    public boolean readsForWriting() {
        return true;
    }

    private long use(int address, boolean write, long value) {
        locks[address].lock();
        while (valid[address].readOnce() == 0) { // kvm_gpc_check
            locks[address].unlock();
            if (!kvmGpcRefresh(address)) {
                return DENIED;
            }
            locks[address].lock();
        }
        Word content = memory.page(new Pte(pfns[address].readOnce()).pfn()).content(); // gpc->khva
        long result = 0;
        if (write) {
            content.writeOnce(value);
        } else {
            result = content.readOnce();
        }
        locks[address].unlock();
        return result;
    }

    /** {@code kvm_gpc_refresh}: false for {@code -EFAULT}. */
    private boolean kvmGpcRefresh(int address) {
        machine.reach(Marks.REFRESH);
        refreshLocks[address].lock();
        locks[address].lock();
        boolean done = valid[address].readOnce() != 0 || hvaToPfnRetry(address);
        if (!done) {
            valid[address].writeOnce(0);
        }
        locks[address].unlock();
        refreshLocks[address].unlock();
        return done;
    }

    /** {@code hva_to_pfn_retry}: entered and left with {@code gpc->lock} held, which it drops. */
    private boolean hvaToPfnRetry(int address) {
        if (refresh == Refresh.AS_IN_2021) {
            pfns[address].writeOnce(Pte.NONE.bits()); // KVM_PFN_ERR_FAULT
        }
        valid[address].writeOnce(refresh == Refresh.AS_IN_2021 ? 1 : 0);
        while (true) {
            long mmuSeq = mmuInvalidateSeq.loadAcquire(); // and smp_rmb
            locks[address].unlock();
            Page page = getUserPage(address); // hva_to_pfn
            if (page == null) {
                locks[address].lock();
                return false;
            }
            boolean retry = false;
            switch (refresh) {
                case AS_FIXED, IN_PROGRESS -> {
                    locks[address].lock();
                    retry = mmuNotifierRetryCache(mmuSeq);
                }
                case UNLOCKED -> {
                    retry = mmuNotifierRetryCache(mmuSeq);
                    locks[address].lock();
                }
                case AS_IN_2021 -> {
                    mmuLock.lock();
                    retry = mmuNotifierRetryCache(mmuSeq);
                    mmuLock.unlock();
                    locks[address].lock();
                }
            }
            if (!retry) {
                // In Linux valid comes first; the order is nobody's who holds gpc->lock.
                pfns[address].writeOnce(Pte.make(page).makeWritable().bits());
                if (refresh != Refresh.AS_IN_2021) {
                    valid[address].writeOnce(1);
                }
                memory.putPage(page); // kvm_release_pfn_clean
                return true;
            }
            locks[address].unlock();
            memory.putPage(page); // kvm_release_pfn_clean
            activeCount().await("refresh again", Guard.is(0)); // cond_resched
            locks[address].lock();
        }
    }

    private Word activeCount() {
        return refresh == Refresh.AS_FIXED || refresh == Refresh.UNLOCKED
                ? mnActiveInvalidateCount
                : mmuInvalidateInProgress;
    }

    /** {@code mmu_notifier_retry_cache}; {@code mmu_notifier_retry} of the whole address space before. */
    private boolean mmuNotifierRetryCache(long mmuSeq) {
        if (activeCount().loadAcquire() != 0) { // and smp_rmb
            machine.reach(Marks.RETRY_ACTIVE);
            return true;
        }
        boolean moved = mmuInvalidateSeq.readOnce() != mmuSeq;
        if (moved) {
            machine.reach(Marks.RETRY_SEQ);
        }
        return moved;
    }

    private Page getUserPage(int address) {
        mm.mmapLock().downRead();
        Page page = gup.getUserPage(address, true, false);
        mm.mmapLock().upRead();
        return page;
    }

    /** {@code kvm_create_vm}: a new {@code struct kvm}, which counts from 0 whatever the last one missed. */
    @Override
    public void beforeRegister() {
        mmuInvalidateSeq.writeOnce(0);
        mmuInvalidateInProgress.writeOnce(0);
        mnActiveInvalidateCount.writeOnce(0);
    }

    /** {@code kvm_mmu_notifier_invalidate_range_start}; the sptes are {@link KvmSeq}'s. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        mnInvalidateLock.lock();
        mnActiveInvalidateCount.add(1);
        mnInvalidateLock.unlock();
        gfnToPfnCacheInvalidateStart(start, end);
        mmuLock.lock();
        mmuInvalidateInProgress.add(1);
        mmuLock.unlock();
    }

    /** {@code gfn_to_pfn_cache_invalidate_start}. */
    private void gfnToPfnCacheInvalidateStart(int start, int end) {
        gpcListLock.lock();
        for (int address = start; address < end; address++) {
            locks[address].lock();
            if (valid[address].readOnce() != 0) {
                machine.reach(Marks.INVALIDATED);
                valid[address].writeOnce(0);
            }
            locks[address].unlock();
        }
        gpcListLock.unlock();
    }

    /** {@code kvm_mmu_notifier_invalidate_range_end}. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        mmuLock.lock();
        mmuInvalidateSeq.add(1);
        mmuInvalidateInProgress.add(-1);
        mmuLock.unlock();
        mnInvalidateLock.lock();
        mnActiveInvalidateCount.add(-1);
        mnInvalidateLock.unlock();
    }

    /** Not a callback of its time: a start and an end. */
    @Override
    public void invalidatePages(int start, int end) {
        invalidateRangeBegin(start, end);
        invalidateRangeEnd(start, end);
    }

    /** The page that the next user reaches: none while the cache is not valid. */
    @Override
    public List<Pte> peek(int address) {
        return valid[address].peek() == 0 ? List.of() : List.of(new Pte(pfns[address].peek()));
    }

    @Override
    public long peekPins(int pfn) {
        return 0;
    }

    @Override
    public List<Word> words() {
        List<Word> words = new ArrayList<>(List.of(valid));
        words.addAll(List.of(pfns));
        return words;
    }
}
