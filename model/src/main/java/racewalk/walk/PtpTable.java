package racewalk.walk;

import java.util.EnumSet;
import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;

/**
 * The page tables of a process with the walker of "Proof-of-concept: better(?) page-table manipulation API", Shutemov,
 * 24 Apr 2018: {@code ptp_t} is a pointer to an entry with its level, {@code ptv_t} a value with the level of the
 * pointer by which it was read, and {@code ptp_walk} goes one level down. "Folded levels: levels simply do not exist at
 * run time" (its {@code PT_TOP_LEVEL}). Code that has not come to the bottom calls itself.
 *
 * <p>Of walks he converted {@code copy_page_range} ({@link RecursiveCopy}) and {@code sync_global_pgds}; [R]: the
 * others here have the form of his {@code copy_pt_range} with one space. {@code ptp_alloc} is as posted.
 */
public final class PtpTable extends RecursiveTable {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A page was allocated for entry 0 of the root, because that was read as the pointer to the root. */
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
    private final boolean trustsValue;

    private PtpTable(PageTables mm, Set<Repair> repairs, boolean trustsValue) {
        super(mm);
        this.repairs = Set.copyOf(repairs);
        this.trustsValue = trustsValue;
    }

    /** As posted, with some repairs. */
    public static WalkedTable make(Machine machine, String name, TableShape shape, Set<Repair> repairs) {
        return new PtpTable(new PageTables(machine, name, shape), repairs, false);
    }

    /**
     * Repaired, and with a planted fault: a value is believed under the lock before which it was read, with its level.
     */
    public static WalkedTable trustingValue(Machine machine, String name, TableShape shape) {
        return new PtpTable(new PageTables(machine, name, shape), EnumSet.allOf(Repair.class), true);
    }

    @Override
    boolean trustsValue() {
        return trustsValue;
    }

    @Override
    int rootLevel() {
        return mm().top();
    }

    @Override
    boolean isAboveFolded(int level) {
        return false;
    }

    @Override
    boolean copiesWhatWasSplit() {
        return repairs.contains(Repair.SPLIT);
    }

    /** {@code ptp_init}: a pointer to the root, of {@code PT_TOP_LEVEL}, which is above the level of its entries. */
    @Override
    Ptp aboveRoot() {
        return new Ptp(mm().root(), 0, mm().top() + 1);
    }

    private boolean isAboveRoot(Ptp ptp) {
        return ptp.level() > mm().top();
    }

    /** {@code ptv_addr_end}. */
    @Override
    int addrEnd(int level, int addr, int end) {
        return mm().addrEnd(addr, end, level);
    }

    /** {@code ptp_walk}: one level down. */
    @Override
    Ptp offset(int level, Ptp ptp, int addr) {
        return isAboveRoot(ptp) ? mm().rootOf(addr) : mm().offset(ptp.word().readOnce(), ptp.level(), addr);
    }

    /** {@code ptp_walk_alloc}. */
    @Override
    Ptp offsetAlloc(int level, Ptp ptp, int addr) {
        boolean asEntry = !isAboveRoot(ptp) || !repairs.contains(Repair.ROOT);
        if (asEntry && ptp.word().readOnce() == PtEntry.NONE) {
            if (isAboveRoot(ptp)) {
                mm().machine().reach(Marks.ROOT_READ_AS_ENTRY);
            }
            alloc(ptp);
        }
        return offset(level, ptp, addr);
    }

    /** {@code ptp_alloc}. */
    @Override
    void alloc(Ptp ptp) {
        PtPage fresh = mm().allocOne();
        SpinLock ptl = lock(ptp);
        if (ptp.word().readOnce() == PtEntry.NONE) {
            mm().populate(ptp, fresh);
            ptl.unlock();
        } else {
            ptl.unlock();
            mm().machine().reach(PageTables.Marks.RACED);
            free(fresh, ptp.level());
        }
    }

    /**
     * {@code ptp_free}: of a value that has no flags yet, so that {@code ptv_pfn} takes it for a swap entry, which is a
     * leaf, and calls {@code BUG()}; and that only if its lock is to be freed. Nothing frees the page.
     */
    private void free(PtPage fresh, int level) {
        if (repairs.contains(Repair.FREE)) {
            mm().free(fresh);
        } else {
            mm().machine().bugOn(level < 2, "ptv_pfn of a leaf");
        }
    }
}
