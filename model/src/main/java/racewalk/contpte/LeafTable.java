package racewalk.contpte;

import java.util.List;
import java.util.stream.Stream;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/**
 * One leaf table with its PT lock, and the page frames that its entries may map: of each page the one of the large
 * folio, which has its number, and others for copies of it. Blocks of {@link #contPtes} aligned entries may be
 * contiguous.
 */
public final class LeafTable {

    /** How many frames there are for each page: the folio's, and for two copies. */
    private static final int FRAMES = 3;

    private final Machine machine;
    private final int contPtes;
    private final Word[] entries;
    private final Word[] frames;
    private final Word[] touched;
    private final SpinLock ptl;

    /**
     * An empty table.
     *
     * @param count how many entries
     * @param contPtes {@code CONT_PTES}, the entries of a block: a power of two that divides {@code count}; 16 on
     *     hardware with pages of 4 KiB
     */
    public LeafTable(Machine machine, int count, int contPtes) {
        if (Integer.bitCount(contPtes) != 1 || contPtes < 2 || count % contPtes != 0) {
            throw new IllegalArgumentException(count + " entries in blocks of " + contPtes);
        }
        this.machine = machine;
        this.contPtes = contPtes;
        this.entries = new Word[count];
        for (int i = 0; i < count; i++) {
            entries[i] = machine.gate("pte[" + i + "]", 0, Arm64Pte::show);
        }
        this.frames = machine.words("page", count * FRAMES, 0, Word.Format.DECIMAL);
        this.touched = machine.words("touched", count, 0, Word.Format.DECIMAL);
        this.ptl = machine.spinLock(LockClass.PT_LOCK, "ptl");
    }

    /** The machine. */
    public Machine machine() {
        return machine;
    }

    /** How many entries there are. */
    public int count() {
        return entries.length;
    }

    /** {@code CONT_PTES}. */
    public int contPtes() {
        return contPtes;
    }

    /** {@code contpte_align_down}: the first entry of the block. */
    public int alignDown(int index) {
        return index - index % contPtes;
    }

    /** An entry. */
    public Word entry(int index) {
        return entries[index];
    }

    /** An entry now, for invariants and tests. */
    public Arm64Pte peek(int index) {
        return new Arm64Pte(entries[index].peek());
    }

    /** What a page frame holds. */
    public Word frame(int pfn) {
        return frames[pfn];
    }

    /** How many frames there are. */
    public int frames() {
        return frames.length;
    }

    /** For invariants: not 0 if hardware has marked the page accessed since the block was aged last. */
    public Word touched(int page) {
        return touched[page];
    }

    /** The split lock of the table. */
    public SpinLock ptl() {
        return ptl;
    }

    /** All words that invariants look at. */
    public List<Word> words() {
        return Stream.of(entries, frames, touched).flatMap(Stream::of).toList();
    }
}
