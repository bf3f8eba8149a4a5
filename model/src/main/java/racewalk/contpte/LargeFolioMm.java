package racewalk.contpte;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.RwSemaphore;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Word;
import racewalk.mm.Protection;

/**
 * Core code of Linux 7.0-rc on the pages of one leaf table that map one large anonymous folio, with {@link Ptes}: it
 * does not know of contiguous entries, but changes runs of entries together where they map consecutive pages of the
 * folio ({@code folio_pte_batch}). Page i is mapped by frame i at first, writable, old and clean, as {@code MADV_FREE}
 * leaves a folio; copies are made in other frames.
 *
 * <p>Who unmaps, protects or forks holds the mmap lock for write, a fault for read, reclaim and ageing not at all. Left
 * out are what has nothing to do with entries: the folio and anon_vma locks, reference counts, the gather.
 */
public final class LargeFolioMm {

    /** Branches that a scenario must reach. */
    public enum Marks implements Mark {
        /** Reclaim found a clean part of the folio and dropped it. */
        DISCARDED,
        /** Reclaim found it dirty and mapped it again. */
        RESTORED,
        /** A store found a page that a child shares, and was given a copy. */
        COPIED,
        /** A store found a page that is not writable, and nobody else's. */
        REUSED,
        /** A fault found everything as it should be. */
        SPURIOUS
    }

    /** In the folio's flags: {@code PG_dirty}. */
    private static final long FOLIO_DIRTY = 1;

    /** {@code PG_referenced}. */
    private static final long FOLIO_REFERENCED = 1 << 1;

    private final Machine machine;
    private final LeafTable table;
    private final Ptes ptes;
    private final Set<LeftOut> leftOut;
    private final RwSemaphore mmapLock;
    private final Word[] vma;
    private final Word folio;
    private final Word[] shared;
    private final HardwareUnit forked;

    /** The pages of {@code table}, all writable. */
    public LargeFolioMm(LeafTable table, Ptes ptes, Set<LeftOut> leftOut) {
        this.machine = table.machine();
        this.table = table;
        this.ptes = ptes;
        this.leftOut = leftOut;
        this.mmapLock = machine.rwSemaphore(LockClass.MMAP_LOCK, "mmap_lock");
        this.vma = machine.words(
                "vma",
                table.count(),
                Protection.READ_WRITE.ordinal(),
                value -> Protection.values()[(int) value].name());
        this.folio = machine.word("folio flags", 0);
        this.shared = machine.words("child", table.frames(), 0, Word.Format.DECIMAL);
        this.forked = machine.unit("child");
    }

    /** Maps the folio, as {@code MADV_FREE} has left it. */
    public void boot() {
        ptes.setPtes(0, Arm64Pte.of(0).makeWrite(), table.count());
    }

    private Protection protection(int page) {
        return Protection.values()[(int) vma[page].readOnce()];
    }

    /** Whether the frame is a child's, too: then an entry of it may not be writable ({@code !PageAnonExclusive}). */
    private boolean isShared(int pfn) {
        return shared[pfn].readOnce() != 0;
    }

    /** {@code handle_mm_fault}, {@code handle_pte_fault}: false for {@code SIGSEGV}. */
    public boolean handleMmFault(int page, boolean write) {
        mmapLock.downRead();
        boolean permitted = protection(page).permits(write);
        if (permitted) {
            Arm64Pte orig = ptes.ptepGetLockless(page);
            if (orig.isValid()) {
                handlePresent(page, orig, write);
            } else {
                doAnonymousPage(page);
            }
        }
        mmapLock.upRead();
        return permitted;
    }

    private void handlePresent(int page, Arm64Pte orig, boolean write) {
        table.ptl().lock();
        if (!ptes.ptepGet(page).equals(orig)) {
            table.ptl().unlock();
            return;
        }
        if (write && !orig.isWrite()) {
            doWpPage(page, orig);
            return;
        }
        Arm64Pte entry = (write ? orig.makeDirty() : orig).makeYoung();
        if (!ptes.ptepSetAccessFlags(page, entry, write)) {
            machine.reach(Marks.SPURIOUS);
        }
        table.ptl().unlock();
    }

