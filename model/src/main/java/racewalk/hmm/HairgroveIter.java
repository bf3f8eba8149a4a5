package racewalk.hmm;

import racewalk.walk.Visitor;

/**
 * Hairgrove's proposal in "Re: [PATCH 06/36] HMM: add HMM page table v2", June and July 2015 (seed 000): the iterator
 * owns the range, {@code next} returns the next <em>valid entry</em>, and {@code next_alloc} the next entry, allocated
 * if there is none. "The iterator would simply drop the reference to the previous directory, take a reference on the
 * next one, and keep searching", with "at most one directory per level referenced".
 *
 * <p>He posted signatures and this description. Deduced: the tree below is that of the patch, a directory covers its
 * whole span, within one the array is searched by a for loop, and one that has died is taken for an empty one, for a
 * moment there was when it was.
 */
final class HairgroveIter extends HmmPtIter {

    private final int end;
    private int pos;

    /** {@code hmm_pt_iter_init(iter, pt, start, end)}. */
    HairgroveIter(HmmPt pt, int start, int end, Visitor visitor, Planted planted) {
        super(pt, visitor, planted);
        this.pos = start;
        this.end = end;
    }

    @Override
    boolean covers(int addr, int level) {
        return addr >= (cur() & pt().mask(level - 1)) && addr <= spanEnd(cur(), level);
    }

    /** The last address of the directory of {@code level} that covers {@code addr}. */
    private int spanEnd(int addr, int level) {
        return addr | ~pt().mask(level - 1);
    }

    @Override
    void unrefParent(int level) {
        if (level > 1) {
            directoryUnref(level - 1);
        }
    }

    @Override
    int curWhenAllocated(int addr, int level) {
        return addr;
    }

    /** The address of the entry that was returned last. */
    int addr() {
        return pos - 1;
    }

    /** {@code hmm_pt_iter_next}: null at the end of the range. */
    Ptep next() {
        int llevel = pt().llevel();
        while (pos < end) {
            localsAre("next " + pos);
            Step step = Step.PROTECTED;
            int i = unprotectUncovering(pos);
            for (; i < llevel && step == Step.PROTECTED; ++i) {
                step = walkDown(pos, i);
            }
            if (step != Step.PROTECTED) {
                pos = spanEnd(pos, i) + 1;
                continue;
            }
            Ptep ptep = ptdp(pos);
            for (int last = Math.min(spanEnd(pos, llevel), end - 1); pos <= last; ptep = ptep.next()) {
                pos++;
                if (HmmPt.isValid(ptep.entry().readOnce())) {
                    return ptep;
                }
            }
        }
        return null;
    }

    /** {@code hmm_pt_iter_next_alloc}: null at the end of the range, and if there is no memory [R]. */
    Ptep nextAlloc() {
        if (pos >= end) {
            return null;
        }
        Step step = Step.PROTECTED;
        for (int i = unprotectUncovering(pos); i < pt().llevel() && step == Step.PROTECTED; ++i) {
            step = walkDown(pos, i);
        }
        Ptep ptep = step == Step.PROTECTED ? ptdp(pos) : allocateDown(pos);
        pos += ptep == null ? 0 : 1;
        return ptep;
    }
}
