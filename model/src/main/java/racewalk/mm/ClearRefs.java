package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * {@code clear_refs_write} of {@code fs/proc/task_mmu.c} with {@code CLEAR_REFS_SOFT_DIRTY}: the PTEs are
 * write-protected, so that the next store is noticed. Which pages were stored to is not kept, nor {@code VM_SOFTDIRTY}.
 * The calls are where "[PATCH 01/36] mmu_notifier: add event information to address invalidation v7" has them; the PTE
 * is exchanged, as in {@code change_pte_range} [R].
 */
public final class ClearRefs {

    /** Branches of the walk. */
    public enum Marks implements Mark {
        /** A PTE lost its write permission. */
        WRITE_PROTECTED
    }

    private final AddressSpace mm;
    private final NotifierSites notifier;
    private final TlbFlush tlbFlush;

    /** That of {@code mm}. */
    public ClearRefs(AddressSpace mm, NotifierSites notifier) {
        this.mm = mm;
        this.notifier = notifier;
        this.tlbFlush = new TlbFlush(mm, notifier);
    }

    /** {@code clear_refs_write}; Linux does so with all of the process. */
    public void clearSoftDirty(int start, int end) {
        mm.mmapLock().downRead();
        notifier.beforeClearRefs(start, end);
        for (int address = start; address < end; address = mm.pageTable().leafEnd(address, end)) {
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            if (leaf != null) {
                clearRefsPteRange(leaf, address, mm.pageTable().leafEnd(address, end));
            }
        }
        notifier.afterClearRefs(start, end);
        tlbFlush.flushTlbRange(start, end); // flush_tlb_mm
        mm.mmapLock().upRead();
    }

    private void clearRefsPteRange(PageTable.Leaf leaf, int start, int end) {
        leaf.ptl().lock();
        for (int address = start; address < end; address++) {
            clearSoftDirty(mm.pageTable().pte(leaf, address));
        }
        leaf.ptl().unlock();
    }

    /** {@code clear_soft_dirty}. */
    private void clearSoftDirty(Word pte) {
        if (!new Pte(pte.readOnce()).isPresent()) {
            return;
        }
        Pte old = new Pte(pte.xchg(Pte.NONE.bits())); // ptep_modify_prot_start
        if (old.isWritable()) {
            mm.machine().reach(Marks.WRITE_PROTECTED);
        }
        pte.writeOnce(old.writeProtect().bits()); // ptep_modify_prot_commit
    }
}
