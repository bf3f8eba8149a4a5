package racewalk.secondary;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.RwSemaphore;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Pte;

/**
 * SGI's XPMEM: a segment of one process's memory that another process has attached. The driver pins the segment's
 * pages, and its callbacks sleep. Modelled from Christoph Lameter, "[patch 8/9] XPMEM: The device driver", 1 April
 * 2008, "Experimental, lots of issues still to be fixed": {@code xpmem_fault_handler}, {@code xpmem_pfn.c}, {@code
 * xpmem_clear_PTEs}.
 *
 * <p>{@code n_recall_PFNs} counts recalls upwards and those who block recalls downwards, so the two exclude each other.
 * A start of an invalidation counts up and its end counts down again, so in between nobody can fill in a PFN. A fault
 * may not block recalls over {@code get_user_pages}, which may itself start an invalidation: so it puts a {@code
 * page_request} on a list, which a recall marks invalid, and then tries again, up to three times. That is the retry of
 * the interval notifiers, ten years before them.
 *
 * <p>The segment is all of the process, with one attachment and one thread that faults. Not modelled, therefore: the
 * queue behind another's page request, and {@code page_requests_lock}, which nobody else takes. Nor are the attaching
 * process's own mmap lock, which only that thread and recalls take, for read; the mapcount that its PTEs add; the
 * courtesy of {@code xpmem_block_recall_PFNs} towards a recall that waits; and the work queue that unpins pages, for
 * which the recall waits. Where a fault would go round until recalls are over it waits for that.
 *
 * <p>The driver was posted for EMM. What it does on a callback about one page, or on one that comes when all is over,
 * is a recall without anything in between [R].
 */
public class Xpmem implements NotifiedMmu {

    /** Branches of the fault and of the recall. */
    public enum Marks implements Mark {
        /** The attaching process faulted. */
        FAULT,
        /** A recall found a PFN to clear. */
        RECALLED,
        /** A recall waited for those who block recalls. */
        RECALL_WAITS,
        /** A recall was going on, and the fault could not block it. */
        NOT_BLOCKED,
        /** The page request had been invalidated during {@code get_user_pages}. */
        REQUEST_INVALID,
        /** A recall was left to another context. */
        DEFERRED,
        /** That context has done it. */
        DEFERRED_DONE
    }

    /** In what a variant differs from the repaired driver: as posted it has the first four, which are weaknesses. */
    public enum Difference {
        /**
         * The fault takes {@code seg->sema} and {@code att->mutex}, then the mmap lock, and holds the two over {@code
         * get_user_pages}; the recall takes them where it is called, under the mmap lock. Otherwise the fault takes
         * neither: that recalls are blocked is enough.
         */
        LOCK_ORDER("its fault takes the mmap lock under locks that a recall takes under the mmap lock"),
        /**
         * {@code xpmem_pin_pages} notes that recalls are unblocked in its copy of the pointer {@code recalls_blocked}:
         * when it tries again it leaves them blocked, and blocks them once more.
         */
        LOST_FLAG("it forgets to unblock recalls when it calls get_user_pages again"),
        /** Recalls are unblocked before the attachment's PTE is set, and its reference taken. */
        LATE_PTE("it unblocks recalls before it sets the PTE"),
        /** A recall zaps PTEs only if {@code VALIDPTES} is set, and clears it though it zapped only a part. */
        VALID_PTES("after a recall of one page another recall zaps nothing"),
        /** Planted: recalls stay blocked over {@code get_user_pages}. */
        HELD("it blocks recalls over get_user_pages"),
        /** Planted: nobody looks at the page request's {@code valid}. */
        NO_VALID("it does not look whether its page request is valid"),
        /** The start of an invalidation does nothing and its end recalls: seed 001 says that the pin permits it. */
        END_ONLY("it recalls at the end of a range, and does nothing at its start"),
        /**
         * Where it is told that it may not sleep it does nothing but note the range, for another context to recall:
         * "Keep the refcount elevated until pages are freed in another execution context", Lameter, 27 February 2008.
         */
        DEFERS_ATOMIC("it leaves a recall to another context where it is told that it may not sleep"),
        /** The PFN is that of the page that {@code get_user_pages} gave, as a comment there proposes. */
        PAGE_ARRAY("it does not look the PTE up again");

        private final String sentence;

        Difference(String sentence) {
            this.sentence = sentence;
        }

        /** What the driver does, or does not do. */
        public String sentence() {
            return sentence;
        }
    }

    private static final long MISSED = -3;
    private static final long FILLED = -2;
    private static final int MAX_RETRIES = 3;
    private static final long REQUEST_VALID = 1;

