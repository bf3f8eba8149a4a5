package racewalk.hmm;

import java.util.List;
import racewalk.machine.Word;
import racewalk.walk.Visitor;
import racewalk.walk.WalkedTable;

/** A table with one of the iterators, and its callers in {@code mm/hmm.c} and the dummy driver. */
abstract class HmmPtTable implements WalkedTable {

    private final HmmPt pt;

    HmmPtTable(HmmPt pt) {
        this.pt = pt;
    }

    final HmmPt pt() {
        return pt;
    }

    /**
     * {@code hmm_mirror_fault} of one page, whose entry has been looked for.
     *
     * @param ptep null if a directory could not be allocated
     * @return false for {@code -ENOMEM}
     */
    final boolean fault(HmmPtIter iter, Ptep ptep, long value) {
        if (ptep != null) {
            set(iter, ptep, value);
        } else if (iter.leavesWithoutFini()) {
            return false;
        }
        iter.fini();
        return ptep != null;
    }

    /**
     * {@code hmm_mirror_fault_pmd}'s treatment of one entry, under the directory's lock, which is dropped: the new
     * entry first, then the reference that it is.
     */
    private void set(HmmPtIter iter, Ptep ptep, long value) {
        iter.directoryLock();
        boolean wasValid = HmmPt.isValid(ptep.entry().readOnce());
        ptep.entry().writeOnce(HmmPt.entry(value));
        if (!wasValid) {
            iter.directoryRef(pt.llevel());
        }
        iter.directoryUnlock();
    }

    /** {@code hmm_mirror_update_pt}'s treatment of one entry, under the directory's lock. */
    final void clear(HmmPtIter iter, Ptep ptep) {
        if (!HmmPt.isValid(ptep.entry().readOnce())) {
            return;
        }
        ptep.entry().writeOnce(0);
        iter.directoryUnref(pt.llevel());
    }

    /** Lets {@code visitor} see an entry, without a lock, if it is valid. */
    static void see(int table, int addr, Ptep ptep, Visitor visitor) {
        long pte = ptep.entry().readOnce();
        if (HmmPt.isValid(pte)) {
            visitor.sees(table, addr, HmmPt.pfn(pte));
        }
    }

    /** Lets {@code visitor} see what several tables have at an address, and goes on to the next one. */
    static void seeAll(List<Ptep> pteps, int addr, Visitor visitor) {
        for (int table = 0; table < pteps.size(); table++) {
            Ptep ptep = pteps.get(table);
            if (ptep != null) {
                see(table, addr, ptep, visitor);
                pteps.set(table, ptep.next());
            }
        }
    }

    @Override
    public List<? extends DirectoryPage> pages() {
        return pt.pages();
    }

    @Override
    public List<Word> root() {
        return pt.root();
    }

    @Override
    public Word free() {
        return pt.free();
    }

    @Override
    public DirectoryPage pageOf(long entry) {
        return HmmPt.isValid(entry) ? pt.directory(entry) : null;
    }

    @Override
    public int levels() {
        return pt.llevel() + 1;
    }
}
