package racewalk.hmm;

import java.util.StringJoiner;
import racewalk.mm.Page;
import racewalk.mm.Pte;

/**
 * One entry of a mirror's page table, as a value: the bits of "[PATCH 06/15] HMM: add HMM page table v3", 17 July 2015.
 * A device's own entries look the same here, with the dirty bit that its hardware sets.
 *
 * @param bits the word
 */
record MirrorEntry(long bits) {

    /** {@code HMM_PTE_VALID_DMA}: it holds a device address. */
    static final long VALID_DMA = 1;

    /** {@code HMM_PTE_VALID_PFN}: it holds a page frame number. */
    static final long VALID_PFN = 1 << 1;

    /** {@code HMM_PTE_WRITE}. */
    static final long WRITE = 1 << 2;

    /** {@code HMM_PTE_DIRTY}: the device has stored through it. */
    static final long DIRTY = 1 << 3;

    private static final int SHIFT = 12;

    /** No entry. */
    static final MirrorEntry NONE = new MirrorEntry(0);

    /** {@code hmm_pte_from_pfn}. */
    static MirrorEntry fromPfn(int pfn) {
        return new MirrorEntry((long) pfn << SHIFT | VALID_PFN);
    }

    /** {@code hmm_pte_from_dma_addr}, of an address that is a page's number. */
    static MirrorEntry fromDmaAddress(int address) {
        return new MirrorEntry((long) address << SHIFT | VALID_DMA);
    }

    /** {@code hmm_pte_test_valid_pfn}. */
    boolean isValidPfn() {
        return (bits & VALID_PFN) != 0;
    }

    /** {@code hmm_pte_test_valid_dma}. */
    boolean isValidDma() {
        return (bits & VALID_DMA) != 0;
    }

    /** Whether it is valid in either way. */
    boolean isValid() {
        return isValidPfn() || isValidDma();
    }

    /** {@code hmm_pte_test_write}. */
    boolean isWritable() {
        return (bits & WRITE) != 0;
    }

    /** {@code hmm_pte_test_dirty}. */
    boolean isDirty() {
        return (bits & DIRTY) != 0;
    }

    /** {@code hmm_pte_pfn}, {@code hmm_pte_dma_addr} without its shift: the number of the frame or of the mapping. */
    int number() {
        return (int) (bits >>> SHIFT);
    }

    /** The entry with these bits set. */
    MirrorEntry with(long more) {
        return new MirrorEntry(bits | more);
    }

    /** Whether an access may be made through it, if a device has it. */
    boolean permits(boolean write) {
        return isValid() && (!write || isWritable());
    }

    /** What it lets a device do with {@code page}. */
    Pte translation(Page page) {
        return isWritable() ? Pte.make(page).makeWritable() : Pte.make(page);
    }

    /** The text of a word that holds an entry. */
    static String show(long bits) {
        MirrorEntry entry = new MirrorEntry(bits);
        if (!entry.isValidPfn() && !entry.isValidDma()) {
            return entry.isDirty() ? "none dirty" : "none";
        }
        StringJoiner text = new StringJoiner(" ");
        text.add((entry.isValidPfn() ? "page" : "dma") + entry.number());
        text.add(entry.isWritable() ? "rw" : "ro");
        if (entry.isDirty()) {
            text.add("dirty");
        }
        return text.toString();
    }
}
