package racewalk.contpte;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * One CPU's TLB: for each page a translation of that page, and for each block one of all of it, which is filled from
 * any of the block's entries that has the contiguous bit: "any sub-PTE in a CONT range may become the effective cached
 * translation" (DDI 0487, D8.7.1, as Jaroszynski quotes it). The access flag and dirty state are managed by hardware
 * ({@code FEAT_HAFDBS}), in any entry of the block: which it is, is chosen.
 *
 * <p>A walk, an access and an update of the entry with its access are one step each, for what {@link racewalk.mm.Tlb}
 * says. A TLB that has a translation may walk again if the entry now has another size: it may have been held in a part
 * of the hardware that is not asked first [R]. A CPU that meets an entry with the bit always caches the block; one that
 * never does is that of {@link Ptes}.
 */
public final class LargeTlb {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** A translation of a whole block may be cached. */
        BLOCK,
        /** The table has an entry of another size than the translation that is cached. */
        OTHER_SIZE,
        /** There are translations of both sizes for one address. */
        TWO
    }

    /** What the hardware made of an access. */
    public enum Outcome {
        /** Done. */
        HIT,
        /** Something was cached, or has changed: the access is still to come. */
        AGAIN,
        /** The entry does not permit the access: a page fault. */
        FAULT,
        /** There is no translation, and no entry of the block has the contiguous bit. */
        MISS,
        /** There is no translation, and some entry of the block has the contiguous bit. */
        MISS_BLOCK,
        /** Store through a clean translation. */
        CLEAN,
        /** {@link Marks#TWO}. */
        TWO,
        /** {@link Marks#OTHER_SIZE}. */
        OTHER_SIZE
    }

    /**
     * The outcome of an access: {@link Outcome#HIT}, {@link Outcome#AGAIN} or {@link Outcome#FAULT}.
     *
     * @param outcome what happened
     * @param value what a load that hit has read, else 0
     */
    public record Result(Outcome outcome, long value) {}

    private enum Size {
        ANY,
        PAGE,
        BLOCK
    }

    private static final int OUTCOME_BITS = 3;

    private final Machine machine;
    private final LeafTable table;
    private final String cpu;
    private final HardwareUnit unit;
    private final Word[] pages;
    private final Word[] blocks;

    /** The empty TLB of a CPU. */
    LargeTlb(LeafTable table, String cpu) {
        this.machine = table.machine();
        this.table = table;
        this.cpu = cpu;
        this.unit = machine.unit(cpu + " TLB");
        this.pages = machine.words(cpu + ".tlb", table.count(), 0, Arm64Pte::show);
        this.blocks = machine.words(cpu + ".block", table.count() / table.contPtes(), 0, Arm64Pte::show);
    }

    /** A load of a page, or a store of {@code value} to it. */
    public Result access(int page, boolean write, long value) {
        Size size = Size.ANY;
        while (true) { // at most twice: with a size there is neither of the first two outcomes
            Size used = size;
            String what = write ? "store(" + page + ", " + value + ")" : "load(" + page + ")";
            long told = unit.step(what, () -> through(page, write, value, used));
            switch (outcome(told)) {
                case TWO -> {
                    machine.reach(Marks.TWO);
                    size = choose("which translation is used", "page", "block") == 0 ? Size.PAGE : Size.BLOCK;
                }
                case OTHER_SIZE -> {
                    machine.reach(Marks.OTHER_SIZE);
                    boolean block = payload(told) == 1;
                    if (choose("whether the hardware walks again", "no", "yes") == 1) {
                        return walk(page, write, block ? page : source(page));
                    }
                    size = block ? Size.BLOCK : Size.PAGE;
                }
                case MISS -> {
                    return walk(page, write, page);
                }
                case MISS_BLOCK -> {
                    machine.reach(Marks.BLOCK);
                    return walk(page, write, source(page));
                }
                case CLEAN -> {
                    int source = payload(told) == 0 ? page : source(page);
                    return result(unit.step(
                            "dirty(" + page + ", " + value + ") by pte[" + source + "]",
                            () -> setDirty(page, value, source)));
                }
                default -> {
                    return result(told);
                }
            }
        }
    }

    private int choose(String what, String first, String second) {
        return machine.choose(what, List.of(first, second));
    }

    /** Which of the block's entries the hardware uses. */
    private int source(int page) {
        List<String> entries = IntStream.range(0, table.contPtes())
                .mapToObj(i -> "pte[" + (table.alignDown(page) + i) + "]")
                .toList();
        return table.alignDown(page) + machine.choose("which entry of the block is used", entries);
    }

    private Result walk(int page, boolean write, int source) {
        return result(unit.step("walk(" + page + ") by pte[" + source + "]", () -> fill(page, write, source)));
    }

    private int block(int page) {
        return page / table.contPtes();
    }

    /** An access through what is cached. */
    private long through(int page, boolean write, long value, Size size) {
        Arm64Pte small = size == Size.BLOCK ? Arm64Pte.NONE : new Arm64Pte(pages[page].readOnce());
        Arm64Pte large = size == Size.PAGE ? Arm64Pte.NONE : new Arm64Pte(blocks[block(page)].readOnce());
        if (small.isValid() && large.isValid()) {
            return Outcome.TWO.ordinal();
        }
        if (!small.isValid() && !large.isValid()) {
            return (hasContiguousEntry(page) ? Outcome.MISS_BLOCK : Outcome.MISS).ordinal();
        }
        if (size == Size.ANY && isOfOtherSize(page, large.isValid())) {
            return told(Outcome.OTHER_SIZE, large.isValid() ? 1 : 0);
        }
        Arm64Pte entry = large.isValid() ? large.advance(page % table.contPtes()) : small;
        if (write && !entry.isWrite()) {
            drop(page, large.isValid());
            return Outcome.FAULT.ordinal();
        }
        if (write && !entry.isWritable()) {
            return told(Outcome.CLEAN, large.isValid() ? 1 : 0);
        }
        return reach(entry, write, value);
    }

    private boolean hasContiguousEntry(int page) {
        for (int i = 0; i < table.contPtes(); i++) {
            if (entry(table.alignDown(page) + i).isValidCont()) {
                return true;
            }
        }
        return false;
    }

    private boolean isOfOtherSize(int page, boolean large) {
        Arm64Pte pte = entry(page);
        return pte.isValid() && pte.isCont() != large;
    }

    private Arm64Pte entry(int index) {
        return new Arm64Pte(table.entry(index).readOnce());
    }

    private long reach(Arm64Pte entry, boolean write, long value) {
        Word content = table.frame(entry.pfn());
        if (!write) {
            return told(Outcome.HIT, content.readOnce());
        }
        content.writeOnce(value);
        return Outcome.HIT.ordinal();
    }

    /** A walk: of {@code source} if it has the contiguous bit, else of the page's own entry. */
    private long fill(int page, boolean write, int source) {
        Arm64Pte block = entry(source);
        int from = block.isValidCont() ? source : page;
        Arm64Pte pte = from == source ? block : entry(page);
        if (!pte.isValid() || write && !pte.isWrite()) {
            return Outcome.FAULT.ordinal();
        }
        update(page, from, pte, pte.makeYoung()); // or the entry has changed
        return Outcome.AGAIN.ordinal();
    }

    /** The first store through a clean translation: an atomic update of the entry, and the store. */
    private long setDirty(int page, long value, int source) {
        Arm64Pte block = entry(source);
        int from = block.isValidCont() ? source : page;
        Arm64Pte pte = from == source ? block : entry(page);
        if (!pte.isValid() || !pte.isWrite()) {
            drop(page, true);
            drop(page, false);
            return Outcome.FAULT.ordinal();
        }
        Arm64Pte dirty = new Arm64Pte(pte.bits() | Arm64Pte.WRITABLE).makeYoung();
        return update(page, from, pte, dirty)
                ? reach(dirty.advance(page - from), true, value)
                : Outcome.AGAIN.ordinal();
    }

    /** Updates an entry, and caches what it says: of the block if it has the contiguous bit. */
    private boolean update(int page, int from, Arm64Pte pte, Arm64Pte updated) {
        if (table.entry(from).cmpxchg(pte.bits(), updated.bits()) != pte.bits()) {
            return false;
        }
        table.touched(page).writeOnce(1);
        if (pte.isCont()) {
            blocks[block(page)].writeOnce(
                    updated.advance(-(from % table.contPtes())).bits());
        } else {
            pages[page].writeOnce(updated.bits());
        }
        return true;
    }

    private void drop(int page, boolean large) {
        (large ? blocks[block(page)] : pages[page]).writeOnce(0);
    }

    /** Executes an invalidation of {@code [start, end)}: what translates any of it is dropped, of whatever size. */
    void flush(int start, int end) {
        unit.step("tlbi", () -> {
            for (int page = start; page < end; page++) {
                drop(page, false);
                drop(page, true);
            }
            return 0;
        });
    }

    /** How the CPU may translate a page now, for invariants: none, one way, or two. */
    public List<Arm64Pte> peek(int page) {
        Arm64Pte small = new Arm64Pte(pages[page].peek());
        Arm64Pte large = new Arm64Pte(blocks[block(page)].peek());
        return Stream.of(small, large.isValid() ? large.advance(page % table.contPtes()) : large)
                .filter(Arm64Pte::isValid)
                .toList();
    }

    /** Every word that {@link #peek} may look at. */
    public List<Word> words() {
        return Stream.of(pages, blocks).flatMap(Stream::of).toList();
    }

    private static long told(Outcome outcome, long payload) {
        return payload << OUTCOME_BITS | outcome.ordinal();
    }

    private static Outcome outcome(long told) {
        return Outcome.values()[(int) told & (1 << OUTCOME_BITS) - 1];
    }

    private static long payload(long told) {
        return told >>> OUTCOME_BITS;
    }

    private static Result result(long told) {
        return new Result(outcome(told), payload(told));
    }

    @Override
    public String toString() {
        return cpu;
    }
}
