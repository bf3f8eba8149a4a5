package racewalk.hmm;

import java.util.List;
import java.util.stream.IntStream;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Rcu;
import racewalk.machine.Slab;
import racewalk.machine.SpinLock;
import racewalk.machine.Task;
import racewalk.machine.Word;
import racewalk.walk.TableShape;

/**
 * {@code struct hmm_pt}: "[PATCH 4/6] HMM: add HMM page table", 5 January 2015, and "[PATCH 06/15] HMM: add HMM page
 * table v3", 17 July 2015. Addresses are counted in pages, so {@code PAGE_SHIFT} is 0, and a directory may have fewer
 * entries than 512. A valid entry is odd; above that bit it holds the page's number or, in the last level, a value.
 */
public final class HmmPt {

    /** Which lock protects a directory's entries: what {@code USE_SPLIT_PTE_PTLOCKS && !ALLOC_SPLIT_PTLOCKS} says. */
    public enum Locks {
        /** Each directory has its own, the root {@code pt->lock}. */
        SPLIT,
        /** {@code pt->lock} for all. */
        SINGLE
    }

    private static final long VALID = 1;

    private final Machine machine;
    private final String name;
    private final Locks locks;
    private final SpinLock lock;
    private final Rcu rcu;
    private final Word[] pgd;
    private final Slab<Directory> pages;
    private final boolean mayFail;
    private final int llevel;
    private final int last;
    private final int directoryMask;
    private final int[] shift;
    private final int[] mask;

    /** {@code hmm_pt_init}. */
    public HmmPt(Machine machine, String name, TableShape shape, Locks locks) {
        this.machine = machine;
        this.name = name;
        this.locks = locks;
        this.mayFail = shape.mayFail();
        int directoryShift = Integer.numberOfTrailingZeros(shape.entries());
        this.llevel = shape.depth() - 1;
        this.last = shape.span() - 1;
        this.directoryMask = shape.entries() - 1;
        this.shift = IntStream.rangeClosed(0, llevel)
                .map(level -> (llevel - level) * directoryShift)
                .toArray();
        this.mask = IntStream.of(shift).map(bits -> -(1 << bits)).toArray();
        this.lock = machine.spinLock(LockClass.HMM_DIRECTORY, name + ".lock");
        this.rcu = machine.rcu(name + ".rcu");
        this.pgd = machine.words(name + ".pgd", shape.root(), 0, HmmPt::show);
        List<Directory.Struct> structs = IntStream.range(0, shape.directories())
                .mapToObj(number -> new Directory.Struct(machine, page(number)))
                .toList();
        this.pages = machine.slab(
                name + ".pages",
                shape.directories(),
                number -> new Directory(
                        this,
                        number,
                        structs.get(number),
                        machine.words(page(number), shape.entries(), 0, HmmPt::show)));
    }

    private String page(int number) {
        return name + ".page" + number;
    }

    private static String show(long entry) {
        return isValid(entry) ? "valid " + (entry >> 1) : "invalid";
    }

    /** The machine that it is on. */
    Machine machine() {
        return machine;
    }

    /** The domain in which directories are dereferenced. */
    Rcu rcu() {
        return rcu;
    }

    /** {@code pt->llevel}. */
    int llevel() {
        return llevel;
    }

    /** {@code pt->last}. */
    int last() {
        return last;
    }

    /** {@code pt->mask[level]}: clears what is within one entry of a directory of that level. */
    int mask(int level) {
        return mask[level];
    }

    /** {@code entry & HMM_PTE_VALID}. */
    static boolean isValid(long entry) {
        return (entry & VALID) != 0;
    }

    /** {@code hmm_pte_from_pfn}. */
    static long entry(long pfn) {
        return pfn << 1 | VALID;
    }

    /** {@code hmm_pte_pfn}, of any entry. */
    static long pfn(long entry) {
        return entry >> 1;
    }

    /** {@code pfn_to_page(hmm_pte_pfn(entry))}. */
    Directory directory(long entry) {
        return pages.get((int) pfn(entry) - 1);
    }

    /** {@code hmm_pt_index}. */
    int index(int addr, int level) {
        return addr >> shift[level] & directoryMask;
    }

    /** The entry for {@code addr} of {@code ptd}, or of the root at level 0. */
    Word entry(Directory ptd, int addr, int level) {
        int index = index(addr, level);
        if (level > 0) {
            return ptd.entry(index);
        }
        machine.bugOn(index >= pgd.length, "pgd[" + index + "] of " + pgd.length + " entries");
        return pgd[index];
    }

    /** {@code hmm_pt_directory_lock}. */
    void directoryLock(Directory ptd, int level) {
        lockOf(ptd, level).lock();
    }

    /** {@code hmm_pt_directory_unlock}. */
    void directoryUnlock(Directory ptd, int level) {
        lockOf(ptd, level).unlock();
    }

    private SpinLock lockOf(Directory ptd, int level) {
        return level > 0 && locks == Locks.SPLIT ? ptd.ptl() : lock;
    }

    /** {@code alloc_page(GFP_HIGHUSER | __GFP_ZERO)}: null if it fails. */
    Directory allocPage() {
        boolean fails =
                mayFail && machine.current().id() != Task.BOOT && machine.choose("whether alloc_page fails", 2) == 1;
        if (fails) {
            return null;
        }
        Directory ptd = pages.alloc();
        ptd.entries().forEach(entry -> entry.writeOnce(0));
        return ptd;
    }

    /** {@code __free_page}. */
    void freePage(Directory ptd) {
        pages.free(ptd);
    }

    /** Whether a page is a directory now, or about to be, for invariants. */
    boolean isAllocated(Directory ptd) {
        return pages.isAllocated(ptd);
    }

    /**
     * {@code hmm_pt_fini}: nobody uses the table any more.
     *
     * @param ofParent whether {@code hmm_pt_fini_directory} frees its argument for each child, as posted first
     */
    void fini(boolean ofParent) {
        for (Word entry : pgd) {
            long pte = entry.readOnce();
            if (!isValid(pte)) {
                continue;
            }
            Directory ptd = directory(pte);
            entry.writeOnce(0);
            finiDirectory(ptd, 1, ofParent);
            ptd.mapcount().set(-1);
            freePage(ptd);
        }
    }

    /** {@code hmm_pt_fini_directory}. */
    private void finiDirectory(Directory ptd, int level, boolean ofParent) {
        if (level == llevel) {
            return;
        }
        for (int i = 0; i <= directoryMask; i++) {
            long pte = ptd.entry(i).readOnce();
            if (!isValid(pte)) {
                continue;
            }
            Directory lptd = directory(pte);
            ptd.entry(i).writeOnce(0);
            finiDirectory(lptd, level + 1, ofParent);
            Directory freed = ofParent ? ptd : lptd;
            freed.mapcount().set(-1);
            freePage(freed);
        }
    }

    /** The pages, for invariants. */
    List<Directory> pages() {
        return IntStream.range(0, pages.size()).mapToObj(pages::get).toList();
    }

    /** The root, for invariants. */
    List<Word> root() {
        return List.of(pgd);
    }

    /** Which pages are free, for invariants. */
    Word free() {
        return pages.word();
    }

    @Override
    public String toString() {
        return name;
    }
}