    /** What {@code xpmem_ensure_valid_PFNs} comes to. */
    private enum Ensured {
        /** The PFN is known, and recalls are blocked. */
        KNOWN,
        /** {@code -EAGAIN}. */
        AGAIN,
        /** {@code -EFAULT}, {@code -ENOENT}. */
        FAILED
    }

    private final Machine machine;
    private final AddressSpace mm;
    private final PhysicalMemory memory;
    private final GetUserPages gup;
    private final List<Difference> differences;
    private final String name;

    private final Word nRecallPfns;
    private final WaitQueue blockRecallPfnsWq;
    private final WaitQueue allowRecallPfnsWq;
    private final Mutex recallPfnsMutex;
    private final Word pageRequest;
    private final RwSemaphore segSema;
    private final Mutex pfnTableMutex;
    private final Word[] pfnTable;
    private final Mutex attMutex;
    private final Word validPtes;
    private final Word[] attachment;
    private final HardwareUnit cpu;
    private final Word[] tlb;
    /** The pages of which a recall was put off; null if none is. */
    private final Word deferred;

    /** In what the driver as posted differs from the repaired one. */
    public static Set<Difference> asPosted() {
        return EnumSet.of(Difference.LOCK_ORDER, Difference.LOST_FLAG, Difference.LATE_PTE, Difference.VALID_PTES);
    }

    /** The process {@code name} that has all of {@code mm} attached. */
    public Xpmem(String name, AddressSpace mm, GetUserPages gup, Set<Difference> differences) {
        this.name = name;
        this.machine = mm.machine();
        this.mm = mm;
        this.memory = mm.memory();
        this.gup = gup;
        this.differences = differences.stream().sorted().toList();
        int pages = mm.pageTable().span();
        this.nRecallPfns = machine.word(name + ".n_recall_PFNs", 0);
        this.blockRecallPfnsWq = machine.waitQueue(name + ".block_recall_PFNs_wq");
        this.allowRecallPfnsWq = machine.waitQueue(name + ".allow_recall_PFNs_wq");
        this.recallPfnsMutex = machine.mutex(LockClass.XPMEM_RECALL, name + ".recall_PFNs_mutex");
        this.pageRequest = machine.word(name + ".page_requests", 0, Xpmem::showRequest);
        this.segSema = machine.rwSemaphore(LockClass.XPMEM_SEGMENT, name + ".seg->sema");
        this.pfnTableMutex = machine.mutex(LockClass.XPMEM_PFN_TABLE, name + ".PFNtable_mutex");
        this.pfnTable = machine.words(name + ".PFNtable", pages, 0, Pte::show);
        this.attMutex = machine.mutex(LockClass.XPMEM_ATTACHMENT, name + ".att->mutex");
        this.validPtes = machine.word(name + ".VALIDPTES", 0);
        this.attachment = machine.words(name + ".att.pte", pages, 0, Pte::show);
        this.cpu = machine.unit(name);
        this.tlb = machine.words(name + ".tlb", pages, 0, Pte::show);
        this.deferred =
                has(Difference.DEFERS_ATOMIC) ? machine.word(name + ".deferred", 0, Long::toBinaryString) : null;
    }

    private boolean has(Difference difference) {
        return differences.contains(difference);
    }

    @Override
    public final long read(int address) {
        maybeRecallDeferred();
        while (true) {
            long value = cpu.step("load(" + address + ")", () -> access(address, false, 0));
            if (value == MISSED && !xpmemFault(address)) {
                return DENIED;
            }
            if (value >= 0) {
                return value;
            }
        }
    }

    @Override
    public final long write(int address, long value) {
        maybeRecallDeferred();
        while (true) {
            long done = cpu.step("store(" + address + ", " + value + ")", () -> access(address, true, value));
            if (done == MISSED && !xpmemFault(address)) {
                return DENIED;
            }
            if (done >= 0) {
                return 0;
            }
        }
    }

