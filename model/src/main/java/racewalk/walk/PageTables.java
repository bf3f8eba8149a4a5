package racewalk.walk;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Slab;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * The page tables of a {@code struct mm_struct}. Addresses are counted in pages. Levels are those that exist, from 0
 * for PTEs to {@link #top} for the root's entries: a folded level is the one above it, its word and its lock are those.
 * What code sees that knows every level by name is {@link FoldedTable}.
 *
 * <p>Locks are split for PTE and PMD tables ({@code USE_SPLIT_PTE_PTLOCKS}, {@code USE_SPLIT_PMD_PTLOCKS}): each table
 * of the two lowest levels has its own; above, and for the root whatever its level is, it is {@code
 * mm->page_table_lock}. A table is linked under the lock of the entry that will point to it. Nothing here unlinks one:
 * whoever walks may rely on a table that he has seen, as the mmap lock held for read lets him.
 *
 * <p>An entry of an upper level may be a leaf: a huge page. Who changes a part of it splits it first.
 */
public final class PageTables {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** The table that was allocated is not needed: somebody else has linked one, or mapped something. */
        RACED,
        /** A huge page has been split. */
        SPLIT,
        /** The huge page that was to be split has gone, or is split already. */
        SPLIT_RACED
    }

    /** How many of the lowest levels have a lock for each table: {@code PT_SPLIT_LOCK_LVLS}. */
    private static final int SPLIT_LOCK_LEVELS = 2;

    /** How many objects a slab has at most. */
    private static final int SLAB = 63;

    private final Machine machine;
    private final String name;
    private final TableShape shape;
    private final int bits;
    private final SpinLock pageTableLock;
    private final PtPage root;

    /** One, unless there are more pages than a slab holds: only where no scenario is, for timing. */
    private final List<Slab<PtPage>> slabs = new ArrayList<>();

    /** Tables with nothing in them. */
    public PageTables(Machine machine, String name, TableShape shape) {
        this.machine = machine;
        this.name = name;
        this.shape = shape;
        this.bits = Integer.numberOfTrailingZeros(shape.entries());
        this.pageTableLock = machine.spinLock(LockClass.PAGE_TABLE_LOCK, name + ".page_table_lock");
        this.root = new PtPage(
                this, -1, pageTableLock, machine.words(name + ".pgd", shape.root(), PtEntry.NONE, PtEntry::show));
        for (int first = 0; first < shape.directories(); first += SLAB) {
            int from = first;
            int count = Math.min(SLAB, shape.directories() - from);
            slabs.add(machine.slab(name + ".tables", count, index -> table(from + index)));
        }
    }

    private PtPage table(int number) {
        String page = name + ".table" + number;
        return new PtPage(
                this,
                number,
                machine.spinLock(LockClass.PT_LOCK, page + ".ptl"),
                machine.words(page, shape.entries(), PtEntry.NONE, PtEntry::show));
    }

    private PtPage numbered(int number) {
        return slabs.get(number / SLAB).get(number % SLAB);
    }

    private Slab<PtPage> slabOf(PtPage table) {
        return slabs.get(table.number() / SLAB);
    }

    private Slab<PtPage> slabWithRoom() {
        for (Slab<PtPage> slab : slabs) {
            if (slab == slabs.getLast() || slab.word().readOnce() != 0) {
                return slab;
            }
        }
        throw new IllegalStateException("there is no last one");
    }

    /** The machine that they are on. */
    public Machine machine() {
        return machine;
    }

    /** Their shape. */
    public TableShape shape() {
        return shape;
    }

    /** The level of the root's entries. */
    public int top() {
        return shape.depth() - 1;
    }

    /** The order of an entry of a level: it maps 1 << order pages. */
    public int order(int level) {
        return level * bits;
    }

    /** What the order would be if no level were folded. */
    int uncollapsedOrder(int level) {
        int name = 0;
        for (int below = folded(name) ? 0 : 1; below <= level; below += folded(name) ? 0 : 1) {
            name++;
        }
        return name * bits;
    }

    private boolean folded(int name) {
        return shape.folded().contains(name);
    }

    /** How many pages an entry of a level maps: {@code ptv_size}. */
    public int size(int level) {
        return 1 << order(level);
    }

    /** The first page of the entry of a level that maps {@code addr}. */
    public int base(int addr, int level) {
        return addr & -size(level);
    }

    /** The page behind that entry, or the end of the range if that comes earlier: {@code ptv_addr_end}. */
    public int addrEnd(int addr, int end, int level) {
        return Math.min(end, base(addr, level) + size(level));
    }

    /** The place in its table of the entry of a level that maps {@code addr}: {@code __pt_index}. */
    public int index(int addr, int level) {
        return addr >> order(level) & shape.entries() - 1;
    }

    /** The root. */
    public PtPage root() {
        return root;
    }

    /** {@code pgd_offset}: the root's entry for {@code addr}. */
    public Ptp rootOf(int addr) {
        return new Ptp(root, index(addr, top()), top());
    }

    /** The table to which an entry points. */
    public PtPage tableOf(long entry) {
        return numbered((int) PtEntry.value(entry));
    }

    /**
     * {@code p?d_offset}: the entry for {@code addr} of the table to which {@code entry} of level {@code level} points.
     */
    public Ptp offset(long entry, int level, int addr) {
        return new Ptp(tableOf(entry), index(addr, level - 1), level - 1);
    }

    /** {@code p?d_lockptr}: the lock of a table whose entries have that level. */
    public SpinLock lockOf(PtPage table, int level) {
        return level < SPLIT_LOCK_LEVELS ? table.ptl() : pageTableLock;
    }

    /** {@code p?d_lockptr}: the lock of an entry. */
    public SpinLock lockOf(Ptp ptp) {
        return lockOf(ptp.table(), ptp.level());
    }

    // ---- tables -------------------------------------------------------------------------------------------------

    /** {@code p?d_alloc_one}: a table with nothing in it ({@code __GFP_ZERO}), which nobody else knows. */
    public PtPage allocOne() {
        PtPage table = slabWithRoom().alloc();
        for (int index = 0; index < table.size(); index++) {
            table.entry(index).writeOnce(PtEntry.NONE);
        }
        return table;
    }

    /** {@code p?d_free}: the page may be another table at once. */
    public void free(PtPage table) {
        slabOf(table).free(table);
    }

    /** The entry that points to a table. */
    public long entryOf(PtPage table) {
        return PtEntry.table(table.number());
    }

    /**
     * {@code p?d_populate}, under the entry's lock, after the {@code smp_wmb()} that makes the table's content visible.
     */
    public void populate(Ptp ptp, PtPage table) {
        ptp.word().storeRelease(entryOf(table));
    }

    /** {@code __p?d_alloc}: links a new table, unless the entry is not none any more when its lock is held. */
    public void alloc(Ptp ptp) {
        PtPage fresh = allocOne();
        SpinLock ptl = lockOf(ptp);
        ptl.lock();
        boolean none = ptp.word().readOnce() == PtEntry.NONE;
        if (none) {
            populate(ptp, fresh);
        }
        ptl.unlock();
        if (!none) {
            machine.reach(Marks.RACED);
            free(fresh);
        }
    }

    /**
     * {@code __split_huge_pmd}: a table that maps what the huge page mapped takes its place, unless the entry is no
     * leaf any more when its lock is held. Linux has deposited the table when it mapped the huge page; here it is
     * allocated now. The lock may not be held.
     */
    public void split(Ptp ptp) {
        PtPage fresh = allocOne();
        SpinLock ptl = lockOf(ptp);
        ptl.lock();
        long entry = ptp.word().readOnce();
        boolean leaf = PtEntry.isLeaf(entry);
        if (leaf) {
            for (int index = 0; index < fresh.size(); index++) {
                fresh.entry(index).writeOnce(entry);
            }
            populate(ptp, fresh);
        }
        ptl.unlock();
        machine.reach(leaf ? Marks.SPLIT : Marks.SPLIT_RACED);
        if (!leaf) {
            free(fresh);
        }
    }

    /** {@code free_pgtables}, when nobody uses them any more: all tables are freed, and the root is empty. */
    public void freeAll() {
        freeBelow(root, top());
    }

    private void freeBelow(PtPage table, int level) {
        for (int index = 0; index < table.size(); index++) {
            long entry = table.entry(index).readOnce();
            if (level > 0 && PtEntry.isTable(entry)) {
                freeBelow(tableOf(entry), level - 1);
                free(tableOf(entry));
            }
            if (entry != PtEntry.NONE) {
                table.entry(index).writeOnce(PtEntry.NONE);
            }
        }
    }

    // ---- for invariants -----------------------------------------------------------------------------------------

    /** The pages that tables are made of. */
    public List<PtPage> pages() {
        List<PtPage> all = new ArrayList<>();
        for (int number = 0; number < shape.directories(); number++) {
            all.add(numbered(number));
        }
        return all;
    }

    /** The word that says which of them are free. */
    public Word free() {
        return slabs.getFirst().word();
    }

    boolean isAllocated(PtPage table) {
        return slabOf(table).isAllocated(table);
    }

    @Override
    public String toString() {
        return name;
    }
}
