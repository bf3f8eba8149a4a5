package racewalk.walk;

import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;

/**
 * The page tables of a process with the walker of "Proof-of-concept: better(?) page-table manipulation API", Shutemov,
 * 24 Apr 2018: {@code ptp_t} is a pointer to an entry with its level, {@code ptv_t} a value with its level, and {@code
 * ptp_walk} goes one level down. "Folded levels: levels simply do not exist at run time" (its {@code PT_TOP_LEVEL}).
 * Code that has not come to the bottom calls itself.
 *
 * <p>Of walks he converted {@code copy_page_range} ({@link PtpCopy}) and {@code sync_global_pgds}; [R]: the others here
 * have the form of his {@code copy_pt_range} with one space. {@code ptp_alloc} is as posted.
 */
public final class PtpTable extends MmTable {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A page was allocated for the entry 0 of the root, because that was read as the pointer to the root. */
        ROOT_READ_AS_ENTRY
    }

    /** What it takes to make it right. */
    public enum Repair {
        /** The table that {@code ptp_alloc} did not need is freed: its page, whatever its level. */
        FREE,
        /** {@code ptp_walk_alloc} of the pointer to the root does not read the root's first entry as that pointer. */
        ROOT,
        /** A huge page that is split before {@code copy_huge_pmd} has the locks is no error: its table is copied. */
        SPLIT
    }

    private final Set<Repair> repairs;

    private PtpTable(PageTables mm, Set<Repair> repairs) {
        super(mm);
        this.repairs = Set.copyOf(repairs);
    }

    /** As posted, with some repairs. */
    public static WalkedTable make(Machine machine, String name, TableShape shape, Set<Repair> repairs) {
        return new PtpTable(new PageTables(machine, name, shape), repairs);
    }

    boolean isRepaired(Repair repair) {
        return repairs.contains(repair);
    }

    // ---- asm/pt.h -----------------------------------------------------------------------------------------------

    /** {@code ptv_t}: a value and its level. */
    record Ptv(long val, int lvl) {

        /** {@code ptv_none}. */
        boolean isNone() {
            return val == PtEntry.NONE;
        }

        /** {@code ptv_leaf}. */
        boolean isLeaf() {
            return PtEntry.isLeaf(val);
        }

        /** Whether it points to a table. */
        boolean isTable() {
            return lvl > 0 && PtEntry.isTable(val);
        }
    }

    /** {@code get_ptv}. */
    static Ptv getPtv(Ptp ptp) {
        return new Ptv(ptp.word().readOnce(), ptp.level());
    }

    /** {@code ptp_init}: a pointer to the root, of {@code PT_TOP_LEVEL}, which is above the level of its entries. */
    Ptp ptpInit() {
        return new Ptp(mm().root(), 0, mm().top() + 1);
    }

    /** {@code ptp_walk}: one level down. */
    Ptp ptpWalk(Ptp ptp, int addr) {
        return ptp.level() > mm().top()
                ? mm().rootOf(addr)
                : mm().offset(ptp.word().readOnce(), ptp.level(), addr);
    }

    /** {@code ptp_lock}. */
    SpinLock ptpLock(Ptp ptp) {
        SpinLock ptl = mm().lockOf(ptp);
        ptl.lock();
        return ptl;
    }

    /** {@code ptp_alloc}. */
    private void ptpAlloc(Ptp ptp) {
        PtPage fresh = mm().allocOne();
        SpinLock ptl = ptpLock(ptp);
        if (getPtv(ptp).isNone()) {
            mm().populate(ptp, fresh);
            ptl.unlock();
        } else {
            ptl.unlock();
            mm().machine().reach(PageTables.Marks.RACED);
            ptpFree(fresh, ptp.level());
        }
    }

    /**
     * {@code ptp_free}: of a value that has no flags yet, so that {@code ptv_pfn} takes it for a swap entry, which is a
     * leaf, and calls {@code BUG()}; and that only if its lock is to be freed. Nothing frees the page.
     */
    private void ptpFree(PtPage fresh, int level) {
        if (isRepaired(Repair.FREE)) {
            mm().free(fresh);
        } else {
            mm().machine().bugOn(level < 2, "ptv_pfn of a leaf");
        }
    }

    /** {@code ptp_walk_alloc}. */
    Ptp ptpWalkAlloc(Ptp ptp, int addr) {
        boolean root = ptp.level() > mm().top();
        if (!(root && isRepaired(Repair.ROOT)) && getPtv(ptp).isNone()) {
            if (root) {
                mm().machine().reach(Marks.ROOT_READ_AS_ENTRY);
            }
            ptpAlloc(ptp);
        }
        return ptpWalk(ptp, addr);
    }

    // ---- walks --------------------------------------------------------------------------------------------------

    /** What is done at an entry that points to no table: under its lock, if its mode asks for that. */
    private interface AtEntry {
        void at(Ptp ptp, int addr, Ptv ptv);
    }

    @Override
    public void walk(int start, int end, Visitor visitor) {
        walkPtRange(ptpInit(), start, end, WalkMode.LOOK, (_, addr, ptv) -> {
            if (ptv.isLeaf()) {
                see(0, addr, mm().order(ptv.lvl()), ptv.val(), end, visitor);
            }
        });
    }

    @Override
    void change(int start, int end, Change change) {
        walkPtRange(ptpInit(), start, end, change.mode(), (ptp, _, ptv) -> {
            if (change.concerns(ptv.val())) {
                ptp.word().writeOnce(change.then().applyAsLong(ptv.val()));
            }
        });
    }

    private void walkPtRange(Ptp upper, int addr, int end, WalkMode mode, AtEntry callback) {
        Ptp ptp = ptpWalk(upper, addr);
        boolean bottom = ptp.level() == 0;
        SpinLock ptl = bottom ? ptpLock(ptp) : null;
        for (int next; addr != end; ptp = ptp.next(), addr = next) {
            next = mm().addrEnd(addr, end, ptp.level());
            Ptv ptv = bottom ? getPtv(ptp) : fit(ptp, next - addr, mode);
            if (!bottom && mode.locks(ptv.val()) && !ptv.isTable()) {
                ptl = ptpLock(ptp);
                ptv = getPtv(ptp);
                if (!ptv.isTable()) {
                    callback.at(ptp, addr, ptv);
                } else {
                    mm().machine().reach(MmTable.Marks.SPLIT_UNDER_WALKER);
                }
                ptl.unlock();
            } else if (!ptv.isTable()) {
                callback.at(ptp, addr, ptv);
            }
            if (ptv.isTable()) {
                walkPtRange(ptp, addr, next, mode, callback);
            }
        }
        if (bottom) {
            ptl.unlock();
        }
    }

    /** The value of an upper entry, which maps nothing outside of the part of the range if it must not. */
    private Ptv fit(Ptp ptp, int part, WalkMode mode) {
        for (; ; ) {
            Ptv ptv = getPtv(ptp);
            if (ptv.isTable() || !mode.fits(ptv.val()) || part == mm().size(ptp.level())) {
                return ptv;
            }
            if (ptv.isLeaf()) {
                mm().split(ptp);
            } else {
                ptpAlloc(ptp);
            }
        }
    }

    @Override
    public void copyRange(WalkedTable child, int start, int end, Visitor visitor) {
        new PtpCopy((PtpTable) child, this, visitor).copy(start, end);
    }
}
