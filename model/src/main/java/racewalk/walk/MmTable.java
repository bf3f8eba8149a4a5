package racewalk.walk;

import java.util.List;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;

/** The page tables of a process with one of their walkers. */
abstract class MmTable implements CopiedTable {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A huge page was split before the walker had its lock. */
        SPLIT_UNDER_WALKER,
        /** A huge page was split before the copy had its two locks. */
        SPLIT_UNDER_COPY,
        /** The copy has dropped its two locks because somebody waits. */
        CONTENDED,
        /** The copy has dropped its two locks to allocate memory. */
        ALLOCATED
    }

    private final PageTables mm;

    MmTable(PageTables mm) {
        this.mm = mm;
    }

    final PageTables mm() {
        return mm;
    }

    /** Changes the entries of a range. */
    abstract void change(int start, int end, Change change);

    /** Lets {@code visitor} see the pages from {@code addr} to the end of the entry, or of the range. */
    static void see(int table, int addr, int order, long leaf, int end, Visitor visitor) {
        int behind = Math.min(end, (addr >> order) + 1 << order);
        for (int page = addr; page < behind; page++) {
            visitor.sees(table, page, PtEntry.value(leaf));
        }
    }

    /** {@code need_resched()}, or {@code spin_needbreak} of one of two locks: chosen by the environment. */
    static boolean isContended(Machine machine) {
        boolean contended = machine.choose("somebody waits", 2) == 1;
        if (contended) {
            machine.reach(Marks.CONTENDED);
        }
        return contended;
    }

    /** {@code add_swap_count_continuation(entry, GFP_KERNEL)}, which may sleep. */
    static void addSwapCountContinuation(Machine machine) {
        machine.current().lockDep().mightSleep("add_swap_count_continuation");
        machine.reach(Marks.ALLOCATED);
    }

    /** {@code copy_one_pte} of a private mapping: neither may be written to any more. */
    static void copyEntry(Word src, Word dst, long entry) {
        long copy = Change.protectedEntry(entry);
        if (copy != entry) {
            src.writeOnce(copy); // ptep_set_wrprotect
        }
        dst.writeOnce(copy);
    }

    @Override
    public final boolean populate(int address, long value) {
        return populate(address, address + 1, value);
    }

    @Override
    public final boolean populate(int start, int end, long value) {
        change(start, end, Change.populate(value));
        return true;
    }

    @Override
    public final void clear(int start, int end) {
        change(start, end, Change.CLEAR);
    }

    @Override
    public final void protect(int start, int end) {
        change(start, end, Change.PROTECT);
    }

    @Override
    public void lockstep(List<WalkedTable> tables, int start, int end, Visitor visitor) {
        for (int address = start; address < end; address++) {
            for (int table = 0; table < tables.size(); table++) {
                int of = table;
                tables.get(table).walk(address, address + 1, (_, page, value) -> visitor.sees(of, page, value));
            }
        }
    }

    @Override
    public final void finish() {
        mm.freeAll();
    }

    @Override
    public final List<? extends DirectoryPage> pages() {
        return mm.pages();
    }

    @Override
    public final List<Word> root() {
        return mm.root().entries();
    }

    @Override
    public final Word free() {
        return mm.free();
    }

    @Override
    public final DirectoryPage pageOf(long entry) {
        return PtEntry.isTable(entry) ? mm.tableOf(entry) : null;
    }

    @Override
    public final int levels() {
        return mm.top() + 1;
    }
}
