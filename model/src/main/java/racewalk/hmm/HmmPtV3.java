package racewalk.hmm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import racewalk.hmm.HmmPt.Locks;
import racewalk.hmm.HmmPtIter.Planted;
import racewalk.machine.Machine;
import racewalk.walk.TableShape;
import racewalk.walk.Visitor;
import racewalk.walk.WalkedTable;

/**
 * The page table of July 2015 with {@link HmmPtIterV3}; the callers are those of the same series: {@code
 * hmm_mirror_range_dirty}, {@code hmm_mirror_fault_pmd}, {@code hmm_mirror_update_pt}, {@code
 * dummy_mirror_pt_invalidate}.
 */
public final class HmmPtV3 extends HmmPtTable {

    /** What it takes to make it right. */
    public enum Repair {
        /** The root is not counted, so a directory of level 1 drops no reference on it: as in v1. */
        ROOT,
        /** An invalid entry of a directory of level i is as far as a directory of level i + 1 goes, and no farther. */
        SKIP,
        /** A walk ends at the end of its range, and not behind it: {@code *addr >= *next}. */
        END
    }

    private final Set<Repair> repairs;

    private HmmPtV3(HmmPt pt, Set<Repair> repairs) {
        super(pt);
        this.repairs = Set.copyOf(repairs);
    }

    /** As posted, with some repairs. */
    public static WalkedTable make(Machine machine, String name, TableShape shape, Set<Repair> repairs) {
        return new HmmPtV3(new HmmPt(machine, name, shape, Locks.SPLIT), repairs);
    }

    private HmmPtIterV3 iter(Visitor visitor) {
        return new HmmPtIterV3(pt(), visitor, repairs, Planted.NOTHING);
    }

    /** {@code hmm_mirror_range_dirty}, which takes no lock. */
    @Override
    public void walk(int start, int end, Visitor visitor) {
        HmmPtIterV3 iter = iter(visitor);
        for (int addr = start; addr != end; ) {
            Ptep ptep = iter.walk(addr, end);
            addr = iter.addr();
            for (; ptep != null && addr != iter.next(); ptep = ptep.next(), addr++) {
                see(0, addr, ptep, visitor);
            }
        }
        iter.fini();
    }

    /** {@code hmm_mirror_fault_pmd}, of one page. */
    @Override
    public boolean populate(int address, long value) {
        HmmPtIterV3 iter = iter(Visitor.NONE);
        return fault(iter, iter.populate(address, address + 1), value);
    }

    /** {@code hmm_mirror_update_pt}, of an event that leaves nothing of an entry. */
    @Override
    public void clear(int start, int end) {
        HmmPtIterV3 iter = iter(Visitor.NONE);
        for (int addr = start; addr != end; ) {
            Ptep ptep = iter.walk(addr, end);
            addr = iter.addr();
            if (ptep == null) {
                continue;
            }
            iter.directoryLock();
            for (; addr != iter.next(); ptep = ptep.next(), addr++) {
                clear(iter, ptep);
            }
            iter.directoryUnlock();
        }
        iter.fini();
    }

    /** By {@code lookup}, whose {@code next} the tables share: {@code dummy_mirror_pt_invalidate}. */
    @Override
    public void lockstep(List<WalkedTable> tables, int start, int end, Visitor visitor) {
        List<HmmPtIterV3> iters = new ArrayList<>();
        tables.forEach(table -> iters.add(((HmmPtV3) table).iter(visitor)));
        for (int addr = start; addr < end; ) {
            List<Ptep> pteps = new ArrayList<>();
            int next = end;
            for (HmmPtIterV3 iter : iters) {
                pteps.add(iter.lookup(addr, next));
                next = iter.next();
            }
            for (; addr < next; addr++) {
                seeAll(pteps, addr, visitor);
            }
        }
        iters.forEach(HmmPtIter::fini);
    }

    @Override
    public void finish() {
        pt().fini(false);
    }
}