    /** {@code do_wp_page}, under the PT lock, which it drops: {@code wp_page_reuse}, {@code wp_page_copy}. */
    private void doWpPage(int page, Arm64Pte orig) {
        if (!isShared(orig.pfn())) {
            machine.reach(Marks.REUSED);
            ptes.ptepSetAccessFlags(page, orig.makeYoung().makeDirty().makeWrite(), true);
            table.ptl().unlock();
            return;
        }
        table.ptl().unlock();
        int copy = orig.pfn() + table.count();
        if (copy >= table.frames()) {
            throw new ScopeExceeded("a page is copied twice at most");
        }
        table.frame(copy).writeOnce(table.frame(orig.pfn()).readOnce());
        table.ptl().lock();
        if (ptes.ptepGet(page).equals(orig)) {
            machine.reach(Marks.COPIED);
            ptes.getAndClearFullPtes(page, 1); // ptep_clear_flush
            ptes.flushTlbRange(page, page + 1);
            ptes.setPtes(page, Arm64Pte.of(copy).makeYoung().makeDirty().makeWrite(), 1);
        }
        table.ptl().unlock();
    }

    /** {@code do_anonymous_page}: a large folio for an aligned block of which nothing is mapped, else a small one. */
    private void doAnonymousPage(int page) {
        int start = table.alignDown(page);
        int end = start + table.contPtes();
        boolean large = true;
        for (int i = start; i < end; i++) {
            large &= !ptes.ptepGetLockless(i).isValid() // pte_range_none
                    && vma[i].readOnce() == vma[page].readOnce()
                    && !isShared(i);
        }
        int first = large ? start : page;
        int nr = large ? table.contPtes() : 1;
        table.ptl().lock();
        for (int i = first; i < first + nr; i++) {
            if (ptes.ptepGet(i).isValid()) { // vmf_pte_changed, !pte_range_none
                table.ptl().unlock();
                return;
            }
        }
        int pfn = large ? start : page + table.count();
        for (int i = 0; i < nr; i++) {
            table.frame(pfn + i).writeOnce(0); // folio_zero_user, before
        }
        Arm64Pte entry = Arm64Pte.of(pfn).makeYoung();
        boolean writable = protection(page) == Protection.READ_WRITE;
        ptes.setPtes(first, writable ? entry.makeDirty().makeWrite() : entry, nr);
        table.ptl().unlock();
    }

    /** A run of entries that are changed together. */
    private record Batch(int start, Arm64Pte pte, int nr) {}

    /** In what the entries of a batch do not differ, besides that they map consecutive pages. */
    private enum Respect {
        NOTHING,
        /** {@code FPB_RESPECT_WRITE}. */
        WRITE
    }

    /** {@code folio_pte_batch}: the entries from {@code start} on that map consecutive pages. */
    private Batch batch(int start, int end, Respect respect) {
        Arm64Pte pte = ptes.ptepGet(start);
        int nr = ptes.pteBatchHint(start, pte);
        while (nr < end - start) {
            Arm64Pte next = ptes.ptepGet(start + nr);
            boolean follows = next.isValid() && next.pfn() == pte.pfn() + nr;
            if (!follows || respect == Respect.WRITE && pte.isWrite() != next.isWrite()) {
                break;
            }
            nr += ptes.pteBatchHint(start + nr, next);
        }
        return new Batch(start, pte, Math.min(nr, end - start));
    }

    /** The batches of the valid entries of a range, each found when those before it have been changed. */
    private void forEachBatch(int start, int end, Respect respect, Consumer<Batch> change) {
        for (int i = start; i < end; ) {
            if (!ptes.ptepGet(i).isValid()) {
                i++;
                continue;
            }
            Batch batch = batch(i, end, respect);
            change.accept(batch);
            i += batch.nr();
        }
    }

