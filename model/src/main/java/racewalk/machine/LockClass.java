package racewalk.machine;

/**
 * The lock-order table. A task that holds a lock may wait only for locks that stand below it here; {@link LockDep}
 * asserts this under every engine. The order is the one of the comment at the head of {@code mm/rmap.c} as {@code
 * Documentation/mm/process_addrs.rst} quotes it (Linux 7.0-rc6), with the locks of the secondary MMUs put where their
 * code takes them.
 *
 * <p>Sleeping locks may not be waited for in atomic context: under a spinning lock, in an RCU read section, in an
 * interrupt. A trylock is exempt from the order and from this rule. Linux takes {@link #I_PAGES} and {@link #LRU_LOCK}
 * with interrupts disabled; no code here takes the latter, and the former in no interrupt. Every other class is taken
 * with interrupts enabled. So none may be waited for in an interrupt: the interrupt may have stopped the owner.
 */
public enum LockClass {
    /** A read section of {@link Srcu}: no lock, and above all of them, because every one may be taken in it. */
    SRCU(Kind.SLEEPING),
    /** {@code inode->i_rwsem}: a file's size and content against truncation and writing. */
    INODE(Kind.SLEEPING),
    /** {@code gpc->refresh_lock} of KVM: one refresh of a gfn-to-pfn cache at a time, over {@code get_user_pages}. */
    KVM_GPC_REFRESH(Kind.SLEEPING),
    /**
     * {@code mm->mmap_lock} ({@code mmap_sem} before 2020): the tree of VMAs. For read it does not make PTEs stable.
     * Two at once only nested: fork's parent, then its child, which nobody else knows.
     */
    MMAP_LOCK(Kind.SLEEPING, 1),
    /** {@code gts->ts_ctxlock} of the GRU driver: one context's state, taken under the mmap lock. */
    GRU_CONTEXT(Kind.SLEEPING),
    /** {@code mapping->invalidate_lock}: faults on a file against its truncation. */
    INVALIDATE_LOCK(Kind.SLEEPING),
    /**
     * {@code PG_locked}, the page (folio) lock: the page's place in its mapping and in page tables; migration,
     * truncation. Of several pages in any order: lockdep does not know this lock, and a deadlock is left to be found.
     */
    PAGE_LOCK(Kind.SLEEPING, LockClass.ANY_ORDER),
    /** {@code hugetlb_i_mmap_rwsem_key}: the i_mmap lock of a hugetlb file. */
    HUGETLB_I_MMAP(Kind.SLEEPING),
    /** {@code vma_start_write}: one VMA against faults under its own lock. */
    VMA_LOCK(Kind.SLEEPING),
    /** {@code mm_all_locks_mutex} of {@code mm_take_all_locks}: who takes the rmap locks of a process, all at once. */
    MM_ALL_LOCKS(Kind.SLEEPING),
    /** {@code mapping->i_mmap_rwsem}: the VMAs that map a file, for rmap walks. */
    I_MMAP(Kind.SLEEPING),
    /** {@code anon_vma->rwsem}: the VMAs that may map an anonymous page, for rmap walks. */
    ANON_VMA(Kind.SLEEPING),
    /** {@code hmm->rwsem} of 2015: the mirrors of a process. Taken where an invalidation starts. */
    HMM_MIRRORS(Kind.SLEEPING),
    /**
     * A device driver's lock over its page table and its {@code mmu_interval_read_retry} ({@code driver->update} of
     * {@code Documentation/mm/hmm.rst}): taken where a range invalidation starts, so under any of the locks above.
     */
    MIRROR_UPDATE(Kind.SLEEPING),
    /** {@code seg->sema} of XPMEM: a segment's recall against faults. Taken where an invalidation starts. */
    XPMEM_SEGMENT(Kind.SLEEPING),
    /** {@code att->mutex} of XPMEM: one attachment's PTEs. */
    XPMEM_ATTACHMENT(Kind.SLEEPING),
    /** {@code tg->recall_PFNs_mutex} of XPMEM: one recall at a time. */
    XPMEM_RECALL(Kind.SLEEPING),
    /** {@code seg->PFNtable_mutex} of XPMEM. */
    XPMEM_PFN_TABLE(Kind.SLEEPING),
    /** {@code mapping->i_mmap_lock} until 2011, which spins: the VMAs that map a file, for rmap walks. */
    I_MMAP_SPINLOCK(Kind.SPINNING),
    /** {@code anon_vma->lock} of 2008, which spins: the VMAs that may map an anonymous page, for rmap walks. */
    ANON_VMA_SPINLOCK(Kind.SPINNING),
    /**
     * {@code mm->page_table_lock}: entries of the upper levels, while a table is linked. Two at once only nested:
     * fork's destination, then its source ({@code copy_huge_pud}).
     */
    PAGE_TABLE_LOCK(Kind.SPINNING, 1),
    /**
     * The split lock of one leaf table (PT lock): its PTEs. Two at once only nested: fork's destination, then its
     * source.
     */
    PT_LOCK(Kind.SPINNING, 1),
    /**
     * {@code ptd->ptl} of a directory of HMM's page table of 2015, and {@code pt->lock}: the entries of one directory.
     * Never two at once.
     */
    HMM_DIRECTORY(Kind.SPINNING),
    /** {@code kvm->mmu_lock}: sptes. Taken by notifier callbacks under the PT lock, so it stands below it. */
    KVM_MMU_LOCK(Kind.SPINNING),
    /** {@code lock_rmap} of KVM on Book3S HV: the guest's entries for one page, taken without {@code mmu_lock} too. */
    KVM_RMAP(Kind.SPINNING),
    /** {@code kvm->mn_invalidate_lock}: the count of active invalidations. */
    KVM_MN_INVALIDATE(Kind.SPINNING),
    /** {@code kvm->gpc_lock}: the list of gfn-to-pfn caches. */
    KVM_GPC_LIST(Kind.SPINNING),
    /** {@code gpc->lock}: one gfn-to-pfn cache; a reader-writer lock in Linux. */
    KVM_GPC(Kind.SPINNING),
    /** The lock of a directory of a mirror's page table (2015): its entries, but for the dirty bits. */
    HMM_MIRROR_TABLE(Kind.SPINNING),
    /** {@code hmm->lock} of 2015: the list of device faults. The active ranges are looked at under it. */
    HMM_DEVICE_FAULTS(Kind.SPINNING),
    /** {@code mm->notifier_subscriptions->lock}: the sequence and the active ranges of the interval notifiers. */
    MMU_NOTIFIER(Kind.SPINNING),
    /** {@code gms->ms_asid_lock} of the GRU driver: address-space ids, held over a TLB invalidation. */
    GRU_ASID(Kind.SPINNING),
    /** {@code mapping->i_pages}: the page cache's tree. */
    I_PAGES(Kind.SPINNING),
    /** {@code lruvec->lru_lock}. */
    LRU_LOCK(Kind.SPINNING);

    /** How a task waits for a lock of the class. */
    public enum Kind {
        /** Gives up the CPU. */
        SLEEPING,
        /** Holds the CPU: the holder is in atomic context. */
        SPINNING
    }

    /** The nesting of a class whose locks may be taken one under the other at will. */
    private static final int ANY_ORDER = -1;

    private final Kind kind;
    private final int nesting;

    LockClass(Kind kind) {
        this(kind, 0);
    }

    LockClass(Kind kind, int nesting) {
        this.kind = kind;
        this.nesting = nesting;
    }

    /** How a task waits for a lock of this class. */
    public Kind kind() {
        return kind;
    }

    /** Whether a lock of this class, taken at nesting level {@code level}, may be waited for under {@code held}. */
    boolean mayFollow(LockClass held, int heldLevel, int level) {
        if (held != this) {
            return held.ordinal() < ordinal();
        }
        return nesting == ANY_ORDER || level > heldLevel && level <= nesting;
    }
}
