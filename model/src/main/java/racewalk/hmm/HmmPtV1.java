package racewalk.hmm;

import java.util.ArrayList;
import java.util.List;
import racewalk.hmm.HmmPt.Locks;
import racewalk.hmm.HmmPtIter.Planted;
import racewalk.machine.Machine;
import racewalk.walk.TableShape;
import racewalk.walk.Visitor;
import racewalk.walk.WalkedTable;

/**
 * The page table of January and May 2015 with {@link HmmPtIterV1}; the callers are those of the same series: {@code
 * hmm_mirror_range_dirty}, {@code hmm_mirror_fault_pmd}, {@code hmm_mirror_update_pt}.
 */
public final class HmmPtV1 extends HmmPtTable {

    /** How {@code hmm_pt_fini_directory} is. */
    public enum Fini {
        /** As posted: for each child it frees the parent. */
        AS_POSTED,
        /** As in v3: it frees the child. */
        REPAIRED
    }

    private final Fini fini;
    private final Planted planted;

    private HmmPtV1(HmmPt pt, Fini fini, Planted planted) {
        super(pt);
        this.fini = fini;
        this.planted = planted;
    }

    /** As posted, but for {@code fini}. */
    public static WalkedTable make(Machine machine, String name, TableShape shape, Locks locks, Fini fini) {
        return new HmmPtV1(new HmmPt(machine, name, shape, locks), fini, Planted.NOTHING);
    }

    /** With a planted fault. */
    public static WalkedTable without(Planted planted, Machine machine, String name, TableShape shape) {
        return new HmmPtV1(new HmmPt(machine, name, shape, Locks.SPLIT), Fini.REPAIRED, planted);
    }

    private HmmPtIterV1 iter(Visitor visitor) {
        return new HmmPtIterV1(pt(), visitor, planted);
    }

    /** {@code hmm_mirror_range_dirty}, which takes no lock. */
    @Override
    public void walk(int start, int end, Visitor visitor) {
        HmmPtIterV1 iter = iter(visitor);
        for (int addr = start; addr != end; ) {
            iter.localsAre("walk " + addr);
            Ptep ptep = iter.update(addr);
            if (ptep == null) {
                addr = iter.next(addr, end);
                continue;
            }
            int cend = iter.levelNext(addr, end, pt().llevel() - 1);
            do {
                see(0, addr, ptep, visitor);
                ptep = ptep.next();
            } while (++addr != cend);
        }
        iter.fini();
    }

    /** {@code hmm_mirror_fault_pmd}, of one page. */
    @Override
    public boolean populate(int address, long value) {
        HmmPtIterV1 iter = iter(Visitor.NONE);
        return fault(iter, iter.fault(address), value);
    }

    /** {@code hmm_mirror_update_pt}, of an event that leaves nothing of an entry. */
    @Override
    public void clear(int start, int end) {
        HmmPtIterV1 iter = iter(Visitor.NONE);
        for (int addr = start; addr != end; ) {
            iter.localsAre("clear " + addr);
            Ptep ptep = iter.update(addr);
            if (ptep == null) {
                addr = iter.next(addr, end);
                continue;
            }
            int cend = iter.levelNext(addr, end, pt().llevel() - 1);
            iter.directoryLock();
            do {
                clear(iter, ptep);
                ptep = ptep.next();
            } while (++addr != cend);
            iter.directoryUnlock();
        }
        iter.fini();
    }

    /** "The outer loop might be accessing several different mirror page table each might have different gap." */
    @Override
    public void lockstep(List<WalkedTable> tables, int start, int end, Visitor visitor) {
        List<HmmPtIterV1> iters = new ArrayList<>();
        tables.forEach(table -> iters.add(((HmmPtV1) table).iter(visitor)));
        for (int addr = start; addr < end; ) {
            List<Ptep> pteps = new ArrayList<>();
            int next = end;
            for (HmmPtIterV1 iter : iters) {
                Ptep ptep = iter.update(addr);
                pteps.add(ptep);
                next = Math.min(
                        next, ptep == null ? iter.next(addr, end) : iter.levelNext(addr, end, pt().llevel() - 1));
            }
            for (; addr < next; addr++) {
                seeAll(pteps, addr, visitor);
            }
        }
        iters.forEach(HmmPtIter::fini);
    }

    @Override
    public void finish() {
        pt().fini(fini == Fini.AS_POSTED);
    }
}
