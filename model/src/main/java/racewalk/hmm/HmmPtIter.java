package racewalk.hmm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.walk.Visitor;

/**
 * {@code struct hmm_pt_iter}, and what the iterators of all versions do alike: protect a directory, release it, free
 * what has died. {@code kmap} is left out: a directory is read wherever it is.
 */
public abstract class HmmPtIter {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** A walk comes to a directory that has died, and whose killer has not unlinked it yet. */
        DEAD_MET,
        /** A walk drops the last reference of a directory. */
        KILLED,
        /** The killer finds another directory where its own was linked. */
        REPLACED,
        /** Who allocates finds that another has done so. */
        ADOPTED,
        /** Who allocates overwrites a directory that has died. */
        OVERWRITTEN,
        /** A directory could not be allocated, below one that had just been. */
        NO_MEMORY
    }

    /** What a planted fault leaves out of the protocol. */
    public enum Planted {
        /** Nothing. */
        NOTHING,
        /** The entry is read in one RCU section, and the reference taken in another. */
        ONE_RCU_SECTION,
        /** Directories are freed without {@code synchronize_rcu}. */
        GRACE_PERIOD,
        /** The parent's entry is cleared without a look whether it still points to the directory that died. */
        RECHECK,
        /** The index of the parent's entry is that of the address to which the iterator goes. */
        CUR,
        /** A reference is taken whatever the count is. */
        NOT_ZERO,
        /** Who cannot allocate a directory returns without {@code hmm_pt_iter_fini}. */
        FINI
    }

    private static final int EINVAL = -22;

    private final HmmPt pt;
    private final Machine machine;
    private final Visitor visitor;
    private final Planted planted;
    private final Directory[] ptd;
    private final List<Directory> deadDirectories = new ArrayList<>();
    private int cur;

    /**
     * {@code hmm_pt_iter_init}.
     *
     * @param visitor what its caller keeps, for {@link #localsAre}
     */
    HmmPtIter(HmmPt pt, Visitor visitor, Planted planted) {
        this.pt = pt;
        this.machine = pt.machine();
        this.visitor = visitor;
        this.planted = planted;
        this.ptd = new Directory[pt.llevel()];
    }

    /** The table. */
    final HmmPt pt() {
        return pt;
    }

    /** {@code iter->ptd[level - 1]}; null at level 0. */
    final Directory ptd(int level) {
        return level > 0 ? ptd[level - 1] : null;
    }

    /** {@code iter->cur}. */
    final int cur() {
        return cur;
    }

    final void setCur(int addr) {
        cur = addr;
    }

    /** Whether the directory that is protected at {@code level} covers an address, as far as the patch asks. */
    abstract boolean covers(int addr, int level);

    /** Drops the reference that the entry of a dead directory of {@code level} was on its parent. */
    abstract void unrefParent(int level);

    /** {@code hmm_pt_directory_ref}: of a directory that is protected. */
    final void directoryRef(int level) {
        boolean referenced = ptd(level).mapcount().incNotZero();
        machine.bugOn(!referenced, "a reference on a directory that has none");
    }

    /** {@code hmm_pt_directory_unref}: of a directory that is protected. */
    final void directoryUnref(int level) {
        boolean last = ptd(level).mapcount().decAndTest();
        machine.bugOn(last, "the last reference on a directory that is protected");
    }

    /** {@code hmm_pt_iter_directory_lock}. */
    final void directoryLock() {
        pt.directoryLock(ptd(pt.llevel()), pt.llevel());
    }

    /** {@code hmm_pt_iter_directory_unlock}. */
    final void directoryUnlock() {
        pt.directoryUnlock(ptd(pt.llevel()), pt.llevel());
    }

    /** {@code hmm_pt_iter_ptdp}. */
    final Ptep ptdp(int addr) {
        Directory directory = ptd(pt.llevel());
        machine.bugOn(directory == null || !covers(addr, pt.llevel()), "hmm_pt_iter_ptdp of another directory");
        return new Ptep(directory, pt.index(addr, pt.llevel()));
    }

    /** {@code hmm_pt_iter_directory_unref_safe}. */
    private void directoryUnrefSafe(int level, int addr) {
        Directory dead = ptd(level);
        if (!dead.mapcount().releaseAndTest()) {
            return;
        }
        machine.reach(Marks.KILLED);
        Directory upperPtd = ptd(level - 1);
        Word upperPtdp = pt.entry(upperPtd, addr, level - 1);
        pt.directoryLock(upperPtd, level - 1);
        if (planted == Planted.RECHECK || HmmPt.pfn(upperPtdp.readOnce()) == dead.pfn()) {
            upperPtdp.writeOnce(0);
        } else {
            machine.reach(Marks.REPLACED);
        }
        pt.directoryUnlock(upperPtd, level - 1);
        dead.addToList();
        deadDirectories.add(dead);
        unrefParent(level);
    }

    /** {@code hmm_pt_iter_unprotect_directory}: the index is computed from {@code cur}. */
    private void unprotectDirectory(int level, int addr) {
        if (ptd(level) == null) {
            return;
        }
        directoryUnrefSafe(level, addr);
        ptd[level - 1] = null;
    }

    /**
     * "First unprotect any directory that do not cover the address."
     *
     * @return the deepest level that covers it
     */
    final int unprotectUncovering(int addr) {
        int i;
        for (i = pt.llevel(); i >= 1; --i) {
            if (ptd(i) == null) {
                continue;
            }
            if (covers(addr, i)) {
                break;
            }
            unprotectDirectory(i, planted == Planted.CUR ? addr : cur);
        }
        return i;
    }

    /** What became of an entry that was to be followed. */
    enum Step {
        /** Its directory is protected now. */
        PROTECTED,
        /** It is invalid. */
        INVALID,
        /** Its directory has died. */
        DEAD
    }

    /** One level down: the entry is read and the reference taken in one RCU section. */
    final Step walkDown(int addr, int level) {
        pt.rcu().readLock();
        long pte = pt.entry(ptd(level), addr, level).readOnce();
        if (!HmmPt.isValid(pte)) {
            pt.rcu().readUnlock();
            return Step.INVALID;
        }
        if (planted == Planted.ONE_RCU_SECTION) {
            pt.rcu().readUnlock();
            pt.rcu().readLock();
        }
        return protectDirectory(pt.directory(pte), addr, level + 1) == 1 ? Step.PROTECTED : Step.DEAD;
    }

    /** {@code hmm_pt_iter_protect_directory}: leaves the RCU section. */
    private int protectDirectory(Directory directory, int addr, int level) {
        if (level == 0 || ptd(level) != null) {
            pt.rcu().readUnlock();
            return EINVAL;
        }
        if (planted == Planted.NOT_ZERO) {
            directory.mapcount().hold();
        } else if (!directory.mapcount().holdNotZero()) {
            pt.rcu().readUnlock();
            machine.reach(Marks.DEAD_MET);
            return 0;
        }
        pt.rcu().readUnlock();
        ptd[level - 1] = directory;
        cur = addr;
        return 1;
    }

    /** What {@code cur} becomes when a directory has been allocated or adopted at {@code level}. */
    abstract int curWhenAllocated(int addr, int level);

    /**
     * "Populate directory tree structures": what {@code hmm_pt_iter_fault} and its successors have in common.
     *
     * @return the entry for {@code addr}; null if a directory could not be allocated: those above it stay protected
     */
    final Ptep allocateDown(int addr) {
        Directory fresh = null;
        for (int i = 1; i <= pt.llevel(); ++i) {
            if (ptd(i) != null) {
                continue;
            }
            fresh = fresh != null ? fresh : pt.allocPage();
            if (fresh == null) {
                if (i > 1) {
                    machine.reach(Marks.NO_MEMORY);
                }
                return null;
            }
            Directory upperPtd = ptd(i - 1);
            Word upperPtdp = pt.entry(upperPtd, addr, i - 1);
            pt.directoryLock(upperPtd, i - 1);
            long upper = upperPtdp.readOnce();
            if (HmmPt.isValid(upper)) {
                Directory directory = pt.directory(upper);
                if (directory.mapcount().holdNotZero()) {
                    machine.reach(Marks.ADOPTED);
                    ptd[i - 1] = directory;
                    pt.directoryUnlock(upperPtd, i - 1);
                    cur = curWhenAllocated(addr, i);
                    continue;
                }
                machine.reach(Marks.OVERWRITTEN);
            }
            fresh.mapcount().setHeld();
            upperPtdp.writeOnce(HmmPt.entry(fresh.pfn()));
            if (i > 1) {
                directoryRef(i - 1);
            }
            pt.directoryUnlock(upperPtd, i - 1);
            ptd[i - 1] = fresh;
            cur = curWhenAllocated(addr, i);
            fresh = null;
        }
        if (fresh != null) {
            pt.freePage(fresh);
        }
        return ptdp(addr);
    }

    /** Whether who cannot allocate a directory goes without {@link #fini}. */
    final boolean leavesWithoutFini() {
        return planted == Planted.FINI;
    }

    /** {@code hmm_pt_iter_fini}. */
    final void fini() {
        for (int i = pt.llevel(); i >= 1; --i) {
            unprotectDirectory(i, cur);
        }
        if (deadDirectories.isEmpty()) {
            return;
        }
        if (planted != Planted.GRACE_PERIOD) {
            pt.rcu().synchronize();
        }
        for (Directory dead : deadDirectories) {
            dead.deleteFromList();
            dead.mapcount().set(-1);
            pt.freePage(dead);
        }
    }

    /** All that a caller, which is at {@code where}, and this iterator still use. */
    final void localsAre(String where) {
        machine.localsAre(where + " " + this + " " + visitor);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        boolean any = false;
        for (Directory directory : ptd) {
            any |= directory != null;
            text.append(directory == null ? 0 : directory.pfn()).append(' ');
        }
        text.append(any ? cur : 0); // of no use without a directory
        deadDirectories.forEach(dead -> text.append(" +").append(dead.pfn()));
        return text.toString();
    }
}
