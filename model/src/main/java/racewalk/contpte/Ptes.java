package racewalk.contpte;

import racewalk.machine.Word;

/**
 * The entries of a leaf table as core code uses them, without contiguous ones: arm64's private functions ({@code
 * __ptep_get} and so on), which its public ones are if {@code CONFIG_ARM64_CONTPTE} is not set; x86's public ones do
 * the same. All but {@link #ptepGetLockless} are called with the PT lock held.
 */
public class Ptes {

    private final LeafTable table;
    private final Tlbs tlbs;

    /** The entries of {@code table}. */
    public Ptes(LeafTable table, Tlbs tlbs) {
        this.table = table;
        this.tlbs = tlbs;
    }

    /** The table. */
    final LeafTable table() {
        return table;
    }

    /** The TLBs. */
    final Tlbs tlbs() {
        return tlbs;
    }

    private Word entry(int index) {
        return table.entry(index);
    }

    /** {@code __ptep_get}. */
    final Arm64Pte rawGet(int index) {
        return new Arm64Pte(entry(index).readOnce());
    }

    /** {@code __set_ptes}: entries that map consecutive pages. */
    final void rawSetPtes(int index, Arm64Pte pte, int nr) {
        for (int i = 0; i < nr; i++) {
            entry(index + i).writeOnce(pte.advance(i).bits());
        }
    }

    /** {@code __ptep_get_and_clear}. */
    final Arm64Pte rawGetAndClear(int index) {
        return new Arm64Pte(entry(index).xchg(0));
    }

    /** {@code __get_and_clear_full_ptes}: the first entry, with the access and dirty bits of all. */
    final Arm64Pte rawGetAndClearFullPtes(int index, int nr) {
        Arm64Pte pte = rawGetAndClear(index);
        for (int i = 1; i < nr; i++) {
            pte = pte.gather(rawGetAndClear(index + i));
        }
        return pte;
    }

    /** {@code ___ptep_set_wrprotect}: {@code pte} is what was read; hardware may have set bits since. */
    final void rawSetWrprotect(int index, Arm64Pte pte) {
        Arm64Pte old = pte;
        while (true) { // once for each bit that hardware sets, at most
            long found = entry(index).cmpxchg(old.bits(), old.wrprotect().bits());
            if (found == old.bits()) {
                return;
            }
            old = new Arm64Pte(found);
        }
    }

    /** {@code __wrprotect_ptes}. */
    final void rawWrprotectPtes(int index, int nr) {
        for (int i = 0; i < nr; i++) {
            rawSetWrprotect(index + i, rawGet(index + i));
        }
    }

    /**
     * {@code __ptep_set_access_flags}: more is permitted than before, by one atomic update of the flags: that {@code
     * PTE_RDONLY} is kept inverted makes it an or. False if nothing changes.
     */
    final boolean rawSetAccessFlags(int index, Arm64Pte entry, boolean dirty) {
        if (rawGet(index).equals(entry)) {
            return false;
        }
        entry(index).or(entry.bits() & (Arm64Pte.WRITABLE | Arm64Pte.AF | Arm64Pte.WRITE | Arm64Pte.DIRTY));
        if (dirty) {
            tlbs.localFlushTlbRange(index, index + 1); // "Invalidate a stale read-only entry": others fault
        }
        return true;
    }

    /** {@code __ptep_test_and_clear_young}. */
    final boolean rawTestAndClearYoung(int index) {
        return entry(index).testAndClear(Arm64Pte.AF);
    }

    /** {@code ptep_get}. */
    public Arm64Pte ptepGet(int index) {
        return rawGet(index);
    }

    /** {@code ptep_get_lockless}. */
    public Arm64Pte ptepGetLockless(int index) {
        return rawGet(index);
    }

    /** {@code set_ptes}. */
    public void setPtes(int index, Arm64Pte pte, int nr) {
        rawSetPtes(index, pte, nr);
    }

    /** {@code get_and_clear_full_ptes}; of one entry {@code ptep_get_and_clear}. */
    public Arm64Pte getAndClearFullPtes(int index, int nr) {
        return rawGetAndClearFullPtes(index, nr);
    }

    /** {@code wrprotect_ptes}. */
    public void wrprotectPtes(int index, int nr) {
        rawWrprotectPtes(index, nr);
    }

    /** {@code ptep_set_access_flags}. */
    public boolean ptepSetAccessFlags(int index, Arm64Pte entry, boolean dirty) {
        return rawSetAccessFlags(index, entry, dirty);
    }

    /** {@code ptep_clear_flush_young}. */
    public boolean ptepClearFlushYoung(int index) {
        boolean young = rawTestAndClearYoung(index);
        if (young) {
            tlbs.flushTlbRange(index, index + 1);
        }
        return young;
    }

    /** {@code pte_batch_hint}: so many entries from this one on are alike. */
    public int pteBatchHint(int index, Arm64Pte pte) {
        return 1;
    }

    /** {@code flush_tlb_range}. */
    public final void flushTlbRange(int start, int end) {
        tlbs.flushTlbRange(start, end);
    }
}
