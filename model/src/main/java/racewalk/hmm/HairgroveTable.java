package racewalk.hmm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import racewalk.hmm.HmmPt.Locks;
import racewalk.hmm.HmmPtIter.Planted;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.walk.TableShape;
import racewalk.walk.Visitor;
import racewalk.walk.WalkedTable;

/**
 * The page table with {@link HairgroveIter}; its callers, which were not posted, treat an entry as those of the patch
 * do, and under the directory's lock, for which they ask entry by entry.
 */
public final class HairgroveTable extends HmmPtTable {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** The entry that {@code next} has found valid is invalid when its caller has the directory's lock. */
        STALE
    }

    /** What a caller makes of an entry that {@code next} has found valid. */
    public enum Caller {
        /** Looks at it again under the directory's lock. */
        LOOKS_AGAIN,
        /** Takes the iterator's word for it. */
        TRUSTS
    }

    private final Caller caller;

    private HairgroveTable(HmmPt pt, Caller caller) {
        super(pt);
        this.caller = caller;
    }

    /** The table. */
    public static WalkedTable make(Machine machine, String name, TableShape shape, Caller caller) {
        return new HairgroveTable(new HmmPt(machine, name, shape, Locks.SPLIT), caller);
    }

    private HairgroveIter iter(int start, int end, Visitor visitor) {
        return new HairgroveIter(pt(), start, end, visitor, Planted.NOTHING);
    }

    @Override
    public void walk(int start, int end, Visitor visitor) {
        HairgroveIter iter = iter(start, end, visitor);
        for (Ptep ptep = iter.next(); ptep != null; ptep = iter.next()) {
            see(0, iter.addr(), ptep, visitor);
        }
        iter.fini();
    }

    @Override
    public boolean populate(int address, long value) {
        HairgroveIter iter = iter(address, address + 1, Visitor.NONE);
        return fault(iter, iter.nextAlloc(), value);
    }

    @Override
    public void clear(int start, int end) {
        HairgroveIter iter = iter(start, end, Visitor.NONE);
        for (Ptep ptep = iter.next(); ptep != null; ptep = iter.next()) {
            iter.directoryLock();
            if (caller == Caller.TRUSTS) {
                ptep.entry().writeOnce(0);
                iter.directoryUnref(pt().llevel());
            } else if (HmmPt.isValid(ptep.entry().readOnce())) {
                clear(iter, ptep);
            } else {
                pt().machine().reach(Marks.STALE);
            }
            iter.directoryUnlock();
        }
        iter.fini();
    }

    /** By a merge: each iterator owns its place, and the lowest is next. */
    @Override
    public void lockstep(List<WalkedTable> tables, int start, int end, Visitor visitor) {
        Merge merge = new Merge(tables.size(), visitor);
        tables.forEach(table -> merge.iters.add(((HairgroveTable) table).iter(start, end, merge)));
        for (int table = 0; table < tables.size(); table++) {
            merge.advance(table);
        }
        for (int table = merge.lowest(); table >= 0; table = merge.lowest()) {
            see(table, merge.iters.get(table).addr(), merge.pteps[table], visitor);
            merge.advance(table);
        }
        merge.iters.forEach(HmmPtIter::fini);
    }

    /** Where each of several iterators is. */
    private static final class Merge implements Visitor {

        private final List<HairgroveIter> iters = new ArrayList<>();
        private final Ptep[] pteps;
        private final Visitor visitor;

        Merge(int tables, Visitor visitor) {
            this.pteps = new Ptep[tables];
            this.visitor = visitor;
        }

        void advance(int table) {
            pteps[table] = null;
            pteps[table] = iters.get(table).next();
        }

        /** The table whose entry has the lowest address; -1 if all are done. */
        int lowest() {
            int lowest = -1;
            for (int table = 0; table < pteps.length; table++) {
                boolean lower = pteps[table] != null
                        && (lowest < 0
                                || iters.get(table).addr() < iters.get(lowest).addr());
                lowest = lower ? table : lowest;
            }
            return lowest;
        }

        @Override
        public void sees(int table, int address, long value) {
            visitor.sees(table, address, value);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(visitor.toString());
            for (int table = 0; table < pteps.length; table++) {
                HairgroveIter iter = iters.get(table);
                text.append(" | ").append(iter).append(' ').append(iter.addr());
            }
            return text + Arrays.toString(pteps);
        }
    }

    @Override
    public void finish() {
        pt().fini(false);
    }
}
