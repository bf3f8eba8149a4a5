package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Slab;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * A page table of two levels: a directory whose entries point to leaf tables of PTEs. Each leaf has its own PT lock
 * ({@code USE_SPLIT_PTLOCKS}); directory entries are set under {@code page_table_lock} and cleared under the mmap lock
 * held for write.
 *
 * <p>Addresses are virtual page numbers.
 */
public final class PageTable {

    private static final int EMPTY = 0;

    /** Leaves beyond those that can be linked: for faults that race to link one. */
    private static final int SPARE = 3;

    private final int entriesPerLeaf;
    private final SpinLock pageTableLock;
    private final Word[] directory;
    private final Slab<Leaf> leaves;

    /** A leaf table: {@code pte_t} words, and the lock in its {@code struct page}. */
    public static final class Leaf {

        private final String name;
        private final SpinLock ptl;
        private final Word[] ptes;

        private Leaf(Machine machine, int number, int entries) {
            this.name = "table" + number;
            this.ptl = machine.spinLock(LockClass.PT_LOCK, "ptl" + number);
            this.ptes = machine.words("pte" + number, entries, 0, Pte::show);
        }

        /** {@code pte_lockptr}: the PT lock. */
        public SpinLock ptl() {
            return ptl;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A table for {@code leaves * entriesPerLeaf} pages, without any leaf. */
    public PageTable(Machine machine, int leaves, int entriesPerLeaf) {
        this.entriesPerLeaf = entriesPerLeaf;
        this.pageTableLock = machine.spinLock(LockClass.PAGE_TABLE_LOCK, "page_table_lock");
        this.leaves = machine.slab("page tables", leaves + SPARE, i -> new Leaf(machine, i, entriesPerLeaf));
        this.directory = machine.words("pmd", leaves, EMPTY, value -> value == EMPTY ? "none" : "table" + (value - 1));
    }

    /** How many pages a leaf maps. */
    public int entriesPerLeaf() {
        return entriesPerLeaf;
    }

    /** How many pages the whole table can map. */
    public int span() {
        return directory.length * entriesPerLeaf;
    }

    /** The first page of the next leaf after {@code address}, but not beyond {@code end}: {@code pmd_addr_end}. */
    public int leafEnd(int address, int end) {
        return Math.min(end, (address / entriesPerLeaf + 1) * entriesPerLeaf);
    }

    /** Reads the directory entry of {@code address}: the leaf that it points to, or null ({@code pmd_none}). */
    public Leaf leafOf(int address) {
        return leaf(entryOf(address).readOnce());
    }

    /** The PTE's word in {@code leaf}: {@code pte_offset_map}. */
    public Word pte(Leaf leaf, int address) {
        return leaf.ptes[address % entriesPerLeaf];
    }

    /**
     * {@code __pte_alloc}: makes sure that {@code address} has a leaf, and returns it. Two faults may race; the loser
     * frees its table.
     */
    public Leaf allocLeaf(int address) {
        Leaf fresh = leaves.alloc();
        for (Word pte : fresh.ptes) {
            pte.writeOnce(Pte.NONE.bits());
        }
        pageTableLock.lock();
        Leaf linked = leafOf(address);
        if (linked == null) {
            // pmd_populate; the smp_wmb() before it makes the zeroed PTEs visible first.
            entryOf(address).storeRelease(leaves.indexOf(fresh) + 1L);
            linked = fresh;
            fresh = null;
        }
        pageTableLock.unlock();
        if (fresh != null) {
            leaves.free(fresh);
        }
        return linked;
    }

    /** {@code pmd_clear}: unlinks the leaf of {@code address}. The mmap lock must be held for write. */
    public void clearEntry(int address) {
        entryOf(address).writeOnce(EMPTY);
    }

    /** Frees a leaf that is unlinked and that no TLB walks any more. */
    public void freeLeaf(Leaf leaf) {
        leaves.free(leaf);
    }

    /** The PTE that maps {@code address} now, {@link Pte#NONE} without a leaf; for invariants. */
    public Pte peek(int address) {
        Leaf leaf = leaf(entryOf(address).peek());
        return leaf == null ? Pte.NONE : new Pte(pte(leaf, address).peek());
    }

    /** The PT lock's word of {@code address}, or null without a leaf; for invariants. */
    public Word peekLock(int address) {
        Leaf leaf = leaf(entryOf(address).peek());
        return leaf == null ? null : leaf.ptl.word();
    }

    /** Every word that {@link #peek} may look at. */
    public List<Word> words() {
        List<Word> words = new ArrayList<>(List.of(directory));
        for (int i = 0; i < leaves.size(); i++) {
            words.addAll(List.of(leaves.get(i).ptes));
        }
        return words;
    }

    private Word entryOf(int address) {
        return directory[address / entriesPerLeaf];
    }

    private Leaf leaf(long entry) {
        return entry == EMPTY ? null : leaves.get((int) entry - 1);
    }
}