    @Override
    public final void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            xpmemFault(address);
        }
    }

    /** {@code get_user_pages} is always called to write, and by force. */
    @Override
    public final boolean readsForWriting() {
        return true;
    }

    /** One access by the attaching process's CPU: through its TLB, else a walk that fills it, else a fault. */
    private long access(int address, boolean write, long value) {
        Pte entry = new Pte(tlb[address].readOnce());
        if (entry.permits(write)) {
            Word content = memory.page(entry.pfn()).content();
            if (!write) {
                return content.readOnce();
            }
            content.writeOnce(value);
            return 0;
        }
        Pte pte = new Pte(attachment[address].readOnce());
        boolean permits = pte.permits(write);
        tlb[address].writeOnce(permits ? pte.bits() : Pte.NONE.bits());
        return permits ? FILLED : MISSED;
    }

    /** {@code xpmem_fault}, {@code __do_fault} of the attaching process; false for {@code SIGBUS}. */
    private boolean xpmemFault(int address) {
        machine.reach(Marks.FAULT);
        while (true) { // avoid_deadlock_1
            if (has(Difference.LOCK_ORDER)) {
                segSema.downRead(); // xpmem_seg_down_read
                attMutex.lock();
            }
            Ensured ensured = ensureValidPfns(address);
            if (ensured == Ensured.KNOWN) {
                mapAndUnblock(address);
            }
            if (has(Difference.LOCK_ORDER)) {
                attMutex.unlock();
                segSema.upRead();
            }
            if (ensured != Ensured.AGAIN) {
                return ensured == Ensured.KNOWN;
            }
            awaitUntil(blockRecallPfnsWq, recalls -> recalls <= 0);
        }
    }

    /** The end of {@code xpmem_fault_handler}; then {@code get_page} and the PTE, by the caller. */
    private void mapAndUnblock(int address) {
        Page page = memory.page(new Pte(pfnTable[address].readOnce()).pfn());
        validPtes.writeOnce(1);
        if (has(Difference.LATE_PTE)) {
            unblockRecallPfns();
        }
        if (new Pte(attachment[address].readOnce()).isNone()) {
            memory.getPage(page);
            attachment[address].writeOnce(Pte.make(page).makeWritable().bits());
        }
        if (!has(Difference.LATE_PTE)) {
            unblockRecallPfns();
        }
    }

    /** {@code xpmem_ensure_valid_PFNs}. */
    private Ensured ensureValidPfns(int address) {
        mm.mmapLock().downRead();
        if (!blockRecallPfns(false)) {
            machine.reach(Marks.NOT_BLOCKED);
            mm.mmapLock().upRead();
            return Ensured.AGAIN;
        }
        pfnTableMutex.lock();
        Ensured ensured = pfnTable[address].readOnce() == 0 ? getPfns(address) : Ensured.KNOWN;
        pfnTableMutex.unlock();
        mm.mmapLock().upRead();
        if (ensured != Ensured.KNOWN) {
            unblockRecallPfns();
        }
        return ensured;
    }

    /** {@code xpmem_get_PFNs}, {@code xpmem_pin_pages}: with recalls blocked and the PFN table locked. */
    private Ensured getPfns(int address) {
        pageRequest.writeOnce(request(address) | REQUEST_VALID); // list_add
        boolean recallsBlocked = true;
        int requestRetries = 0;
        while (true) { // retry_fault
            pfnTableMutex.unlock();
            if (recallsBlocked && !has(Difference.HELD)) {
                unblockRecallPfns();
            }
            recallsBlocked &= !has(Difference.LOST_FLAG);
            String known = "PFN " + address + ", retry " + requestRetries + (recallsBlocked ? ", blocked" : "");
            Page page = gup.getUserPage(address, true, true, known);
            if (page != null) {
                pinned(page);
            }
            if (!has(Difference.HELD)) {
                blockRecallPfns(true);
            }
            pfnTableMutex.lock();
            boolean valid = has(Difference.NO_VALID) || (pageRequest.readOnce() & REQUEST_VALID) != 0;
            if (!valid) {
                machine.reach(Marks.REQUEST_INVALID);
            }
            valid &= page == null || export(address, page);
            if (!valid) {
                if (page != null) {
                    exported(page);
                    memory.putPage(page);
                }
                requestRetries++;
            }
            if (valid || requestRetries > MAX_RETRIES) {
                pageRequest.writeOnce(0); // list_del
            }
            if (requestRetries > MAX_RETRIES) {
                return Ensured.AGAIN;
            }
            if (valid) {
                Ensured ensured = page == null ? Ensured.FAILED : fillInPfnTable(address, page);
                if (page != null) {
                    exported(page);
                }
                return ensured;
            }
            pageRequest.or(REQUEST_VALID);
        }
    }

    /** {@code get_user_pages} has given {@code page}; recalls are not blocked yet. */
    protected void pinned(Page page) {}

    /** {@code page} is about to be put into the PFN table, at {@code address}: whether it may. Recalls are blocked. */
    protected boolean export(int address, Page page) {
        return true;
    }

    /** {@code page} has been put into the PFN table, or may not be. Recalls are blocked still. */
    protected void exported(Page page) {}

    /**
     * {@code xpmem_fill_in_PFNtable}: looks the PTE up again, without a lock. If it is not there, the page that was
     * pinned is not released ("we need to utilize the page_array", says a comment).
     */
    private Ensured fillInPfnTable(int address, Page pinned) {
        if (has(Difference.PAGE_ARRAY)) {
            pfnTable[address].writeOnce(Pte.make(pinned).bits());
            return Ensured.KNOWN;
        }
        PageTable.Leaf leaf = mm.pageTable().leafOf(address); // xpmem_vaddr_to_pte
        if (leaf == null) {
            return Ensured.FAILED;
        }
        Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
        if (!pte.isPresent()) {
            return Ensured.FAILED;
        }
        pfnTable[address].writeOnce(Pte.make(memory.page(pte.pfn())).bits());
        return Ensured.KNOWN;
    }

    /** {@code xpmem_block_recall_PFNs}: false, for {@code -EAGAIN}, if a recall is going on and {@code wait} is not. */
    private boolean blockRecallPfns(boolean wait) {
        while (true) {
            long value = nRecallPfns.readOnce();
            while (value <= 0) {
                long found = nRecallPfns.cmpxchg(value, value - 1);
                if (found == value) {
                    return true;
                }
                value = found;
            }
            if (!wait) {
                return false;
            }
            awaitUntil(blockRecallPfnsWq, recalls -> recalls <= 0);
        }
    }

    /** {@code xpmem_unblock_recall_PFNs}. */
    private void unblockRecallPfns() {
        if (nRecallPfns.addAndTest(1)) {
            allowRecallPfnsWq.wakeUpAll();
        }
    }

    /** {@code xpmem_disallow_blocking_recall_PFNs}. */
    private void disallowBlockingRecallPfns() {
        while (true) {
            long value = nRecallPfns.readOnce();
            while (value >= 0) {
                long found = nRecallPfns.cmpxchg(value, value + 1);
                if (found == value) {
                    return;
                }
                value = found;
            }
            machine.reach(Marks.RECALL_WAITS);
            awaitUntil(allowRecallPfnsWq, recalls -> recalls >= 0);
        }
    }

    /** {@code xpmem_allow_blocking_recall_PFNs}. */
    private void allowBlockingRecallPfns() {
        if (nRecallPfns.addAndTest(-1)) {
            blockRecallPfnsWq.wakeUpAll();
        }
    }

    /** {@code wait_event(queue, condition(n_recall_PFNs))}. */
    private void awaitUntil(WaitQueue queue, LongPredicate condition) {
        if (condition.test(nRecallPfns.readOnce())) {
            return;
        }
        while (true) {
            queue.prepareToWait();
            if (condition.test(nRecallPfns.readOnce())) {
                break;
            }
            queue.schedule();
        }
        queue.finishWait();
    }

    /** {@code xpmem_recall_PFNs_of_tg}, under {@code recall_PFNs_mutex}. */
    private void recallPfnsOfTg(int start, int end) {
        recallPfnsMutex.lock();
        long request = pageRequest.readOnce();
        if (request != 0 && start <= requested(request) && requested(request) < end) {
            pageRequest.andNot(REQUEST_VALID);
        }
        if (anyPfnKnown(start, end)) {
            machine.reach(Marks.RECALLED);
            recallPfns(start, end);
        }
        recallPfnsMutex.unlock();
    }

    /** {@code xpmem_zzz}. */
    private boolean anyPfnKnown(int start, int end) {
        boolean found = false;
        pfnTableMutex.lock();
        for (int address = start; address < end && !found; address++) {
            found = pfnTable[address].readOnce() != 0;
        }
        pfnTableMutex.unlock();
        return found;
    }

    /** Where the PFN table has {@code page}, or -1. */
    protected final int addressOf(Page page) {
        mightSleep();
        int found = -1;
        pfnTableMutex.lock();
        for (int address = 0; address < pfnTable.length && found < 0; address++) {
            Pte pfn = new Pte(pfnTable[address].readOnce());
            found = !pfn.isNone() && pfn.pfn() == page.pfn() ? address : -1;
        }
        pfnTableMutex.unlock();
        return found;
    }

    /** {@code xpmem_recall_PFNs}. */
    private void recallPfns(int start, int end) {
        if (has(Difference.LOCK_ORDER)) {
            segSema.downWrite();
            attMutex.lock();
        }
        clearPtes(start, end);
        if (has(Difference.LOCK_ORDER)) {
            attMutex.unlock();
        }
        clearPfnTable(start, end);
        if (has(Difference.LOCK_ORDER)) {
            segSema.upWrite();
        }
    }

    /** {@code xpmem_clear_PTEs}, {@code zap_page_range} of the attachment: flushed before it is released. */
    private void clearPtes(int start, int end) {
        if (has(Difference.VALID_PTES) && validPtes.readOnce() == 0) {
            return;
        }
        List<Page> gather = new ArrayList<>();
        for (int address = start; address < end; address++) {
            Pte pte = new Pte(attachment[address].xchg(Pte.NONE.bits()));
            if (!pte.isNone()) {
                gather.add(memory.page(pte.pfn()));
            }
        }
        cpu.step("flush_tlb", () -> {
            for (Word entry : tlb) {
                entry.writeOnce(Pte.NONE.bits());
            }
            return 0;
        });
        gather.forEach(memory::putPage);
        validPtes.writeOnce(0);
    }

    /** {@code xpmem_clear_PFNtable}. */
    private void clearPfnTable(int start, int end) {
        pfnTableMutex.lock();
        for (int address = start; address < end; address++) {
            Pte pfn = new Pte(pfnTable[address].readOnce());
            if (!pfn.isNone()) {
                pfnTable[address].writeOnce(0);
                memory.putPage(memory.page(pfn.pfn()));
            }
        }
        pfnTableMutex.unlock();
    }

    /** A new {@code struct xpmem_thread_group}, which counts from 0 whatever the last one missed. */
    @Override
    public void beforeRegister() {
        nRecallPfns.writeOnce(0);
    }

    /** {@code xpmem_emm_notifier_callback} with {@code emm_invalidate_start}. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        if (!has(Difference.END_ONLY)) {
            mightSleep();
            disallowBlockingRecallPfns();
            recallPfnsOfTg(start, end);
        }
    }

    /** The same, told whether it may sleep: a recall that is put off needs no end. */
    @Override
    public void invalidateRangeBegin(int start, int end, boolean atomic) {
        if (atomic && deferred != null) {
            machine.reach(Marks.DEFERRED);
            deferred.or((1L << end) - (1L << start));
        } else {
            invalidateRangeBegin(start, end);
        }
    }

    @Override
    public void invalidateRangeEnd(int start, int end, boolean atomic) {
        if (!atomic || deferred == null) {
            invalidateRangeEnd(start, end);
        }
    }

    /** The other context: whether it has run before this access of the attaching process the environment chooses. */
    private void maybeRecallDeferred() {
        long pages = deferred == null ? 0 : deferred.readOnce();
        if (pages != 0 && machine.choose("whether what was put off is recalled", 2) == 1) {
            deferred.andNot(pages);
            recall(Long.numberOfTrailingZeros(pages), Long.SIZE - Long.numberOfLeadingZeros(pages));
            machine.reach(Marks.DEFERRED_DONE);
        }
    }

    /** {@code xpmem_emm_notifier_callback} with {@code emm_invalidate_end}. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        if (has(Difference.END_ONLY)) {
            recall(start, end);
        } else {
            allowBlockingRecallPfns();
        }
    }

    /** A recall without anything between its start and its end. */
    protected final void recall(int start, int end) {
        mightSleep();
        disallowBlockingRecallPfns();
        recallPfnsOfTg(start, end);
        allowBlockingRecallPfns();
    }

    private void mightSleep() {
        machine.current().lockDep().mightSleep(name + "'s recall");
    }

    @Override
    public void invalidatePages(int start, int end) {
        recall(start, end);
    }

    @Override
    public final List<Pte> peek(int address) {
        return List.of(new Pte(attachment[address].peek()), new Pte(tlb[address].peek()));
    }

    /** The PFN table's, and those of the attachment's PTEs. */
    @Override
    public final long peekPins(int pfn) {
        long pins = 0;
        for (int address = 0; address < pfnTable.length; address++) {
            pins += pointsTo(pfnTable[address], pfn) + pointsTo(attachment[address], pfn);
        }
        return pins;
    }

    private static int pointsTo(Word entry, int pfn) {
        Pte pte = new Pte(entry.peek());
        return !pte.isNone() && pte.pfn() == pfn ? 1 : 0;
    }

    @Override
    public final List<Word> words() {
        List<Word> words = new ArrayList<>(List.of(pfnTable));
        words.addAll(List.of(attachment));
        words.addAll(List.of(tlb));
        return words;
    }

    private static long request(int address) {
        return (address + 1L) << 1;
    }

    private static int requested(long request) {
        return (int) (request >> 1) - 1;
    }

    private static String showRequest(long request) {
        return request == 0
                ? "none"
                : "page " + requested(request) + ((request & REQUEST_VALID) != 0 ? " valid" : " invalid");
    }
}
