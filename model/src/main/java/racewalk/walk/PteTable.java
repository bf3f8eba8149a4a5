package racewalk.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.RwSemaphore;
import racewalk.machine.Word;
import racewalk.walk.PteOffsetMap.Mapped;

/**
 * A process's page tables whose leaf tables are freed while others walk: the walk that {@code walk_page_range} makes, a
 * fault, and GUP-fast, of Linux 7.0. Tables of the levels above are never freed. How leaf tables are, is what the kinds
 * differ in.
 */
abstract class PteTable implements LocklessTable.Pinned, ProtectedTable {

    /** Branches that a scenario must reach. */
    enum Marks implements Mark {
        /** GUP-fast has pinned the page. */
        PINNED,
        /** GUP-fast has found no entry, or no page. */
        NO_ENTRY,
        /** When GUP-fast had grabbed the page the entry, or the one above it, had changed. */
        CHANGED
    }

    /** A page for a table, which may wait for the end of a grace period. */
    private record Watched(PtPage page, TableReaders readers) implements DirectoryPage {

        @Override
        public boolean isFree() {
            return page.isFree();
        }

        @Override
        public long references() {
            return page.references();
        }

        @Override
        public int holders() {
            return page.holders();
        }

        @Override
        public boolean isDead() {
            return readers.isWaitedFor(page);
        }

        @Override
        public boolean isOfUse() {
            return page.isOfUse();
        }

        @Override
        public int validEntries() {
            return page.validEntries();
        }

        @Override
        public List<Word> entries() {
            return page.entries();
        }

        @Override
        public List<Word> words() {
            List<Word> words = new ArrayList<>(page.words());
            words.addAll(readers.words());
            return words;
        }

        @Override
        public String toString() {
            return page.toString();
        }
    }

    final PageTables mm;
    final TableReaders readers;
    final PteOffsetMap map;
    final RwSemaphore lock;
    private final List<Watched> pages;

    /**
     * Tables with nothing in them.
     *
     * @param leftOut of {@code pte_offset_map_lock}
     * @param lock what who walks holds for reading; null if all others hold it so, too, and it is left out
     */
    PteTable(Machine machine, String name, TableShape shape, Set<PteOffsetMap.LeftOut> leftOut, LockClass lock) {
        this.mm = new PageTables(machine, name, shape);
        this.readers = new TableReaders(mm);
        this.map = new PteOffsetMap(mm, readers, leftOut);
        this.lock = lock == null
                ? null
                : machine.rwSemaphore(lock, name + "." + lock.name().toLowerCase(Locale.ROOT));
        this.pages = mm.pages().stream().map(page -> new Watched(page, readers)).toList();
    }

    // ---- the levels above -----------------------------------------------------------------------------------------

    /** {@code pmd_offset} and what leads there: null if a table above is missing. */
    final Ptp pmdOf(int addr) {
        Ptp ptp = mm.rootOf(addr);
        while (ptp.level() > 1) {
            long entry = ptp.word().readOnce();
            if (!PtEntry.isTable(entry)) {
                return null;
            }
            ptp = mm.offset(entry, ptp.level(), addr);
        }
        return ptp;
    }

    /** {@code pmd_alloc} and those above it. */
    private Ptp pmdAlloc(int addr) {
        Ptp ptp = mm.rootOf(addr);
        while (ptp.level() > 1) {
            if (ptp.word().readOnce() == PtEntry.NONE) {
                mm.alloc(ptp);
            }
            ptp = mm.offset(ptp.word().readOnce(), ptp.level(), addr);
        }
        return ptp;
    }

    /** The first addresses of the leaf tables that a range covers. */
    final List<Integer> wholeTables(int start, int end) {
        List<Integer> addresses = new ArrayList<>();
        for (int addr = mm.base(start + mm.size(1) - 1, 1); addr + mm.size(1) <= end; addr += mm.size(1)) {
            addresses.add(addr);
        }
        return addresses;
    }

    /** The entry of a leaf table for {@code addr}. */
    final Word pte(PtPage table, int addr) {
        return table.entry(mm.index(addr, 0));
    }

    // ---- walk_page_range ------------------------------------------------------------------------------------------

    private void lockForReading() {
        if (lock != null) {
            lock.downRead();
        }
    }

    private void unlockForReading() {
        if (lock != null) {
            lock.upRead();
        }
    }

    @Override
    public final void walk(int start, int end, Visitor visitor) {
        lockForReading();
        walkPmdRange(start, end, visitor);
        unlockForReading();
    }

