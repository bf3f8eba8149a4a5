package racewalk.hmm;

import java.util.Set;
import racewalk.hmm.HmmPtV3.Repair;
import racewalk.walk.Visitor;

/**
 * The iterator of "[PATCH 06/15] HMM: add HMM page table v3", 17 July 2015: {@code walk} skips what has no directory,
 * and {@code lookup} says how far its answer reaches. {@code hmm_pt_level_start} and {@code hmm_pt_level_end} are those
 * of a whole directory now, and an end is inclusive.
 */
final class HmmPtIterV3 extends HmmPtIter {

    private final Set<Repair> repairs;
    private int addr;
    private int next;

    HmmPtIterV3(HmmPt pt, Visitor visitor, Set<Repair> repairs, Planted planted) {
        super(pt, visitor, planted);
        this.repairs = repairs;
    }

    @Override
    boolean covers(int address, int level) {
        return address >= levelStart(cur(), level) && address <= levelEnd(cur(), level);
    }

    /** {@code hmm_pt_level_start}. */
    private int levelStart(int address, int level) {
        return level > 0 ? address & pt().mask(level - 1) : 0;
    }

    /** {@code hmm_pt_level_end}, which is inclusive. */
    private int levelEnd(int address, int level) {
        return level > 0 ? address | ~pt().mask(level - 1) : pt().last();
    }

    @Override
    void unrefParent(int level) {
        if (level > 1) {
            directoryUnref(level - 1);
        } else if (!repairs.contains(Repair.ROOT)) {
            pt().machine().bugOn(true, "hmm_pt_directory_unref of ptd[-1]");
        }
    }

    /** {@code *addr}, when a walk has returned. */
    int addr() {
        return addr;
    }

    /** {@code *next}, when a walk or a lookup has returned. */
    int next() {
        return next;
    }

    @Override
    int curWhenAllocated(int address, int level) {
        return cur(); // set before the loop
    }

    /** Where to go on after an invalid entry of level {@code i}. */
    private int afterInvalid(int address, int i) {
        return (repairs.contains(Repair.SKIP) ? levelEnd(address, i + 1) : levelEnd(cur(), i)) + 1;
    }

    private boolean isOver() {
        return repairs.contains(Repair.END) ? addr >= next : addr > next;
    }

    /** {@code hmm_pt_iter_walk} of {@code [address, end)}: null if there is no directory in it. */
    Ptep walk(int address, int end) {
        addr = address;
        next = end;
        int llevel = pt().llevel();
        if (ptd(llevel) != null && covers(addr, llevel)) {
            next = Math.min(next, levelEnd(addr, llevel) + 1);
            return ptdp(addr);
        }
        while (true) {
            localsAre("again " + addr + " " + next);
            Step step = Step.PROTECTED;
            int i = unprotectUncovering(addr);
            for (; i < llevel && step == Step.PROTECTED; ++i) {
                step = walkDown(addr, i);
            }
            if (step == Step.PROTECTED) {
                next = Math.min(next, levelEnd(addr, llevel) + 1);
                return ptdp(addr);
            }
            if (step == Step.INVALID) {
                addr = afterInvalid(addr, i - 1);
            }
            if (isOver()) {
                addr = next;
                return null;
            }
        }
    }

    /** {@code hmm_pt_iter_lookup} with {@code *next = end}: null if there is no directory, up to {@link #next}. */
    Ptep lookup(int address, int end) {
        next = end;
        int llevel = pt().llevel();
        if (ptd(llevel) == null || !covers(address, llevel)) {
            for (int i = unprotectUncovering(address); i < llevel; ++i) {
                if (walkDown(address, i) != Step.PROTECTED) {
                    next = Math.min(next, afterInvalid(address, i));
                    return null;
                }
            }
        }
        next = Math.min(next, levelEnd(address, llevel) + 1);
        return ptdp(address);
    }

    /** {@code hmm_pt_iter_populate} with {@code *next = end}: null if there is no memory. */
    Ptep populate(int address, int end) {
        Ptep ptep = lookup(address, end);
        if (ptep != null) {
            return ptep;
        }
        setCur(address);
        ptep = allocateDown(address);
        if (ptep != null) {
            next = Math.min(next, levelEnd(address, pt().llevel()) + 1);
        }
        return ptep;
    }
}
