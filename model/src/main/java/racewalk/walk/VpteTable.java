package racewalk.walk;

import racewalk.machine.Machine;
import racewalk.walk.VptePath.Planted;

/** The page tables of a process, walked by {@link VpteIterator}, and copied by {@link VptePair}. */
public final class VpteTable extends MmTable {

    private final Planted planted;

    private VpteTable(PageTables mm, Planted planted) {
        super(mm);
        this.planted = planted;
    }

    /** The table. */
    public static WalkedTable make(Machine machine, String name, TableShape shape) {
        return with(Planted.NOTHING, machine, name, shape);
    }

    /** With a planted fault. */
    public static WalkedTable with(Planted planted, Machine machine, String name, TableShape shape) {
        return new VpteTable(new PageTables(machine, name, shape), planted);
    }

    @Override
    public void walk(int start, int end, Visitor visitor) {
        VpteIterator iter = new VpteIterator(mm(), start, end, WalkMode.LOOK, planted);
        iter.first();
        do {
            if (iter.vpte() != PtEntry.NONE) {
                see(0, iter.addr(), iter.order(), iter.vpte(), end, visitor);
            }
        } while (iter.next());
    }

    @Override
    void change(int start, int end, Change change) {
        VpteIterator iter = new VpteIterator(mm(), start, end, change.mode(), planted);
        iter.first();
        do {
            if (change.concerns(iter.vpte())) {
                iter.set(change.then().applyAsLong(iter.vpte()));
            }
        } while (iter.next());
    }

    @Override
    public void copyRange(WalkedTable child, int start, int end, Visitor visitor) {
        VptePair pair = new VptePair(mm(), ((VpteTable) child).mm(), start, end, planted);
        pair.first();
        do {
            if (pair.vpte() != PtEntry.NONE) {
                pair.copy(visitor);
            }
        } while (pair.next());
    }
}
