package racewalk.mm;

import java.util.Set;

/**
 * How a kernel treats the pages of files that are mapped shared: what differs between the kernels that are here, and
 * what a variant leaves out.
 *
 * @param zap what a zap does about a dirty page
 * @param truncation how a truncation holds the lock of the VMAs
 * @param faultLock how a fault holds the file system's lock
 * @param unmapFlush what reclaim does about the TLBs
 * @param leftOut what a variant leaves out
 */
public record Files(
        DirtyZap zap, IMmapLock truncation, FaultLock faultLock, UnmapFlush unmapFlush, Set<LeftOut> leftOut) {

    /** {@code zap_pte_range}, when it has found the dirty bit and told the page of it. */
    public enum DirtyZap {
        /** The TLBs are flushed at the end of the gather, after the PT lock was dropped: until 3.14. */
        FLUSHED_UNLOCKED,
        /**
         * They are flushed before the PT lock is dropped: 1cf35d47712d, "mm: split 'tlb_flush_mmu()' into tlb flushing
         * and memory freeing parts", 2014. By then the page has lost its rmap.
         */
        FLUSHED_LOCKED,
        /**
         * So they are, and the page loses its rmap after: 5df397dec7c4, "mm: delay page_remove_rmap() until after the
         * TLB has been flushed", 2022.
         */
        RMAP_DELAYED
    }

    /** How a fault holds the lock that the file system has against truncations. */
    public enum FaultLock {
        /** There is no such lock, nor {@code page_mkwrite}: ext3 of 2.6.24. */
        NONE,
        /** Over all of {@code filemap_fault}: {@code ext4_filemap_fault}. */
        WHOLE,
        /** If the page is not in the cache, until it is there and locked: {@code filemap_fault} since 2021. */
        CREATION
    }

    /** How {@code unmap_mapping_range} takes {@code i_mmap_rwsem}. */
    public enum IMmapLock {
        /** {@code spin_lock(&mapping->i_mmap_lock)}, as who walks the rmap does: until 2011. */
        SPIN,
        /** {@code i_mmap_lock_write}. */
        WRITE,
        /** {@code i_mmap_lock_read}. */
        READ
    }

    /** What reclaim does about the TLBs when it has cleared the PTE of a page. */
    public enum UnmapFlush {
        /**
         * They are flushed when the pages have been looked at and unlocked, but for the entries that were dirty, at
         * once: 72b252aed506, "mm: send one IPI per CPU to TLB flush all entries after unmapping pages", 2015.
         */
        DEFERRED_IF_CLEAN,
        /**
         * They are flushed then, or before a page is written: d950c9477d51, "mm: defer flush of writable TLB entries",
         * of the same days.
         */
        DEFERRED,
        /** They are flushed before the page is unlocked; nobody wrote it so. */
        BEFORE_UNLOCK
    }

    /** What a variant leaves out. */
    public enum LeftOut {
        /** {@code page_mkclean} in {@code clear_page_dirty_for_io}. */
        MKCLEAN,
        /** The flush of {@code ptep_clear_flush} in {@code page_mkclean_one}. */
        MKCLEAN_FLUSH,
        /** {@code PVMW_SYNC}: {@code page_mkclean_one} looks at no PTE without the PT lock. */
        MKCLEAN_SYNC,
        /** A fault that has locked the page looks whether it is in the cache still: {@code filemap_fault}. */
        FAULT_MAPPING,
        /** A fault that has locked the page looks once more whether the file ends before it: {@code filemap_fault}. */
        FAULT_SIZE,
        /** {@code filemap_page_mkwrite} looks whether the page that it has locked is in the cache still. */
        MKWRITE_MAPPING,
        /** {@code truncate_inode_pages} waits until a page is written. */
        TRUNCATE_WAIT,
        /** {@code truncate_inode_page} unmaps the page that it has locked. */
        TRUNCATE_UNMAP,
        /** {@code unmap_and_move} does not move a page that is under writeback. */
        MIGRATE_WAIT,
        /** {@code migrate_page_move_mapping} moves {@code PG_dirty} to the new page. */
        MIGRATE_DIRTY
    }

    /** A kernel as it was, without anything left out. */
    public Files(DirtyZap zap, IMmapLock truncation, FaultLock faultLock) {
        this(zap, truncation, faultLock, UnmapFlush.DEFERRED, Set.of());
    }

    /** The same with another reclaim. */
    public Files with(UnmapFlush flush) {
        return new Files(zap, truncation, faultLock, flush, leftOut);
    }

    /** The same with something left out. */
    public Files without(LeftOut... what) {
        return new Files(zap, truncation, faultLock, unmapFlush, Set.of(what));
    }

    /** Whether they are those of 2008, with devices beside them: {@link FileFault2008}. */
    public boolean isOf2008() {
        return faultLock == FaultLock.NONE;
    }

    /** Whether who walks the rmap, or unmaps, is in atomic context: {@code details->i_mmap_lock}. */
    boolean walksAtomically() {
        return truncation == IMmapLock.SPIN;
    }

    /** Whether something is left out. */
    boolean leavesOut(LeftOut what) {
        return leftOut.contains(what);
    }
}
