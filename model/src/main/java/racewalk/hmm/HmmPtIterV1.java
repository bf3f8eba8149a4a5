package racewalk.hmm;

import racewalk.walk.Visitor;

/**
 * The iterator as posted in January and May 2015, "[PATCH 4/6] HMM: add HMM page table" (v2 is the same but for names
 * of bits): its caller owns the address, {@code update} finds its entry, and {@code next} the next address to try.
 *
 * <p>{@code hmm_pt_level_start} and {@code hmm_pt_level_end} are those of one <em>entry</em> of a directory: a
 * directory counts as covering an address only if the same entry of it does.
 */
final class HmmPtIterV1 extends HmmPtIter {

    HmmPtIterV1(HmmPt pt, Visitor visitor, Planted planted) {
        super(pt, visitor, planted);
    }

    @Override
    boolean covers(int addr, int level) {
        return addr >= levelStart(cur(), level) && addr < levelEnd(cur(), level);
    }

    /** {@code hmm_pt_level_start}. */
    private int levelStart(int addr, int level) {
        return addr & pt().mask(level);
    }

    /** {@code hmm_pt_level_end}. */
    private int levelEnd(int addr, int level) {
        return (addr | ~pt().mask(level)) + 1;
    }

    /** {@code hmm_pt_level_next}. */
    int levelNext(int addr, int end, int level) {
        int next = (addr | ~pt().mask(level)) + 1;
        return next - 1 < end - 1 ? next : end;
    }

    @Override
    void unrefParent(int level) {
        if (level > 1) { // "Nothing to do for root level."
            directoryUnref(level - 1);
        }
    }

    @Override
    int curWhenAllocated(int addr, int level) {
        return levelStart(addr, level);
    }

    /** {@code hmm_pt_iter_next}: a hint, for the root is read without RCU. */
    int next(int addr, int end) {
        for (int i = pt().llevel(); i >= 1; --i) {
            if (ptd(i) != null && covers(addr, i)) {
                return levelNext(cur(), end, i);
            }
        }
        if (HmmPt.isValid(pt().entry(null, addr, 0).readOnce())) {
            return levelNext(addr, end, pt().llevel());
        }
        for (; addr < end; addr = levelNext(addr, end, 0)) {
            if (HmmPt.isValid(pt().entry(null, addr, 0).readOnce())) {
                return addr;
            }
        }
        return end;
    }

    /** {@code hmm_pt_iter_update}: null if there is no directory. */
    Ptep update(int addr) {
        if (ptd(pt().llevel()) != null && covers(addr, pt().llevel())) {
            return ptdp(addr);
        }
        for (int i = unprotectUncovering(addr); i < pt().llevel(); ++i) {
            if (walkDown(addr, i) != Step.PROTECTED) {
                return null;
            }
        }
        return ptdp(addr);
    }

    /** {@code hmm_pt_iter_fault}: null if there is no memory. */
    Ptep fault(int addr) {
        Ptep ptep = update(addr);
        return ptep != null ? ptep : allocateDown(addr);
    }
}
