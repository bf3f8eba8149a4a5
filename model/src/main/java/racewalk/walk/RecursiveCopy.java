package racewalk.walk;

import racewalk.machine.SpinLock;

/**
 * {@code copy_page_range}, as {@code copy_pt_range} of Shutemov's proof of concept, 24 Apr 2018, has it: both pointers
 * move in lock step, and what is no leaf is copied by a call of itself. In its order, {@code goto again} as a loop.
 * Swap entries for which memory must be allocated, and allocations that fail, are not modelled.
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
        boolean bottom = level == 0;
        SpinLock dstPtl = null;
        SpinLock srcPtl = null;
        int progress = 0;
        int addr = start;
        do { // again
            if (bottom) { // "Proactively take page table lock for last level page table"
                dstPtl = dst.lock(dstPtp);
                srcPtl = src.mm().lockOf(srcPtp);
                srcPtl.lockNested(1);
            }
            while (addr != end) {
                int next = src.addrEnd(level, addr, end);
                if (bottom && progress >= LIMIT) {
                    progress = 0;
                    if (MmTable.isContended(src.mm().machine())) {
                        break;
                    }
                }
                if (!src.isAboveFolded(level)) {
                    boolean leaf = PtEntry.isLeaf(srcPtp.word().readOnce());
                    boolean copied = leaf && copyPtLeaf(dstPtp, srcPtp, addr, next);
                    if (leaf && !copied && !src.copiesWhatWasSplit()) {
                        return false;
                    }
                    boolean none = !copied && srcPtp.word().readOnce() == PtEntry.NONE; // ptp_none_or_clear_bad
                    progress += copied ? PROGRESS : none ? 1 : 0;
                    if (!copied && !none && !copyPtRange(level - 1, dstPtp, srcPtp, addr, next)) {
                        break;
                    }
                } else if (!copyPtRange(level - 1, dstPtp, srcPtp, addr, next)) {
                    break;
                }
                dstPtp = dstPtp.next();
                srcPtp = srcPtp.next();
                addr = next;
            }
            if (bottom) {
                srcPtl.unlock();
                dstPtl.unlock();
            }
        } while (addr != end);
        return true;
    }

    /** {@code copy_pt_leaf}: false if the entry is no leaf any more. */
    private boolean copyPtLeaf(Ptp dstPtp, Ptp srcPtp, int addr, int next) {
        if (srcPtp.level() == 0) {
            copyEntry(dstPtp, srcPtp, srcPtp.word().readOnce(), addr, next);
            return true;
        }
        return copyHuge(dstPtp, srcPtp, addr, next);
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
            copyEntry(dstPtp, srcPtp, entry, addr, next);
        } else if (PtEntry.isTable(entry)) {
            src.mm().machine().reach(MmTable.Marks.SPLIT_UNDER_COPY);
        }
        srcPtl.unlock();
        dstPtl.unlock();
        return huge;
    }

    private void copyEntry(Ptp dstPtp, Ptp srcPtp, long entry, int addr, int next) {
        MmTable.copyEntry(srcPtp.word(), dstPtp.word(), entry);
        int order = src.mm().order(srcPtp.level());
        MmTable.see(0, addr, order, entry, next, visitor);
        MmTable.see(1, addr, order, Change.protectedEntry(entry), next, visitor);
    }
}