    private void setProtection(int start, int end, Protection to) {
        for (int page = start; page < end; page++) {
            vma[page].writeOnce(to.ordinal());
        }
    }

    /** {@code munmap}: {@code zap_present_folio_ptes}; what was mapped is freed when the TLBs are flushed. */
    public void munmap(int start, int end) {
        mmapLock.downWrite();
        setProtection(start, end, Protection.UNMAPPED);
        table.ptl().lock();
        forEachBatch(
                start, end, Respect.NOTHING, batch -> markDirty(ptes.getAndClearFullPtes(batch.start(), batch.nr())));
        table.ptl().unlock();
        ptes.flushTlbRange(start, end);
        mmapLock.upWrite();
    }

    private boolean isOfFolio(Arm64Pte pte) {
        return pte.pfn() < table.count();
    }

    private void markDirty(Arm64Pte pte) {
        if (pte.isDirty() && isOfFolio(pte)) {
            folio.or(FOLIO_DIRTY);
        }
    }

    /**
     * {@code mprotect}, {@code change_pte_range}: {@code modify_prot_start_ptes}, {@code modify_prot_commit_ptes}. An
     * entry becomes writable at once if its page is nobody else's ({@code can_change_pte_writable}).
     * False if there is a hole, behind which nothing is changed.
     */
    public boolean mprotect(int start, int end, Protection to) {
        mmapLock.downWrite();
        int hole = firstHole(start, end);
        setProtection(start, hole, to);
        table.ptl().lock();
        forEachBatch(
                start,
                hole,
                Respect.WRITE,
                batch -> { // mprotect_folio_pte_batch
                    Arm64Pte old = ptes.getAndClearFullPtes(batch.start(), batch.nr());
                    if (to == Protection.READ_WRITE) {
                        commitAnonFolioBatch(batch.start(), old, batch.nr());
                    } else {
                        ptes.setPtes(batch.start(), old.wrprotect(), batch.nr());
                    }
                });
        table.ptl().unlock();
        ptes.flushTlbRange(start, hole); // tlb_finish_mmu
        mmapLock.upWrite();
        return hole == end;
    }

    /** {@code commit_anon_folio_batch}: "we must individually check all pages and retrieve sub-batches". */
    private void commitAnonFolioBatch(int start, Arm64Pte old, int nr) {
        int firstPage = leftOut.contains(LeftOut.OWN_PAGES) ? 0 : old.pfn();
        for (int i = 0; i < nr; ) {
            boolean shared = isShared(firstPage + i);
            int len = leftOut.contains(LeftOut.SUB_BATCHES) ? nr : subBatch(firstPage + i, nr - i, shared);
            Arm64Pte pte = old.advance(i);
            ptes.setPtes(start + i, shared ? pte.wrprotect() : pte.makeWrite(), len);
            i += len;
        }
    }

    /** {@code page_anon_exclusive_sub_batch}: how many of {@code nr} pages are shared or not as the first is. */
    private int subBatch(int pfn, int nr, boolean shared) {
        int len = 1;
        while (len < nr && isShared(pfn + len) == shared) {
            len++;
        }
        return len;
    }

    private int firstHole(int start, int end) {
        int page = start;
        while (page < end && protection(page) != Protection.UNMAPPED) {
            page++;
        }
        return page;
    }

    /**
     * {@code fork} of the pages of a range, those of the others being {@code MADV_DONTFORK}: {@code copy_present_ptes}
     * write-protects them, and from its end on a child has the frames, too. The child itself does nothing.
     */
    public void fork(int start, int end) {
        List<Batch> copied = new ArrayList<>();
        mmapLock.downWrite();
        table.ptl().lock();
        forEachBatch(start, end, Respect.NOTHING, batch -> {
            ptes.wrprotectPtes(batch.start(), batch.nr());
            copied.add(batch);
        });
        table.ptl().unlock();
        ptes.flushTlbRange(start, end); // flush_tlb_mm, in dup_mmap
        copied.forEach(batch ->
                forked.step("has page" + batch.pte().pfn() + " and " + (batch.nr() - 1) + " more", () -> {
                    for (int pfn = batch.pte().pfn(); pfn < batch.pte().pfn() + batch.nr(); pfn++) {
                        shared[pfn].writeOnce(1 + table.frame(pfn).readOnce());
                    }
                    return 0;
                }));
        mmapLock.upWrite();
    }

