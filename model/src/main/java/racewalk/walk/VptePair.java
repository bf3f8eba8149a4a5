package racewalk.walk;

import racewalk.machine.SpinLock;
import racewalk.walk.VptePath.Planted;

/**
 * Two address spaces at once, flat: the form that the thread of 2020 left open. "I don't have a good solution for how
 * to express the 'copy_pt_range' in your example, where we need to iterate two mms at the same time. Maybe that's a
 * special iterator which does exactly that" (Wilcox, seed 003). All of it is [R].
 *
 * <p>The source leads: the iterator stops at its entries, of whatever order, and the destination follows by the same
 * address. It is right because of three things that hold whenever it stands at an entry:
 *
 * <ul>
 *   <li>Both paths have one address and one level. Both spaces have one shape, so how far up it goes, and that it goes
 *       up, depends on the address alone; and it goes down in both or in none.
 *   <li>Wherever the source has a table, the destination has one before the way goes on down: it is allocated while no
 *       lock is held, and who loses the race for it takes the winner's. Neither is freed meanwhile: fork holds the mmap
 *       locks of both for writing. So a place is an address and a level, and survives that the locks are dropped.
 *   <li>What is copied was read under both locks. They are of one pair of tables, are dropped before the level changes
 *       and before anything is allocated, and are taken the destination's first. Of two tasks that wait for each other
 *       one would hold the lock of a child's table as its source's: but a child is nobody's parent before its fork has
 *       ended. And whoever else takes locks of two spaces takes one at a time.
 * </ul>
 */
final class VptePair {

    /** What an entry that maps something counts, and one that maps nothing 1: {@code copy_pte_range}. */
    private static final int PROGRESS = 8;

    /** After how much progress it looks whether somebody waits. Linux: 32, four entries; here one, for small tables. */
    private static final int LIMIT = 8;

    private final PageTables parent;
    private final PageTables child;
    private final int end;
    private final Planted planted;
    private final VptePath src;
    private final VptePath dst;
    private long vpte;
    private SpinLock srcPtl;
    private SpinLock dstPtl;
    private int progress;

    /** Before the first entry of a range that is not empty. */
    VptePair(PageTables parent, PageTables child, int start, int end, Planted planted) {
        this.parent = parent;
        this.child = child;
        this.end = end;
        this.planted = planted;
        this.src = new VptePath(parent, start, planted);
        this.dst = new VptePath(child, start, planted);
    }

    /** To the first entry. */
    void first() {
        stop();
    }

    /** To the next one; false at the end of the range, where it holds no lock any more. */
    boolean next() {
        progress += vpte == PtEntry.NONE ? 1 : PROGRESS;
        int behind = src.behind(vpte);
        src.forward(behind);
        dst.forward(behind);
        boolean more = src.addr() < end;
        if (srcPtl != null && (!more || src.level() > 0)) {
            unlock();
        } else if (srcPtl != null) {
            giveWay();
        }
        if (more) {
            stop();
        }
        return more;
    }

    /** At an entry that can be copied: where that takes memory, it is allocated, and the entry read again. */
    private void stop() {
        down();
        if (src.level() == 0 && PtEntry.needsMemory(vpte)) {
            if (planted != Planted.ALLOCATES_LOCKED) {
                srcPtl.unlock();
                dstPtl.unlock();
            }
            MmTable.addSwapCountContinuation(parent.machine());
            relock();
            vpte = src.word().readOnce();
        }
    }

    /** As far as the source needs to. */
    private void down() {
        for (; ; ) {
            vpte = src.word().readOnce();
            if (PtEntry.isTable(vpte)) {
                long table = dst.word().readOnce();
                if (table == PtEntry.NONE) {
                    child.alloc(dst.ptp());
                    table = dst.word().readOnce();
                }
                child.machine().bugOn(!PtEntry.isTable(table), "something is mapped in the child");
                src.down(vpte);
                dst.down(table);
                if (src.level() == 0) {
                    lock();
                }
            } else if (srcPtl != null || vpte == PtEntry.NONE) {
                return;
            } else {
                lock();
                vpte = src.word().readOnce();
                if (!PtEntry.isTable(vpte)) {
                    return;
                }
                parent.machine().reach(MmTable.Marks.SPLIT_UNDER_COPY);
                unlock();
            }
        }
    }

    private void lock() {
        dstPtl = child.lockOf(dst.ptp());
        srcPtl = parent.lockOf(src.ptp());
        progress = 0;
        dstPtl.lock();
        srcPtl.lockNested(1);
    }

    private void unlock() {
        srcPtl.unlock();
        dstPtl.unlock();
        srcPtl = null;
        dstPtl = null;
    }

    /** "We are holding two locks at this point: either of them could generate latencies in another task." */
    private void giveWay() {
        if (progress < LIMIT) {
            return;
        }
        progress = 0;
        if (!MmTable.isContended(parent.machine())) {
            return;
        }
        srcPtl.unlock();
        dstPtl.unlock();
        relock();
    }

    private void relock() {
        if (planted == Planted.SOURCE_FIRST) {
            srcPtl.lock();
            dstPtl.lockNested(1);
        } else {
            dstPtl.lock();
            srcPtl.lockNested(1);
        }
    }

    /** {@code copy_one_pte}, {@code copy_huge_pmd}: what is mapped, of whatever order, under both locks. */
    void copy(Visitor visitor) {
        parent.machine().bugOn(src.behind(vpte) > end, "a huge page that is not within its VMA");
        MmTable.copyEntry(src.word(), dst.word(), vpte);
        int order = src.order(vpte);
        MmTable.see(0, src.addr(), order, vpte, end, visitor);
        MmTable.see(1, src.addr(), order, Change.protectedEntry(vpte), end, visitor);
    }

    /** The source's entry; nobody changes it if it maps something. */
    long vpte() {
        return vpte;
    }
}
