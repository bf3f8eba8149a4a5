package racewalk.mm;

import java.util.List;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Word;

/**
 * One CPU's TLB for one address space: for each page an entry that caches translation, permission and dirtiness.
 *
 * <p>A fill sets the accessed bit of the PTE, an access through an entry does not: whoever clears the bit flushes, or
 * the next accesses leave no trace.
 *
 * <p>An access and a fill are one step each. The access is one step because the CPU does not acknowledge a flush in the
 * middle of it; the fill, because a flush that is executed during a walk discards what the walk finds.
 */
public final class Tlb {

    /** What the hardware made of an access. */
    public enum Outcome {
        /** Done through the cached entry. */
        HIT,
        /** The walk found an entry that permits the access, and cached it; the access itself is still to come. */
        FILLED,
        /** The page tables do not permit the access: a page fault. */
        FAULT
    }

    /**
     * The outcome of an access.
     *
     * @param outcome what happened
     * @param value what a load that hit has read, else 0
     */
    public record Result(Outcome outcome, long value) {}

    private static final int OUTCOME_BITS = 2;

    private final PhysicalMemory memory;
    private final PageTable pageTable;
    private final HardwareUnit unit;
    private final Word[] entries;
    private final boolean aging;

    Tlb(Machine machine, PhysicalMemory memory, PageTable pageTable, String cpu, boolean aging) {
        this.aging = aging;
        this.memory = memory;
        this.pageTable = pageTable;
        this.unit = machine.unit(cpu + " TLB");
        this.entries = machine.words(cpu + ".tlb", pageTable.span(), 0, Pte::show);
    }

    /** A load of {@code address}. */
    public Result load(int address) {
        return result(unit.step("load(" + address + ")", () -> access(address, false, 0)));
    }

    /** A store of {@code value} to {@code address}. */
    public Result store(int address, long value) {
        return result(unit.step("store(" + address + ", " + value + ")", () -> access(address, true, value)));
    }

    /** Executes a flush of {@code [start, end)}: the last step of the CPU's part, after which it acknowledges. */
    void flush(int start, int end) {
        unit.step("flush_tlb", () -> {
            for (int address = start; address < end; address++) {
                entries[address].writeOnce(Pte.NONE.bits());
            }
            return 0;
        });
    }

    /** The entry of {@code address} now, for invariants. */
    public Pte peek(int address) {
        return new Pte(entries[address].peek());
    }

    /** Every word that {@link #peek} may look at. */
    public List<Word> words() {
        return List.of(entries);
    }

    private long access(int address, boolean write, long value) {
        Pte entry = new Pte(entries[address].readOnce());
        if (entry.permits(write)) {
            if (write && !entry.isDirty() && !setDirty(address, entry)) {
                return drop(address);
            }
            Word content = memory.page(entry.pfn()).content();
            if (!write) {
                return hit(content.readOnce());
            }
            content.writeOnce(value);
            return hit(0);
        }
        return walk(address, write);
    }

    /** Caches what the page tables hold for {@code address}, if it permits the access. */
    private long walk(int address, boolean write) {
        PageTable.Leaf leaf = pageTable.leafOf(address);
        if (leaf == null) {
            return drop(address);
        }
        Word word = pageTable.pte(leaf, address);
        Pte pte = new Pte(word.readOnce());
        if (!pte.permits(write)) {
            return drop(address);
        }
        if (aging && !setAccessed(word, pte)) {
            return Outcome.FILLED.ordinal(); // the PTE has changed: the access begins anew
        }
        entries[address].writeOnce(pte.makeOld().bits());
        return Outcome.FILLED.ordinal();
    }

    /**
     * What a walk does before the entry is used, a CPU's, a guest's or an IOMMU's: an atomic update of the entry in
     * memory.
     *
     * @return false if {@code word} does not hold {@code entry} any more
     */
    public static boolean setAccessed(Word word, Pte entry) {
        return entry.isYoung() || word.cmpxchg(entry.bits(), entry.makeYoung().bits()) == entry.bits();
    }

    /**
     * The first store through a clean entry: the hardware walks once more, sets the dirty bit of the PTE by an atomic
     * update, and faults if the PTE no longer holds the translation.
     */
    private boolean setDirty(int address, Pte entry) {
        PageTable.Leaf leaf = pageTable.leafOf(address);
        if (leaf == null) {
            return false;
        }
        Word word = pageTable.pte(leaf, address);
        Pte pte = new Pte(word.readOnce());
        if (!pte.permits(true) || pte.pfn() != entry.pfn()) {
            return false;
        }
        Pte dirty = aging ? pte.makeDirty().makeYoung() : pte.makeDirty();
        if (word.cmpxchg(pte.bits(), dirty.bits()) != pte.bits()) {
            return false;
        }
        entries[address].writeOnce(entry.makeDirty().bits());
        return true;
    }

    /** A page fault drops the entry that did not permit the access. */
    private long drop(int address) {
        entries[address].writeOnce(Pte.NONE.bits());
        return Outcome.FAULT.ordinal();
    }

    private static long hit(long value) {
        return (value << OUTCOME_BITS) | Outcome.HIT.ordinal();
    }

    private static Result result(long told) {
        return new Result(Outcome.values()[(int) told & ((1 << OUTCOME_BITS) - 1)], told >>> OUTCOME_BITS);
    }
}