    private void walkPmdRange(int start, int end, Visitor visitor) {
        for (int addr = start; addr < end; ) {
            int next = mm.addrEnd(addr, end, 1);
            mm.machine().localsAre("walk_pmd_range " + addr + " " + visitor);
            Ptp pmd = pmdOf(addr);
            if (pmd == null || walkPmd(pmd, addr, next, visitor)) {
                addr = next;
            }
        }
    }

    /** False for {@code ACTION_AGAIN}. */
    private boolean walkPmd(Ptp pmd, int addr, int next, Visitor visitor) {
        long entry = pmd.word().readOnce();
        if (entry == PtEntry.NONE) {
            return true;
        }
        if (PtEntry.isLeaf(entry)) {
            return walkHuge(pmd, addr, next, visitor);
        }
        return pteRange(pmd, addr, next, (table, page) -> {
            long pte = pte(table, page).readOnce();
            if (PtEntry.isLeaf(pte)) {
                visitor.sees(0, page, PtEntry.value(pte));
            }
        });
    }

    /** {@code pmd_trans_huge_lock}, and {@code pmd_entry} under it. */
    private boolean walkHuge(Ptp pmd, int addr, int next, Visitor visitor) {
        mm.lockOf(pmd).lock();
        long entry = pmd.word().readOnce();
        for (int page = addr; PtEntry.isLeaf(entry) && page < next; page++) {
            visitor.sees(0, page, PtEntry.value(entry));
        }
        mm.lockOf(pmd).unlock();
        return PtEntry.isLeaf(entry);
    }

    // ---- a fault --------------------------------------------------------------------------------------------------

    /** {@code handle_mm_fault}, again and again until there is an entry: there is memory. */
    @Override
    public final boolean populate(int address, long value) {
        lockForReading();
        do {
            mm.machine().loopHead("handle_mm_fault");
        } while (!fault(address, value));
        unlockForReading();
        return true;
    }

    /** {@code do_anonymous_page}: false if the access is tried again. */
    boolean fault(int address, long value) {
        Ptp pmd = pmdAlloc(address);
        long entry = pmd.word().readOnce();
        if (PtEntry.isLeaf(entry)) {
            split(pmd, address);
        } else if (entry == PtEntry.NONE) { // pte_alloc
            alloc(pmd, address);
        }
        Mapped pte = map.lock(pmd);
        if (pte == null && map.callersCheckForNull()) {
            return false;
        }
        set(pte.table(), address, value);
        map.unlock(pte);
        return true;
    }

    /** {@code __split_huge_pmd}. */
    void split(Ptp pmd, int address) {
        mm.split(pmd);
    }

    /** {@code __pte_alloc}. */
    void alloc(Ptp pmd, int address) {
        mm.alloc(pmd);
    }

    /** {@code set_pte_at}, under the PT lock. */
    void set(PtPage table, int address, long value) {
        pte(table, address).writeOnce(PtEntry.leaf(value));
    }

    /** {@code ptep_get_and_clear_full}, under the PT lock. */
    void clear(PtPage table, int address) {
        pte(table, address).xchg(PtEntry.NONE);
    }

    // ---- ranges ---------------------------------------------------------------------------------------------------

    /** What is done to an entry of a leaf table, under the PT lock. */
    private interface OnPte {
        void at(PtPage table, int addr);
    }

    /** {@code unmap_page_range}: entries go, their tables stay. */
    final void zap(int start, int end) {
        pmdRange("zap_pmd_range", start, end, this::clear);
    }

    /** {@code change_protection}. */
    @Override
    public final void protect(int start, int end) {
        lockForReading();
        pmdRange("change_pmd_range", start, end, (table, addr) -> {
            long entry = pte(table, addr).readOnce();
            if (PtEntry.isLeaf(entry)) {
                set(table, addr, PtEntry.value(entry) & ~PtEntry.WRITE);
            }
        });
        unlockForReading();
    }

    /** Of each PMD of a range; where there is a huge page it is split first [R]. */
    private void pmdRange(String what, int start, int end, OnPte onPte) {
        for (int addr = start; addr < end; ) {
            int next = mm.addrEnd(addr, end, 1);
            mm.machine().localsAre(what + " " + addr);
            Ptp pmd = pmdOf(addr);
            long entry = pmd == null ? PtEntry.NONE : pmd.word().readOnce();
            if (entry == PtEntry.NONE) {
                addr = next;
            } else if (PtEntry.isLeaf(entry)) {
                split(pmd, addr);
            } else if (pteRange(pmd, addr, next, onPte)) {
                addr = next;
            }
        }
    }

