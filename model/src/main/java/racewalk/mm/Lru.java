package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * The LRU list of {@code mm/swap.c} and {@code mm/vmscan.c} of Linux 4.9, era 2016: a page is on it ({@code PG_lru}),
 * or still in the pagevec of the CPU that has added it, or isolated, or nowhere. The order of the list is not modelled.
 *
 * <p>A pagevec holds a reference on each of its pages until it is drained. It has {@code PAGEVEC_SIZE} places, 14,
 * which no scenario fills. What a CPU does to its own pagevec, and what the work of {@link #addDrainAll} does there,
 * excludes the other: it is one step. So is what is done under {@code lru_lock}.
 */
public final class Lru {

    /** Branches of the list. */
    public enum Marks implements Mark {
        /** A page was not on the list when it was to be isolated. */
        NOT_ON_LIST,
        /** A page was in the pagevec of a CPU, and came to the list. */
        DRAINED
    }

    private record Pagevec(Task cpu, Word pages) {}

    private static final long EMPTY = -1;

    private final Machine machine;
    private final PhysicalMemory memory;
    private final HardwareUnit lruLock;
    private final List<Pagevec> pagevecs = new ArrayList<>();

    Lru(Machine machine, PhysicalMemory memory) {
        this.machine = machine;
        this.memory = memory;
        this.lruLock = machine.unit("lru_lock");
    }

    /** Adds a CPU, with an empty pagevec. */
    void addCpu(Task cpu) {
        pagevecs.add(new Pagevec(cpu, machine.word(cpu.name() + ".lru_add_pvec", 0, Long::toBinaryString)));
    }

    /**
     * {@code lru_cache_add}: to the pagevec of this CPU, with a reference. The boot and the devices run on the first
     * one.
     */
    public void cacheAdd(Page page) {
        Word pages = own().pages;
        lruLock.step("lru_cache_add", () -> {
            page.refCount().inc();
            pages.or(1L << page.pfn());
            return 0;
        });
    }

    private Pagevec own() {
        for (Pagevec pagevec : pagevecs) {
            if (pagevec.cpu == machine.current()) {
                return pagevec;
            }
        }
        return pagevecs.getFirst();
    }

    /** {@code lru_add_drain}: the pages of this CPU's pagevec come to the list. */
    public void addDrain() {
        drain(own());
    }

    /** {@code lru_add_drain_all}: so do those of all CPUs, one after the other. It sleeps. */
    public void addDrainAll() {
        machine.current().lockDep().mightSleep("lru_add_drain_all");
        pagevecs.forEach(this::drain);
    }

    /** {@code __pagevec_lru_add}. */
    private void drain(Pagevec pagevec) {
        for (long added = addOne(pagevec.pages); added != EMPTY; added = addOne(pagevec.pages)) {
            Page page = memory.page((int) (added >> 1));
            machine.bugOn((added & 1) != 0, page + " is on the LRU list already"); // VM_BUG_ON_PAGE(PageLRU(page))
            machine.reach(Marks.DRAINED);
            memory.putPage(page); // release_pages
        }
    }

    /** {@code __pagevec_lru_add_fn} of the first page: its number, and in bit 0 whether it was on the list already. */
    private long addOne(Word pagevec) {
        return lruLock.step("__pagevec_lru_add", () -> {
            long pages = pagevec.readOnce();
            if (pages == 0) {
                return EMPTY;
            }
            int pfn = Long.numberOfTrailingZeros(pages);
            pagevec.andNot(1L << pfn);
            Word flags = memory.page(pfn).flags();
            long already = flags.readOnce() & Page.LRU;
            flags.or(Page.LRU);
            return 2L * pfn + (already == 0 ? 0 : 1);
        });
    }

    /** {@code PageLRU}. */
    public boolean isOnList(Page page) {
        return page.flags().readOnce(Page.LRU) != 0;
    }

    /** {@code isolate_lru_page}: takes the page off the list, with a reference; false if it is not on the list. */
    public boolean isolate(Page page) {
        if (!isOnList(page)) {
            machine.reach(Marks.NOT_ON_LIST);
            return false;
        }
        boolean isolated = lruLock.step("isolate_lru_page", () -> {
                    if ((page.flags().readOnce() & Page.LRU) == 0) {
                        return 0;
                    }
                    page.refCount().inc();
                    page.flags().andNot(Page.LRU);
                    return 1;
                })
                != 0;
        if (!isolated) {
            machine.reach(Marks.NOT_ON_LIST);
        }
        return isolated;
    }

    /**
     * {@code __isolate_lru_page}: the same, by one who has no reference and gets none of a page that is being freed.
     */
    boolean isolateUnlessFree(Page page) {
        return lruLock.step("__isolate_lru_page", () -> {
                    boolean on = (page.flags().readOnce() & Page.LRU) != 0;
                    if (!on || !page.refCount().incNotZero()) {
                        return 0;
                    }
                    page.flags().andNot(Page.LRU);
                    return 1;
                })
                != 0;
    }

    /** {@code putback_inactive_pages}: back to the list at once, and the reference of the isolation is dropped. */
    void putbackInactive(Page page) {
        lruLock.step("putback_inactive_pages", () -> {
            page.flags().or(Page.LRU);
            return 0;
        });
        memory.putPage(page);
    }

    /** {@code putback_lru_page}: gives the page back, and drops the reference of its isolation. */
    public void putback(Page page) {
        cacheAdd(page);
        memory.putPage(page);
    }

    /** How many pagevecs hold a page now, for invariants. */
    public long peekPagevecs(int pfn) {
        return pagevecs.stream()
                .filter(pagevec -> (pagevec.pages.peek() & 1L << pfn) != 0)
                .count();
    }

    /** Every word that {@link #peekPagevecs} looks at. */
    public List<Word> words() {
        return pagevecs.stream().map(Pagevec::pages).toList();
    }
}
