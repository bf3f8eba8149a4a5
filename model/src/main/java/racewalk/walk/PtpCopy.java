package racewalk.walk;

import racewalk.machine.SpinLock;
import racewalk.walk.PtpTable.Ptv;
import racewalk.walk.PtpTable.Repair;

/**
 * {@code copy_pt_range} of Shutemov's proof of concept, 24 Apr 2018: both pointers move in lock step, and what is no
 * leaf is copied by a call of itself. In its order, {@code goto again} as a loop. Swap entries for which memory must be
 * allocated, and allocations that fail, are not modelled.
 *
 * <p>As posted: {@code copy_pt_leaf} makes {@code -ENOMEM} of what {@code copy_huge_pmd} says of a huge page that was
 * split meanwhile, {@code -EAGAIN}; and above, the loop that is left because of an error does not return it, but begins
 * again: "{@code if (addr != end) goto again}".
 */
final class PtpCopy {

    /** {@code copy_pt_range}: "progress += 8" of a leaf; and how much of it lets it look whether somebody waits. */
    private static final int PROGRESS = 8;

    /** Linux: 32, four entries; here one, for small tables. */
    private static final int LIMIT = 8;

    private final PtpTable dst;
    private final PtpTable src;
    private final Visitor visitor;

    PtpCopy(PtpTable dst, PtpTable src, Visitor visitor) {
        this.dst = dst;
        this.src = src;
        this.visitor = visitor;
    }

    /** {@code copy_page_range}. */
    void copy(int start, int end) {
        copyPtRange(dst.ptpInit(), src.ptpInit(), start, end);
    }

    /** False for {@code -ENOMEM}. */
    private boolean copyPtRange(Ptp dstUpper, Ptp srcUpper, int start, int end) {
        Ptp dstPtp = dst.ptpWalkAlloc(dstUpper, start);
        Ptp srcPtp = src.ptpWalk(srcUpper, start);
        boolean bottom = srcPtp.level() == 0;
        SpinLock dstPtl = null;
        SpinLock srcPtl = null;
        int progress = 0;
        int addr = start;
        do { // again
            if (bottom) { // "Proactively take page table lock for last level page table"
                dstPtl = dst.ptpLock(dstPtp);
                srcPtl = src.mm().lockOf(srcPtp);
                srcPtl.lockNested(1);
            }
            while (addr != end) {
                Ptv srcPtv = PtpTable.getPtv(srcPtp);
                int next = src.mm().addrEnd(addr, end, srcPtp.level());
                if (bottom && progress >= LIMIT) {
                    progress = 0;
                    if (MmTable.isContended(src.mm().machine())) {
                        break;
                    }
                }
                boolean copied = srcPtv.isLeaf() && copyPtLeaf(dstPtp, srcPtp, addr, next);
                if (srcPtv.isLeaf() && !copied && !src.isRepaired(Repair.SPLIT)) {
                    return false;
                }
                if (copied) {
                    progress += PROGRESS;
                } else if (PtpTable.getPtv(srcPtp).isNone()) { // ptp_none_or_clear_bad
                    progress++;
                } else if (!copyPtRange(dstPtp, srcPtp, addr, next)) {
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
        SpinLock dstPtl = dst.ptpLock(dstPtp);
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