    /** {@code walk_pte_range}, {@code zap_pte_range}, {@code change_pte_range}: false if there is no table any more. */
    private boolean pteRange(Ptp pmd, int start, int end, OnPte onPte) {
        Mapped pte = map.lock(pmd);
        if (pte == null && map.callersCheckForNull()) {
            return false;
        }
        for (int addr = start; addr < end; addr++) {
            onPte.at(pte.table(), addr);
        }
        map.unlock(pte);
        return true;
    }

    // ---- GUP-fast -------------------------------------------------------------------------------------------------

    /** {@code gup_fast_fallback}. */
    @Override
    public final long pin(int address) {
        readers.irqSave();
        long value = gupFast(address);
        readers.irqRestore();
        return value == 0 ? getUserPages(address) : value;
    }

    /** {@code gup_fast_pgd_range} and those below it. */
    private long gupFast(int address) {
        Ptp pmdp = pmdOf(address);
        long pmd = pmdp == null ? PtEntry.NONE : pmdp.word().readOnce(); // pmdp_get_lockless
        if (pmd == PtEntry.NONE) {
            mm.machine().reach(Marks.NO_ENTRY);
            return 0;
        }
        if (PtEntry.isLeaf(pmd)) { // gup_fast_pmd_leaf: of a huge page references are not counted here
            return pmdp.word().readOnce() == pmd ? PtEntry.value(pmd) : 0;
        }
        return gupFastPteRange(pmd, pmdp, address);
    }

    /** {@code gup_fast_pte_range}: the RCU read section of its {@code pte_offset_map(&pmd, addr)} adds nothing. */
    private long gupFastPteRange(long pmd, Ptp pmdp, int address) {
        Word ptep = pte(mm.tableOf(pmd), address);
        long pte = ptep.readOnce(); // ptep_get_lockless
        if (!PtEntry.isLeaf(pte) || !tryGrab(address)) {
            mm.machine().reach(Marks.NO_ENTRY);
            return 0;
        }
        if (looksAgainAtPmd() && pmdp.word().readOnce() != pmd || ptep.readOnce() != pte) {
            mm.machine().reach(Marks.CHANGED);
            put(address);
            return 0;
        }
        mm.machine().reach(Marks.PINNED);
        return PtEntry.value(pte);
    }

    /** Whether it looks again at the PMD, as since 70cbc3cc78a9, and not only at the PTE. */
    boolean looksAgainAtPmd() {
        return true;
    }

    /** {@code get_user_pages}: under the PT lock. */
    private long getUserPages(int address) {
        long[] value = new long[1];
        walk(address, address + 1, new Visitor() {
            @Override
            public void sees(int table, int page, long seen) {
                value[0] = seen;
                grab(page);
            }

            @Override
            public String toString() {
                return "get_user_pages";
            }
        });
        return value[0];
    }

    /** {@code try_grab_folio_fast} of the page of an entry: false if it has no reference any more. */
    boolean tryGrab(int address) {
        return true;
    }

    /** {@code try_grab_folio}. */
    void grab(int address) {
        // References are counted where that matters.
    }

    /** {@code gup_put_folio}. */
    void put(int address) {
        // References are counted where that matters.
    }

    // ---- what tables have -----------------------------------------------------------------------------------------

    @Override
    public void lockstep(List<WalkedTable> tables, int start, int end, Visitor visitor) {
        for (int address = start; address < end; address++) {
            for (int table = 0; table < tables.size(); table++) {
                int of = table;
                tables.get(table).walk(address, address + 1, new Visitor() {
                    @Override
                    public void sees(int none, int page, long value) {
                        visitor.sees(of, page, value);
                    }

                    @Override
                    public String toString() {
                        return of + " " + visitor;
                    }
                });
            }
        }
    }

    @Override
    public void finish() {
        mm.freeAll();
    }

    @Override
    public final List<? extends DirectoryPage> pages() {
        return pages;
    }

    @Override
    public List<Word> root() {
        return mm.root().entries();
    }

    @Override
    public final Word free() {
        return mm.free();
    }

    @Override
    public final DirectoryPage pageOf(long entry) {
        return PtEntry.isTable(entry) ? pages.get(mm.tableOf(entry).number()) : null;
    }

    @Override
    public final int levels() {
        return mm.top() + 1;
    }
}