    /** The child exits: what it shared is this process's alone ({@code wp_can_reuse_anon_folio}). */
    public void childExit() {
        forked.step("exits", () -> {
            for (Word frame : shared) {
                frame.writeOnce(0);
            }
            return 0;
        });
    }

    /** {@code folio_referenced_one} of a page: true if it was accessed. */
    public boolean age(int page) {
        for (int i = 0; i < table.contPtes(); i++) {
            table.touched(table.alignDown(page) + i).writeOnce(0);
        }
        folio.andNot(FOLIO_REFERENCED);
        table.ptl().lock();
        boolean young = ptes.ptepGet(page).isValid() && ptes.ptepClearFlushYoung(page);
        if (young) {
            folio.or(FOLIO_REFERENCED);
        }
        table.ptl().unlock();
        return young;
    }

    /**
     * {@code try_to_unmap_one} of a lazily freed folio, those of its entries that are in the block of {@code page}: a
     * batch that turns out clean is dropped, and reads as zeroes from then on; one that is dirty is mapped again, as
     * its first entry was, and ends the walk. Pages that a child shares count as in use.
     */
    public void reclaim(int page) {
        int start = table.alignDown(page);
        int end = start + table.contPtes();
        table.ptl().lock();
        for (int i = start; i < end; ) {
            Arm64Pte pte = ptes.ptepGet(i);
            if (!pte.isValid() || !isOfFolio(pte)) {
                i++;
                continue;
            }
            Respect respect = leftOut.contains(LeftOut.RESPECT_WRITE) ? Respect.NOTHING : Respect.WRITE;
            Batch batch = batch(i, end, respect); // folio_unmap_pte_batch
            Arm64Pte pteval = ptes.getAndClearFullPtes(i, batch.nr());
            ptes.flushTlbRange(i, i + batch.nr());
            markDirty(pteval);
            if (folio.readOnce(FOLIO_DIRTY) != 0 || isAnyShared(batch)) {
                machine.reach(Marks.RESTORED);
                ptes.setPtes(i, pteval, batch.nr());
                break; // walk_abort
            }
            machine.reach(Marks.DISCARDED);
            for (int pfn = pteval.pfn(); pfn < pteval.pfn() + batch.nr(); pfn++) {
                table.frame(pfn).writeOnce(0);
            }
            i += batch.nr();
        }
        table.ptl().unlock();
    }

    private boolean isAnyShared(Batch batch) {
        boolean shares = false;
        for (int pfn = batch.pte().pfn(); pfn < batch.pte().pfn() + batch.nr(); pfn++) {
            shares |= isShared(pfn);
        }
        return shares;
    }

    /** {@code ptep_get_lockless} of a page, as the many that look at an entry without its lock. */
    public Arm64Pte getLockless(int page) {
        return ptes.ptepGetLockless(page);
    }

    /** What a child sees of a frame, plus 1; 0 if no child has it: for invariants. */
    public Word shared(int pfn) {
        return shared[pfn];
    }

    /** Whether {@code PG_dirty} of the folio is set now, for invariants. */
    public boolean peekDirty() {
        return (folio.peek() & FOLIO_DIRTY) != 0;
    }

    /** Whether {@code PG_referenced} of the folio is set now, for invariants. */
    public boolean peekReferenced() {
        return (folio.peek() & FOLIO_REFERENCED) != 0;
    }

    /** The folio's flags. */
    public Word folio() {
        return folio;
    }
}
