package racewalk.walk;

import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.walk.VptePath.Planted;

/**
 * {@code vpte_iter}: Wilcox, "Re: [LSF/MM/BPF TOPIC] Page table manipulation primitives", Feb 2020 (seed 003). It
 * iterates over the entries of a range, of whatever order, and keeps the order here and not in the value: it knows the
 * level because it went there. "When moving to the next entry in the tree, it knows whether to go up before going
 * sideways, and then down as far as it needs to." It never calls itself.
 *
 * <p>He posted the loop {@code vpte_iter_for_each(vpte, iter, start, end, flags)} and {@code set_vpte_at(mm, addr,
 * iter, vpte, order)}, and these sentences. [R]: the lock of a table of PTEs is taken on the way down and kept while it
 * goes sideways there, as {@code walk_pte_range} does; a leaf of an upper level is locked and read again, and if it is
 * a table by then, the way goes on down: the order is that of what was read last.
 */
final class VpteIterator {

    private final PageTables mm;
    private final int start;
    private final int end;
    private final WalkMode mode;
    private final Planted planted;
    private final VptePath path;
    private Word ptep;
    private long vpte;
    private SpinLock held;

    /** {@code vpte_iter_for_each}'s head: an iterator before the first entry of a range that is not empty. */
    VpteIterator(PageTables mm, int start, int end, WalkMode mode, Planted planted) {
        this.mm = mm;
        this.start = start;
        this.end = end;
        this.mode = mode;
        this.planted = planted;
        this.path = new VptePath(mm, start, planted);
    }

    /** The entry's value; nobody changes it if it is a leaf, or if the mode is {@link WalkMode#FILL}. */
    long vpte() {
        return vpte;
    }

    /** The first page of the range that the entry maps. */
    int addr() {
        return path.addr();
    }

    /** {@code vpte_order}: the order of the entry. */
    int order() {
        return path.order(vpte);
    }

    /** To the first entry. */
    void first() {
        down();
    }

    /** To the next one; false at the end of the range, where it holds no lock any more. */
    boolean next() {
        path.forward(path.behind(vpte));
        boolean more = path.addr() < end;
        if (held != null && (!more || path.level() > 0)) {
            unlock();
        }
        if (more) {
            down();
        }
        return more;
    }

    /** As far as it needs to. */
    private void down() {
        for (; ; ) {
            ptep = path.word();
            vpte = ptep.readOnce();
            if (PtEntry.isTable(vpte)) {
                path.down(vpte);
                if (path.level() == 0) {
                    lock();
                }
            } else if (mode.fits(vpte) && !path.isWithin(start, end)) {
                if (PtEntry.isLeaf(vpte)) {
                    mm.split(path.ptp());
                } else {
                    mm.alloc(path.ptp());
                }
            } else if (held != null || !mode.locks(vpte)) {
                return;
            } else {
                lock();
                vpte = ptep.readOnce();
                if (!PtEntry.isTable(vpte) || planted == Planted.KEEPS_ORDER) {
                    return;
                }
                mm.machine().reach(MmTable.Marks.SPLIT_UNDER_WALKER);
                unlock();
            }
        }
    }

    private void lock() {
        held = mm.lockOf(path.ptp());
        held.lock();
    }

    private void unlock() {
        held.unlock();
        held = null;
    }

    /** {@code set_vpte_at(mm, addr, iter, vpte, order)}: of the order of the entry, under its lock. */
    void set(long entry) {
        ptep.writeOnce(entry);
    }
}
