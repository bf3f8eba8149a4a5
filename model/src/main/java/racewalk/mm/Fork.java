package racewalk.mm;

import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * The memory part of {@code fork} of Linux 2.6.24, for private anonymous memory: {@code dup_mm} and {@code dup_mmap} of
 * {@code kernel/fork.c}, {@code copy_page_range} of {@code mm/memory.c}, era 2008. Both mmap locks are held for write,
 * of the child's for form's sake: nobody knows it yet.
 *
 * <p>{@code copy_pte_range} also drops its locks after every 32 units of progress if someone waits ({@code
 * need_lockbreak}); that is not modelled.
 */
public class Fork {

    /** Branches of the fork. */
    public enum Marks implements Mark {
        /** A page is mapped by both now. */
        SHARED,
        /** No page table for the child. */
        NO_TABLE,
        /** A page was on its way to another frame: both have a migration entry now. */
        MIGRATION_ENTRY
    }

    /** {@code SINGLE_DEPTH_NESTING}. */
    static final int NESTED = 1;

    final AddressSpace parent;
    final NotifierSites notifier;
    final AddressSpace child;
    private final Unmap exit;
    private final TlbFlush tlbFlush;

    /**
     * The fork of {@code parent} into {@code child}.
     *
     * @param notifier of the parent: the child has none yet
     * @param exit takes the child apart again
     */
    public Fork(AddressSpace parent, NotifierSites notifier, AddressSpace child, Unmap exit) {
        this.parent = parent;
        this.notifier = notifier;
        this.child = child;
        this.exit = exit;
        this.tlbFlush = new TlbFlush(parent, notifier);
    }

    /** {@code dup_mm}: false, for {@code -ENOMEM}, if there was no memory for the child; then nothing is left of it. */
    public final boolean dupMm() {
        boolean copied = dupMmap();
        if (!copied) {
            exit.exitMmap(); // free_pt: mmput
        }
        return copied;
    }

    private boolean dupMmap() {
        int end = parent.pageTable().span();
        boolean copied = true;
        parent.mmapLock().downWrite();
        child.mmapLock().downWriteNested(NESTED);
        if (child.rmap() != null) {
            child.rmap().fork(child); // anon_vma_fork, before an entry is copied
        }
        long vmas = parent.vmas().read(0, end);
        for (int address = 0; address < end && copied; address = Vmas.vmaEnd(vmas, address, end)) {
            Protection protection = Vmas.at(vmas, address);
            if (protection != Protection.UNMAPPED) {
                int vmaEnd = Vmas.vmaEnd(vmas, address, end);
                child.vmas().set(address, vmaEnd, protection); // __vma_link_rb
                copied = copyPageRange(address, vmaEnd);
            }
        }
        child.mmapLock().upWrite();
        tlbFlush.flushTlbMm();
        parent.mmapLock().upWrite();
        return copied;
    }

    /** {@code copy_page_range} of one VMA and the levels down to the leaves; false for {@code -ENOMEM}. */
    private boolean copyPageRange(int start, int end) {
        boolean copied = true;
        notifier.beforeCopyPageRange(start, end);
        if (parent.gupFast() != null) {
            parent.gupFast().copyPageRangeBegins();
        }
        for (int address = start;
                address < end && copied;
                address = parent.pageTable().leafEnd(address, end)) {
            PageTable.Leaf source = parent.pageTable().leafOf(address);
            if (source != null) {
                copied = copyPteRange(source, address, parent.pageTable().leafEnd(address, end));
            }
        }
        if (parent.gupFast() != null) {
            parent.gupFast().copyPageRangeEnds();
        }
        notifier.afterCopyPageRange(start, end, copied);
        return copied;
    }

    /** {@code copy_pte_range}: false for {@code -ENOMEM}. */
    boolean copyPteRange(PageTable.Leaf source, int start, int end) {
        PageTable.Leaf destination = child.pageTable().leafOf(start);
        if (destination == null) {
            destination = child.pageTable().allocLeaf(start); // pte_alloc_map_lock
        }
        if (destination == null) {
            parent.machine().reach(Marks.NO_TABLE);
            return false;
        }
        destination.ptl().lock();
        source.ptl().lockNested(NESTED);
        for (int address = start; address < end; address++) {
            Word from = parent.pageTable().pte(source, address);
            Pte entry = new Pte(from.readOnce());
            if (!entry.isNone()) {
                copyOnePte(child.pageTable().pte(destination, address), from, entry);
            }
        }
        notifier.copiedLeafLocked(start, end);
        source.ptl().unlock();
        destination.ptl().unlock();
        return true;
    }

    private void copyOnePte(Word to, Word from, Pte entry) {
        if (entry.isMigrationEntry()) {
            parent.machine().reach(Marks.MIGRATION_ENTRY);
            Pte read =
                    entry.makeMigrationEntryRead(); // "COW mappings require pages in both parent and child to be set to
            // read"
            if (entry.isWritable()) {
                from.writeOnce(read.bits());
            }
            to.writeOnce(read.bits());
            return;
        }
        ptepSetWrprotect(from);
        Page page = parent.memory().page(entry.pfn());
        parent.memory().getPage(page);
        page.mapCount().add(1); // page_dup_rmap
        parent.machine().reach(Marks.SHARED);
        to.writeOnce(entry.writeProtect().bits()); // set_pte_at
    }

    /**
     * {@code ptep_set_wrprotect}: one atomic step, because the hardware may set the dirty bit; the planted faults
     * override it.
     */
    protected void ptepSetWrprotect(Word pte) {
        pte.andNot(Pte.WRITE);
    }
}
