package racewalk.walk;

import racewalk.machine.SpinLock;

/**
 * {@code copy_page_range}, as {@code copy_pt_range} of Shutemov's proof of concept, 24 Apr 2018, has it: both pointers
 * move in lock step, and what is no leaf is copied by a call of itself. In its order, {@code goto again} as a loop.
 * Allocations that fail are not modelled.
 *
 * <p>As posted: {@code copy_pt_leaf} makes {@code -ENOMEM} of what {@code copy_huge_pmd} says of a huge page that was
 * split meanwhile, {@code -EAGAIN}; and above, the loop that is left because of an error does not return it, but begins
 * again: "{@code if (addr != end) goto again}". {@code copy_pmd_range} of Linux, before and after, falls through to the
 * table.
 */
final class RecursiveCopy {

    /** {@code copy_pt_range}: "progress += 8" of a leaf. */
    private static final int PROGRESS = 8;

    /** After how much progress it looks whether somebody waits. Linux: 32, four entries; here one, for small tables. */
    private static final int LIMIT = 8;

    private final RecursiveTable dst;
    private final RecursiveTable src;
    private final Visitor visitor;

    RecursiveCopy(RecursiveTable dst, RecursiveTable src, Visitor visitor) {
        this.dst = dst;
        this.src = src;
        this.visitor = visitor;
    }

    /** {@code copy_page_range}. */
    void copy(int start, int end) {
        copyPtRange(src.rootLevel(), dst.aboveRoot(), src.aboveRoot(), start, end);
    }

    /** {@code copy_pt_range}: false for {@code -ENOMEM}. */
    private boolean copyPtRange(int level, Ptp dstUpper, Ptp srcUpper, int start, int end) {
        Ptp dstPtp = dst.offsetAlloc(level, dstUpper, start);
        Ptp srcPtp = src.offset(level, srcUpper, start);
        if (level == 0) {
            copyPteRange(dstPtp, srcPtp, start, end);
            return true;
        }
        for (int addr = start; addr != end; ) {
            int next = src.addrEnd(level, addr, end);
            switch (copyEntry(level, dstPtp, srcPtp, addr, next)) {
                case COPIED -> {
                    dstPtp = dstPtp.next();
                    srcPtp = srcPtp.next();
                    addr = next;
                }
                case FAILED_BELOW -> {} // if (ret) break; and below the loop: if (addr != end) goto again
                case FAILED -> {
                    return false;
                }
            }
        }
        return true;
    }

    /** What became of an entry of an upper level. */
    private enum Copied {
        COPIED,
        FAILED_BELOW,
        FAILED
    }

    private Copied copyEntry(int level, Ptp dstPtp, Ptp srcPtp, int addr, int next) {
        if (!src.isAboveFolded(level)) {
            if (PtEntry.isLeaf(srcPtp.word().readOnce())) {
                if (copyHuge(dstPtp, srcPtp, addr, next)) {
                    return Copied.COPIED;
                }
                if (!src.copiesWhatWasSplit()) {
                    return Copied.FAILED;
                }
            }
            if (srcPtp.word().readOnce() == PtEntry.NONE) { // ptp_none_or_clear_bad
                return Copied.COPIED;
            }
        }
        return copyPtRange(level - 1, dstPtp, srcPtp, addr, next) ? Copied.COPIED : Copied.FAILED_BELOW;
    }

    /** {@code copy_pt_range} at the bottom, {@code copy_pte_range}. */
    private void copyPteRange(Ptp dstFirst, Ptp srcFirst, int start, int end) {
        Ptp dstPtp = dstFirst;
        Ptp srcPtp = srcFirst;
        int progress = 0;
        boolean continued = false;
        for (int addr = start; addr != end; ) { // again
            SpinLock dstPtl = dst.lock(dstPtp); // "Proactively take page table lock for last level page table"
            SpinLock srcPtl = src.mm().lockOf(srcPtp);
            srcPtl.lockNested(1);
            boolean needsMemory = false;
            while (addr != end && !needsMemory) {
                if (progress >= LIMIT) {
                    progress = 0;
                    if (MmTable.isContended(src.mm().machine())) {
                        break;
                    }
                }
                long entry = srcPtp.word().readOnce();
                needsMemory = PtEntry.needsMemory(entry) && !continued;
                if (!needsMemory) {
                    progress += copyOnePte(dstPtp, srcPtp, entry, addr);
                    continued = false;
                    dstPtp = dstPtp.next();
                    srcPtp = srcPtp.next();
                    addr++;
                }
            }
            srcPtl.unlock();
            dstPtl.unlock();
            if (needsMemory) { // entry.val
                MmTable.addSwapCountContinuation(src.mm().machine());
                continued = true;
                progress = 0;
            }
        }
    }

    /** {@code copy_one_pte}, which reads the PTE again, as does {@code pte_none} before it: its progress. */
    private int copyOnePte(Ptp dstPtp, Ptp srcPtp, long read, int addr) {
        long entry = srcPtp.word().readOnce();
        if (!PtEntry.isLeaf(read)) {
            return 1;
        }
        copyLeaf(dstPtp, srcPtp, entry, addr, addr + 1);
        return PROGRESS;
    }

    /** {@code copy_huge_pmd}. */
    private boolean copyHuge(Ptp dstPtp, Ptp srcPtp, int addr, int next) {
        src.mm()
                .machine()
                .bugOn(next - addr != src.mm().size(srcPtp.level()), "a huge page that is not within its VMA");
        SpinLock dstPtl = dst.lock(dstPtp);
        SpinLock srcPtl = src.mm().lockOf(srcPtp);
        srcPtl.lockNested(1);
        long entry = srcPtp.word().readOnce();
        boolean huge = PtEntry.isLeaf(entry);
        if (huge) {
            copyLeaf(dstPtp, srcPtp, entry, addr, next);
        } else if (PtEntry.isTable(entry)) {
            src.mm().machine().reach(MmTable.Marks.SPLIT_UNDER_COPY);
        }
        srcPtl.unlock();
        dstPtl.unlock();
        return huge;
    }

    private void copyLeaf(Ptp dstPtp, Ptp srcPtp, long entry, int addr, int next) {
        MmTable.copyEntry(srcPtp.word(), dstPtp.word(), entry);
        int order = src.mm().order(srcPtp.level());
        MmTable.see(0, addr, order, entry, next, visitor);
        MmTable.see(1, addr, order, Change.protectedEntry(entry), next, visitor);
    }
}
