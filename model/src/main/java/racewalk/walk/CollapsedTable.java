package racewalk.walk;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.RefCount;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * {@code collapse_huge_page}: anonymous pages are copied into a huge page, and their leaf table is deposited with it,
 * to be freed with it: {@code mm/khugepaged.c} of Linux 6.0 and of today. All that walk but GUP-fast are kept out by
 * the mmap lock held for writing; the anon_vma's lock is left out, as nobody walks under it here.
 *
 * <p>Each entry has its page, with one reference for the PTE and one for each pin. Pages that are collapsed have the
 * same content, as a huge page has one value here; references on huge pages are not counted.
 */
public final class CollapsedTable extends PteTable implements LocklessTable.Collapsed {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** A huge page takes the place of the table. */
        COLLAPSED,
        /** An entry is none, or its page is pinned. */
        NOT_ISOLATED,
        /** A huge page is unmapped, and its table freed. */
        DEPOSIT_FREED
    }

    /** What GUP-fast and {@code collapse_huge_page} do about each other. */
    public enum Repair {
        /** "mm: gup: fix the fast GUP race against THP collapse", Shi, 70cbc3cc78a9: GUP-fast rereads the PMD. */
        PMD_RECHECK,
        /** "mm/khugepaged: fix GUP-fast interaction by sending IPI", Horn, 2ba99c5e0881. */
        IPI
    }

    private final Set<Repair> repairs;
    private final List<RefCount> pages;
    private final Word[] deposits;
    private final Word[] copied;

    private CollapsedTable(Machine machine, String name, TableShape shape, Set<Repair> repairs) {
        super(machine, name, shape, Set.of(), LockClass.MMAP_LOCK);
        this.repairs = Set.copyOf(repairs);
        this.pages = IntStream.range(0, shape.span())
                .mapToObj(address -> machine.refCount(name + ".page" + address, 0))
                .toList();
        int pmds = shape.span() / shape.entries();
        this.deposits = machine.words(name + ".deposit", pmds, PtEntry.NONE, PtEntry::show);
        this.copied = machine.words(name + ".copied", shape.span(), 0, Word.Format.DECIMAL);
    }

    /** The table with some of the repairs. */
    public static WalkedTable make(Set<Repair> repairs, Machine machine, String name, TableShape shape) {
        return new CollapsedTable(machine, name, shape, repairs);
    }

    @Override
    void set(PtPage table, int address, long value) {
        if (!PtEntry.isLeaf(pte(table, address).readOnce())) {
            fresh(address);
        }
        super.set(table, address, value);
    }

    /** {@code alloc_anon_folio}: a page with one reference; that the old one's pin is lost is forgotten. */
    private void fresh(int address) {
        pages.get(address).inc();
        copied[address].writeOnce(0);
    }

    @Override
    void clear(PtPage table, int address) {
        if (PtEntry.isLeaf(pte(table, address).xchg(PtEntry.NONE))) {
            put(address);
        }
    }

    /** {@code madvise(MADV_DONTNEED)}. */
    @Override
    public void clear(int start, int end) {
        lock.downRead();
        for (int addr : wholeTables(start, end)) {
            mm.machine().localsAre("zap_huge_pmd " + addr);
            Ptp pmd = pmdOf(addr);
            if (pmd != null && PtEntry.isLeaf(pmd.word().readOnce())) {
                zapHugePmd(pmd, addr);
            }
        }
        zap(start, end);
        lock.upRead();
    }

    /** {@code zap_huge_pmd}: {@code zap_deposited_table} frees the table at once [R]. */
    private void zapHugePmd(Ptp pmd, int addr) {
        SpinLock pml = mm.lockOf(pmd);
        pml.lock();
        if (PtEntry.isLeaf(pmd.word().readOnce())) {
            pmd.word().writeOnce(PtEntry.NONE);
            mm.free(withdraw(addr));
            mm.machine().reach(Marks.DEPOSIT_FREED);
        }
        pml.unlock();
    }

    /** {@code pgtable_trans_huge_withdraw}. */
    private PtPage withdraw(int addr) {
        return mm.tableOf(deposits[addr / mm.size(1)].xchg(PtEntry.NONE));
    }

    /** {@code __split_huge_pmd}: the deposited table maps the pages of the huge one. */
    @Override
    void split(Ptp pmd, int addr) {
        SpinLock pml = mm.lockOf(pmd);
        pml.lock();
        long huge = pmd.word().readOnce();
        if (PtEntry.isLeaf(huge)) {
            PtPage table = withdraw(addr);
            int first = mm.base(addr, 1);
            for (int page = first; page < first + mm.size(1); page++) {
                fresh(page);
                pte(table, page).writeOnce(huge);
            }
            mm.populate(pmd, table);
        }
        pml.unlock();
    }

    @Override
    public void collapse(int start, int end) {
        lock.downWrite();
        for (int addr : wholeTables(start, end)) {
            mm.machine().localsAre("collapse_huge_page " + addr);
            collapseHugePage(addr);
        }
        lock.upWrite();
    }

    private void collapseHugePage(int addr) {
        Ptp pmd = pmdOf(addr);
        if (pmd == null || !PtEntry.isTable(pmd.word().readOnce())) { // mm_find_pmd
            return;
        }
        SpinLock pml = mm.lockOf(pmd);
        pml.lock(); // "probably unnecessary"
        PtPage table = mm.tableOf(pmd.word().xchg(PtEntry.NONE)); // pmdp_collapse_flush
        pml.unlock();
        if (repairs.contains(Repair.IPI)) {
            readers.syncOne();
        }
        table.ptl().lock();
        long value = isolate(table, addr);
        table.ptl().unlock();
        if (value == PtEntry.NONE) {
            mm.machine().reach(Marks.NOT_ISOLATED);
            pml.lock();
            mm.populate(pmd, table);
            pml.unlock();
            return;
        }
        copy(table, addr);
        pml.lock();
        deposits[addr / mm.size(1)].writeOnce(mm.entryOf(table)); // pgtable_trans_huge_deposit
        pmd.word().writeOnce(value); // set_pmd_at
        pml.unlock();
        mm.machine().reach(Marks.COLLAPSED);
    }

    /** {@code __collapse_huge_page_isolate}: what all entries are, none if there is one whose page is pinned. */
    private long isolate(PtPage table, int addr) {
        long all = pte(table, addr).readOnce();
        for (int page = addr; page < addr + mm.size(1); page++) {
            long pte = pte(table, page).readOnce();
            if (pte == PtEntry.NONE || pte != all || pages.get(page).read() != 1) { // is_refcount_suitable
                return PtEntry.NONE;
            }
        }
        return all;
    }

    /** {@code __collapse_huge_page_copy}. */
    private void copy(PtPage table, int addr) {
        for (int page = addr; page < addr + mm.size(1); page++) {
            table.ptl().lock();
            pte(table, page).writeOnce(PtEntry.NONE); // ptep_clear
            table.ptl().unlock();
            copied[page].writeOnce(1);
            put(page); // free_folio_and_swap_cache
        }
    }

    @Override
    boolean looksAgainAtPmd() {
        return repairs.contains(Repair.PMD_RECHECK);
    }

    @Override
    boolean tryGrab(int address) {
        return pages.get(address).incNotZero();
    }

    @Override
    void grab(int address) {
        if (PtEntry.isTable(pmdOf(address).word().readOnce())) {
            pages.get(address).inc();
        }
    }

    @Override
    void put(int address) {
        pages.get(address).decAndTest();
    }

    /** Taken apart with the tables that are deposited. */
    @Override
    public void finish() {
        for (Word deposit : deposits) {
            long table = deposit.xchg(PtEntry.NONE);
            if (PtEntry.isTable(table)) {
                mm.free(mm.tableOf(table));
            }
        }
        super.finish();
    }

    @Override
    public boolean hasLostPin(int address) {
        return copied[address].peek() != 0 && pages.get(address).word().peek() != 0;
    }

    @Override
    public List<Word> pinWords() {
        return Stream.concat(Stream.of(copied), pages.stream().map(RefCount::word))
                .toList();
    }

    /** Tables that are deposited are held, too. */
    @Override
    public List<Word> root() {
        return Stream.concat(super.root().stream(), Stream.of(deposits)).toList();
    }
}
