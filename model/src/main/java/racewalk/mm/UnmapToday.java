package racewalk.mm;

/**
 * {@code munmap} of Linux 7.0: {@code vms_complete_munmap_vmas} of {@code mm/vma.c}. When the VMAs are detached the
 * mmap lock is held for read only: dd2283f2605e, "mm: mmap: zap pages with read mmap_sem in munmap", 2018. Faults take
 * the lock of a VMA first today, which {@code vma_start_write} waits for; here they take the mmap lock as they do where
 * that fails [R].
 */
public final class UnmapToday extends Unmap {

    /** What is done when. */
    public enum Phases {
        /** The lock is downgraded when nobody can find the VMAs any more. */
        DETACHED_FIRST,
        /**
         * The pages are zapped as MADV_DONTNEED does it, and the VMAs go after that: what Yang Shi's "[RFC v6 PATCH
         * 0/2] mm: zap pages with read mmap_sem in munmap for large mapping", 26 Jul 2018, argues against.
         */
        ZAPPED_FIRST,
        /** Planted: the lock is downgraded before the VMAs are detached. */
        DOWNGRADED_FIRST
    }

    private final AddressSpace mm;
    private final Phases phases;

    /** The unmappings of {@code mm}. */
    public UnmapToday(AddressSpace mm, NotifierSites notifier) {
        this(mm, notifier, Phases.DETACHED_FIRST);
    }

    /** The same in another order. */
    public UnmapToday(AddressSpace mm, NotifierSites notifier, Phases phases) {
        super(mm, notifier);
        this.mm = mm;
        this.phases = phases;
    }

    @Override
    public void munmap(int start, int end) {
        if (phases == Phases.ZAPPED_FIRST) {
            mm.mmapLock().downRead();
            zapPageRange(start, end);
            mm.mmapLock().upRead();
            super.munmap(start, end);
            return;
        }
        mm.mmapLock().downWrite();
        if (phases == Phases.DOWNGRADED_FIRST) {
            mm.mmapLock().downgradeWrite();
        }
        detachVmas(start, end); // vms_gather_munmap_vmas, vma_iter_clear_gfp
        if (phases == Phases.DETACHED_FIRST) {
            mm.mmapLock().downgradeWrite();
        }
        unmapRegion(start, end); // vms_clear_ptes
        mm.mmapLock().upRead();
    }
}
