package racewalk.contpte;

import java.util.Set;
import racewalk.machine.Machine;
import racewalk.machine.Mark;

/**
 * {@code arch/arm64/mm/contpte.c} of Linux 7.0-rc with {@code arch/arm64/include/asm/pgtable.h}: the contiguous bit is
 * put on and taken off behind core code's back. An aligned block whose entries map one part of a folio alike has it in
 * all of them; before one entry becomes different from the others all lose it.
 *
 * <p>Hardware may set the access flag and the dirty state in any entry of such a block, so the bits of all are those of
 * each. What is not of a user process, special mappings, and {@code CONFIG_ARM64_CONTPTE}'s test of the folio beyond
 * its frames' numbers are left out.
 */
public final class Contpte extends Ptes {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** A block got the contiguous bit because its last entry came to match the others. */
        FOLDED,
        /** A block lost it because one entry was to change. */
        UNFOLDED,
        /** A block was mapped with it at once. */
        MAPPED,
        /** All of a block was cleared or write-protected, and it kept it. */
        WHOLE_BLOCK,
        /** The access flags of all entries were set. */
        ALL_FLAGS,
        /** A lockless look found a block that was being changed, and was begun anew. */
        READ_AGAIN
    }

    private final Machine machine;
    private final int contPtes;
    private final Set<LeftOut> leftOut;

    /** The entries of {@code table}, with something left out. */
    public Contpte(LeafTable table, Tlbs tlbs, Set<LeftOut> leftOut) {
        super(table, tlbs);
        this.machine = table.machine();
        this.contPtes = table.contPtes();
        this.leftOut = leftOut;
    }

    private boolean does(LeftOut step) {
        return !leftOut.contains(step);
    }

    private int alignDown(int index) {
        return table().alignDown(index);
    }

    /**
     * {@code contpte_convert}: break-before-make. {@code __ptep_get_and_clear} of all entries collects what hardware
     * has told in any of them. The flush is against translations of two sizes; with {@link Bbm#LEVEL_2_NO_ABORT} it is
     * left to whoever changes an entry: "the final tlbi+dsb covering the changed page".
     */
    private void convert(int index, Arm64Pte to) {
        int start = alignDown(index);
        Arm64Pte pte = to.withPfn(to.pfn() - to.pfn() % contPtes);
        for (int i = start; i < start + contPtes; i++) {
            Arm64Pte ptent = rawGetAndClear(i);
            if (i == index || does(LeftOut.GATHER)) {
                pte = pte.gather(ptent);
            }
        }
        if (tlbs().bbm() == Bbm.LEVEL_0 && does(LeftOut.BREAK)) {
            if (does(LeftOut.FLUSH_OF_BLOCK)) {
                flushTlbRange(start, start + contPtes);
            } else {
                flushTlbRange(index, index + 1);
            }
        }
        rawSetPtes(start, pte, contPtes);
    }

    /** {@code contpte_try_fold}: the last entry of a block was set. */
    private void tryFold(int index, Arm64Pte pte) {
        boolean last = index % contPtes == contPtes - 1 && pte.pfn() % contPtes == contPtes - 1;
        if (!last || !pte.isValid() || pte.isCont()) {
            return;
        }
        int pfn = pte.pfn() - pte.pfn() % contPtes;
        Arm64Pte expected = protection(pte).withPfn(pfn);
        for (int i = 0; i < contPtes; i++) {
            if (!protection(rawGet(alignDown(index) + i)).equals(expected.advance(i))) {
                return;
            }
        }
        machine.reach(Marks.FOLDED);
        convert(index, pte.makeCont());
    }

    /** {@code pte_mkold(pte_mkclean(pte))}. */
    private Arm64Pte protection(Arm64Pte pte) {
        Arm64Pte kept = pte.ignoringAccesses();
        return does(LeftOut.COMPARE) ? kept : new Arm64Pte(kept.bits() & ~Arm64Pte.WRITE);
    }

    /** {@code contpte_try_unfold}. */
    private void tryUnfold(int index, Arm64Pte pte) {
        if (pte.isValidCont() && does(LeftOut.UNFOLD)) {
            unfold(index, pte);
        }
    }

    /** {@code __contpte_try_unfold}. */
    private void unfold(int index, Arm64Pte pte) {
        machine.reach(Marks.UNFOLDED);
        convert(index, pte.makeNonCont());
    }

    /** {@code contpte_try_unfold_partial}: "any partially covered contpte block at the beginning and end". */
    private void tryUnfoldPartial(int index, int nr) {
        if (index % contPtes != 0 || nr < contPtes) {
            tryUnfold(index, rawGet(index));
        }
        int last = index + nr - 1;
        if ((last + 1) % contPtes != 0) {
            tryUnfold(last, rawGet(last));
        }
        if (index % contPtes == 0 && nr >= contPtes) {
            machine.reach(Marks.WHOLE_BLOCK);
        }
    }

    /** {@code ptep_get}, {@code contpte_ptep_get}: with the access and dirty bits of all of the block. */
    @Override
    public Arm64Pte ptepGet(int index) {
        Arm64Pte pte = rawGet(index);
        if (!pte.isValidCont()) {
            return pte;
        }
        for (int i = 0; i < contPtes; i++) {
            pte = pte.gather(rawGet(alignDown(index) + i));
        }
        return pte;
    }

    /** {@code ptep_get_lockless}, {@code contpte_ptep_get_lockless}: what is seen is one block, or it begins anew. */
    @Override
    public Arm64Pte ptepGetLockless(int index) {
        Arm64Pte pte = rawGet(index);
        if (!pte.isValidCont()) {
            return pte;
        }
        while (true) {
            machine.loopHead("contpte_ptep_get_lockless " + index);
            Arm64Pte orig = rawGet(index);
            if (!orig.isValidCont()) {
                return orig;
            }
            Arm64Pte gathered = gatherConsistent(index, orig);
            if (gathered != null) {
                return gathered;
            }
            machine.reach(Marks.READ_AGAIN); // goto retry
        }
    }

    /** The loop of {@code contpte_ptep_get_lockless}; null if the entries are not those of one block. */
    private Arm64Pte gatherConsistent(int index, Arm64Pte orig) {
        int start = alignDown(index);
        Arm64Pte expected = orig.ignoringAccesses().advance(start - index);
        Arm64Pte gathered = orig;
        for (int i = 0; i < contPtes; i++) {
            Arm64Pte pte = rawGet(start + i);
            if (!pte.ignoringAccesses().equals(expected.advance(i)) && does(LeftOut.REREAD)) {
                return null;
            }
            gathered = gathered.gather(pte);
        }
        return gathered;
    }

    /** {@code set_ptes}, {@code contpte_set_ptes}: of more than one entry all are invalid before. */
    @Override
    public void setPtes(int index, Arm64Pte entry, int nr) {
        Arm64Pte pte = entry.makeNonCont();
        if (nr == 1) {
            tryUnfold(index, rawGet(index));
            rawSetPtes(index, pte, 1);
            tryFold(index, pte);
            return;
        }
        int end = index + nr;
        for (int i = index; i < end; ) {
            int next = Math.min(alignDown(i) + contPtes, end); // pte_cont_addr_end
            Arm64Pte part = pte.advance(i - index);
            boolean aligned = i % contPtes == 0 && next % contPtes == 0 && part.pfn() % contPtes == 0;
            if (aligned) {
                machine.reach(Marks.MAPPED);
            }
            rawSetPtes(i, aligned ? part.makeCont() : part, next - i);
            i = next;
        }
    }

    /** {@code get_and_clear_full_ptes}, {@code contpte_get_and_clear_full_ptes}. */
    @Override
    public Arm64Pte getAndClearFullPtes(int index, int nr) {
        if (nr == 1) {
            tryUnfold(index, rawGet(index));
        } else {
            tryUnfoldPartial(index, nr);
        }
        return rawGetAndClearFullPtes(index, nr);
    }

    /** {@code wrprotect_ptes}, {@code contpte_wrprotect_ptes}. */
    @Override
    public void wrprotectPtes(int index, int nr) {
        if (nr == 1) {
            Arm64Pte orig = rawGet(index);
            if (orig.isCont() && does(LeftOut.UNFOLD)) {
                unfold(index, orig);
                orig = orig.makeNonCont();
            }
            rawSetWrprotect(index, orig);
            return;
        }
        tryUnfoldPartial(index, nr);
        rawWrprotectPtes(index, nr);
    }

    /**
     * {@code ptep_set_access_flags}, {@code contpte_ptep_set_access_flags}: the flags of all entries are set, "to
     * prevent extra faults"; only a change of the write bit unfolds.
     */
    @Override
    public boolean ptepSetAccessFlags(int index, Arm64Pte flags, boolean dirty) {
        Arm64Pte entry = flags.makeNonCont();
        if (!rawGet(index).isValidCont()) {
            return rawSetAccessFlags(index, entry, dirty);
        }
        Arm64Pte orig;
        if (does(LeftOut.RAW_ENTRIES)) {
            if (allSubptesMatchAccessFlags(index, entry)) {
                return false;
            }
            orig = rawGet(index).makeNonCont();
        } else {
            orig = ptepGet(index).makeNonCont();
            if (orig.equals(entry)) {
                return false;
            }
        }
        if (orig.isWrite() == entry.isWrite()) {
            machine.reach(Marks.ALL_FLAGS);
            int start = alignDown(index);
            for (int i = start; i < start + contPtes; i++) {
                rawSetAccessFlags(i, entry, false);
            }
            if (dirty) {
                tlbs().localFlushTlbRange(start, start + contPtes);
            }
        } else {
            if (does(LeftOut.UNFOLD)) {
                unfold(index, orig);
            }
            rawSetAccessFlags(index, entry, dirty);
        }
        return true;
    }

    /** {@code contpte_all_subptes_match_access_flags}: "raw per-PTE values rather than the gathered view". */
    private boolean allSubptesMatchAccessFlags(int index, Arm64Pte entry) {
        long mask = Arm64Pte.WRITABLE | Arm64Pte.AF | Arm64Pte.WRITE | Arm64Pte.DIRTY;
        for (int i = 0; i < contPtes; i++) {
            if (((rawGet(alignDown(index) + i).bits() ^ entry.bits()) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** {@code ptep_clear_flush_young}, {@code contpte_ptep_clear_flush_young}: of all of the block. */
    @Override
    public boolean ptepClearFlushYoung(int index) {
        if (!rawGet(index).isValidCont()) {
            return super.ptepClearFlushYoung(index);
        }
        boolean young = false;
        int start = alignDown(index);
        for (int i = start; i < start + contPtes; i++) {
            young |= rawTestAndClearYoung(i);
        }
        if (young) {
            flushTlbRange(start, start + contPtes);
        }
        return young;
    }

    /** {@code pte_batch_hint}. */
    @Override
    public int pteBatchHint(int index, Arm64Pte pte) {
        return pte.isValidCont() ? contPtes - index % contPtes : 1;
    }
}
