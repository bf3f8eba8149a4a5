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
 * ({@code NR_CPUS >= CONFIG_SPLIT_PTLOCK_CPUS}) unless they are not split; directory entries are set under {@code
 * page_table_lock} and cleared under the mmap lock held for write.
 *
 * <p>Addresses are virtual page numbers.
 */
public final class PageTable {

    private static final int EMPTY = 0;

    /** Leaves beyond those that can be linked: for faults that race to link one. */
    private static final int SPARE = 3;

    private final PhysicalMemory memory;
    private final int entriesPerLeaf;
    private final SpinLock pageTableLock;
    private final Word[] directory;
    private final Slab<Leaf> leaves;

    /** What the PT lock of a leaf is. */
    public enum PtLocks {
        /** One for each leaf, in its {@code struct page}. */
        SPLIT,
        /** {@code mm->page_table_lock} for all of them: a kernel for fewer than {@code CONFIG_SPLIT_PTLOCK_CPUS}. */
        ONE
    }

    /** A leaf table: {@code pte_t} words, and the lock in its {@code struct page}. */
    public static final class Leaf {

        private final String name;
        private final SpinLock ptl;
        private final Word[] ptes;

        private Leaf(Machine machine, String prefix, int number, int entries, SpinLock forAll) {
            this.name = prefix + "table" + number;
            this.ptl = forAll == null ? machine.spinLock(LockClass.PT_LOCK, prefix + "ptl" + number) : forAll;
            this.ptes = machine.words(prefix + "pte" + number, entries, 0, Pte::show);
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

    /**
     * A table for {@code leaves * entriesPerLeaf} pages, without any leaf.
     *
     * @param prefix of the names in traces: which process it is of
     * @param locks whether each leaf has its own PT lock
     */
    public PageTable(
            Machine machine, PhysicalMemory memory, String prefix, int leaves, int entriesPerLeaf, PtLocks locks) {
        this.memory = memory;
        this.entriesPerLeaf = entriesPerLeaf;
        boolean split = locks == PtLocks.SPLIT;
        this.pageTableLock =
                machine.spinLock(split ? LockClass.PAGE_TABLE_LOCK : LockClass.PT_LOCK, prefix + "page_table_lock");
        SpinLock forAll = split ? null : pageTableLock; // pte_lockptr: &mm->page_table_lock
        this.leaves = machine.slab(
                prefix + "page tables", leaves + SPARE, i -> new Leaf(machine, prefix, i, entriesPerLeaf, forAll));
        this.directory = machine.words(
                prefix + "pmd", leaves, EMPTY, value -> value == EMPTY ? "none" : prefix + "table" + (value - 1));
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

    /**
     * {@code page_check_address} of {@code mm/rmap.c}, 2.6.24 to 4.9: the leaf, with its PT lock held, if the page is
     * mapped at {@code address}; else null. Today's {@code page_vma_mapped_walk} takes a device's entry for a mapping,
     * too.
     */
    public Leaf checkAddress(Page page, int address) {
        return checkAddress(page, address, false);
    }

    /**
     * The same.
     *
     * @param sync {@code PVMW_SYNC}: not even a quick check is made without the PT lock
     */
    Leaf checkAddress(Page page, int address, boolean sync) {
        Leaf leaf = leafOf(address);
        if (leaf == null) {
            return null;
        }
        Word word = pte(leaf, address);
        if (!sync && !new Pte(word.readOnce()).isMapping()) { // "Make a quick check before getting the lock"
            return null;
        }
        leaf.ptl().lock();
        Pte pte = new Pte(word.readOnce());
        if (pte.isMapping() && pte.pfn() == page.pfn()) {
            return leaf;
        }
        leaf.ptl().unlock();
        return null;
    }

    /** The number of a leaf, from 0. */
    public int numberOf(Leaf leaf) {
        return leaves.indexOf(leaf);
    }

    /** The leaf with that number, which may have been freed. */
    public Leaf leafNumbered(int number) {
        return leaves.get(number);
    }

    /** The PTE's word in {@code leaf}: {@code pte_offset_map}. */
    public Word pte(Leaf leaf, int address) {
        return leaf.ptes[address % entriesPerLeaf];
    }

    /**
     * {@code __pte_alloc}: makes sure that {@code address} has a leaf, and returns it. Two faults may race; the loser
     * frees its table.
     *
     * @return null, for {@code -ENOMEM}, if the allocation fails, though another fault may have linked a leaf
     */
    public Leaf allocLeaf(int address) {
        if (memory.fails("pte_alloc_one")) {
            return null;
        }
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

    /** Every word that {@link #peekLock} may give. */
    public List<Word> locks() {
        List<Word> words = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            words.add(leaves.get(i).ptl.word());
        }
        return words;
    }

    /** A leaf that is allocated now and not linked, or null; for invariants. */
    public Leaf peekUnlinked() {
        for (int i = 0; i < leaves.size(); i++) {
            Leaf leaf = leaves.get(i);
            if (leaves.isAllocated(leaf) && !isLinked(leaf)) {
                return leaf;
            }
        }
        return null;
    }

    private boolean isLinked(Leaf leaf) {
        for (Word entry : directory) {
            if (leaf(entry.peek()) == leaf) {
                return true;
            }
        }
        return false;
    }

    /** The words that {@link #peekUnlinked} looks at. */
    public List<Word> linkWords() {
        List<Word> words = new ArrayList<>(List.of(directory));
        words.add(leaves.word());
        return words;
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
