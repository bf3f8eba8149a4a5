package racewalk.secondary;

import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.SpinLock;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;

/**
 * SGI's GRU: no page pin, no page table of its own, only a TLB that the driver fills when it misses. Modelled from the
 * driver that Jack Steiner posted against Lameter's V7 ("Re: [patch] my mmu notifiers", 22 February 2008) and from the
 * merged one ({@code drivers/misc/sgi-gru/grufault.c}, {@code grutlbpurge.c}), with the three things that the argument
 * of 2008 turns on as options: how the miss handler reads the PTE, the hardware's rule for late drop-ins, the count of
 * active ranges. The driver of February is {@link Lookup#FOLLOW_PAGE} with both, in the interrupt.
 *
 * <p>A TLB entry is writable only if the miss was for a write. {@code find_vma}, by which {@code gru_try_dropin}
 * refuses addresses above the last VMA, is left out: {@code get_user_pages} refuses them too.
 */
public class Gru extends TranslatingDevice {

    /** How the miss handler reads the PTE that it drops into the TLB. */
    public enum Lookup {
        /** {@code atomic_pte_lookup} as merged: without any lock but the mmap lock. */
        LOCKLESS,
        /**
         * {@code atomic_pte_lookup} of February 2008, by {@code follow_page} without {@code FOLL_GET}: under the PT
         * lock, which is dropped before the drop-in. Where that fails {@code get_user_pages} is called by force.
         */
        FOLLOW_PAGE,
        /**
         * One reading of seed 001, which says only "auto-serialized by the PT lock": it is held from the reading of the
         * PTE to the drop-in [R]. No driver did so.
         */
        PT_LOCK
    }

    /**
     * A variant of the GRU.
     *
     * @param lookup how the miss handler reads the PTE
     * @param dropinRule the hardware ignores a drop-in if an invalidation came after its fault handle was read
     * @param rangeActive the handler refuses while a range invalidation is active ({@code ms_range_active})
     * @param hardIrq the handler runs in the interrupt even where it takes the PT lock; else it then runs in a thread
     */
    public record Variant(Lookup lookup, boolean dropinRule, boolean rangeActive, boolean hardIrq) {

        boolean inInterrupt() {
            return hardIrq || lookup == Lookup.LOCKLESS;
        }
    }

    /** Branches of the driver and the hardware. */
    public enum Marks implements Mark {
        /** The TLB missed and the driver was called. */
        MISS,
        /** An invalidation found an entry to drop. */
        INVALIDATED,
        /** The hardware ignored a drop-in because of an invalidation since the fault handle was read. */
        DROPIN_IGNORED,
        /** The handler refused because a range invalidation was active. */
        RANGE_ACTIVE,
        /** User polling mode slept until the active ranges were over. */
        RANGE_WAIT,
        /** The interrupt did not get the mmap lock. */
        MMAP_LOCK_BUSY,
        /** The PTE did not permit the access, and user polling mode took a fault. */
        FAULTED
    }

    /** What {@code gru_try_dropin} comes to. */
    private enum Dropin {
        /** The TLB entry was written, or the hardware ignored it; the instruction restarts. */
        DONE,
        /** Try again: in user polling mode, or after the active ranges. */
        RETRY,
        /** The address is not accessible: an exception. */
        INVALID
    }

    private static final long TFH_READ = 1;
    private static final long TFH_INVALIDATED = 2;

    private final GetUserPages gup;
    private final Variant variant;

    private final Word tfh;

    private final Mutex ctxLock;
    private final SpinLock asidLock;
    private final Word rangeActive;
    private final WaitQueue waitQueue;

    /** A GRU context of the process {@code mm}, for the device {@code name}. */
    public Gru(String name, AddressSpace mm, GetUserPages gup, Variant variant) {
        super(name, mm, "tlb", Pte::show);
        this.gup = gup;
        this.variant = variant;
        this.tfh = machine.word(name + ".tfh", 0, Gru::showTfh);
        this.ctxLock = machine.mutex(LockClass.GRU_CONTEXT, name + ".ts_ctxlock");
        this.asidLock = machine.spinLock(LockClass.GRU_ASID, name + ".ms_asid_lock");
        this.rangeActive = machine.word(name + ".ms_range_active", 0);
        this.waitQueue = machine.waitQueue(name + ".ms_wait_queue");
    }

    /** Handles one TLB miss; false if the access is an exception. */
    @Override
    protected final boolean fault(int address, boolean write) {
        machine.reach(Marks.MISS);
        Dropin done = gruIntr(address, write);
        if (done == Dropin.RETRY) {
            done = gruHandleUserCallOs(address, write);
        }
        return done == Dropin.DONE;
    }

    /** {@code gru_intr}: may not sleep, so it only tries the mmap lock. */
    private Dropin gruIntr(int address, boolean write) {
        if (variant.inInterrupt()) {
            machine.current().lockDep().irqEnter();
        }
        Dropin done = Dropin.RETRY; // tfh_user_polling_mode
        if (mm.mmapLock().tryDownRead()) {
            done = gruTryDropin(address, write, true);
            mm.mmapLock().upRead();
        } else {
            machine.reach(Marks.MMAP_LOCK_BUSY);
        }
        if (variant.inInterrupt()) {
            machine.current().lockDep().irqExit();
        }
        return done;
    }

    /** {@code gru_handle_user_call_os}: the user polls, and the miss is handled in his context. */
    private Dropin gruHandleUserCallOs(int address, boolean write) {
        mm.mmapLock().downRead(); // gru_find_lock_gts
        ctxLock.lock();
        Dropin done = gruUserDropin(address, write);
        ctxLock.unlock();
        mm.mmapLock().upRead();
        return done;
    }

    private Dropin gruUserDropin(int address, boolean write) {
        while (true) {
            if (variant.rangeActive()) {
                awaitNoRangeActive();
            }
            Dropin done = gruTryDropin(address, write, false);
            if (done != Dropin.RETRY) {
                return done;
            }
        }
    }

    /** {@code wait_event(gms->ms_wait_queue, atomic_read(&gms->ms_range_active) == 0)}. */
    private void awaitNoRangeActive() {
        if (rangeActive.readOnce() == 0) {
            return;
        }
        while (true) {
            waitQueue.prepareToWait();
            if (rangeActive.readOnce() == 0) {
                break;
            }
            machine.reach(Marks.RANGE_WAIT);
            waitQueue.schedule();
        }
        waitQueue.finishWait();
    }

    private Dropin gruTryDropin(int address, boolean write, boolean atomic) {
        readTfh();
        if (variant.rangeActive() && rangeActive.readOnce() != 0) {
            machine.reach(Marks.RANGE_ACTIVE);
            return Dropin.RETRY; // failactive
        }
        Dropin done = gruVtop(address, write);
        if (done == Dropin.RETRY && !atomic) {
            machine.reach(Marks.FAULTED);
            done = nonAtomicPteLookup(address, write);
        }
        return done;
    }

    /**
     * {@code gru_vtop} by {@code atomic_pte_lookup} and, if it succeeds, the drop-in; RETRY if the PTE does not permit
     * it.
     */
    private Dropin gruVtop(int address, boolean write) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) {
            return Dropin.RETRY;
        }
        if (variant.lookup() == Lookup.LOCKLESS) {
            Pte pte = readPte(leaf, address);
            return usable(pte, write) ? dropIn(address, pte.pfn(), write) : Dropin.RETRY;
        }
        leaf.ptl().lock();
        Pte pte = readPte(leaf, address);
        if (variant.lookup() == Lookup.FOLLOW_PAGE) {
            leaf.ptl().unlock();
            return usable(pte, write) ? dropIn(address, pte.pfn(), write) : Dropin.RETRY;
        }
        Dropin done = usable(pte, write) ? dropIn(address, pte.pfn(), write) : Dropin.RETRY;
        leaf.ptl().unlock();
        return done;
    }

    /**
     * {@code non_atomic_pte_lookup}: the page is put before it is dropped in, "no pin". Only where the handler relies
     * on holding the PT lock does the fault merely bring the page in, and the caller looks again under the lock [R].
     */
    private Dropin nonAtomicPteLookup(int address, boolean write) {
        boolean force = variant.lookup() == Lookup.FOLLOW_PAGE;
        String known = "a miss at " + address + (write ? " to write" : "");
        Page page = gup.getUserPage(address, write, force, known);
        if (page == null) {
            return Dropin.INVALID;
        }
        int pfn = page.pfn();
        memory.putPage(page);
        return variant.lookup() == Lookup.PT_LOCK ? Dropin.RETRY : dropIn(address, pfn, write);
    }

    private Pte readPte(PageTable.Leaf leaf, int address) {
        return new Pte(mm.pageTable().pte(leaf, address).readOnce());
    }

    /**
     * The driver looks at {@code pte_present}, which an entry of a PROT_NONE mapping passes, not at the VMA. {@code
     * follow_page} asks a write for {@code pte_write}, the merged driver for {@code pte_dirty} too.
     */
    private boolean usable(Pte pte, boolean write) {
        boolean writable = pte.isWritable() && (variant.lookup() != Lookup.LOCKLESS || pte.isDirty());
        return pte.isPresent() && (!write || writable);
    }

    /** The fault handle becomes resident in the CPU's cache: from here on an invalidation spoils the drop-in. */
    private void readTfh() {
        if (variant.dropinRule()) {
            device.step("read fault handle", () -> {
                tfh.writeOnce(TFH_READ);
                return 0;
            });
        }
    }

    /** {@code tfh_write_restart}: writes the TLB entry and restarts the instruction. */
    private Dropin dropIn(int address, int pfn, boolean write) {
        device.step("drop in page" + pfn + (write ? " rw" : " ro"), () -> {
            if (variant.dropinRule() && tfh.readOnce() == TFH_INVALIDATED) {
                machine.reach(Marks.DROPIN_IGNORED);
                return 0;
            }
            program(address, pfn, write);
            return 0;
        });
        return Dropin.DONE;
    }

    /** {@code gru_flush_tlb_range}. */
    private void gruFlushTlbRange(int start, int end) {
        asidLock.lock();
        device.step("tgh_invalidate", () -> {
            tghInvalidate(start, end);
            return 0;
        });
        asidLock.unlock();
    }

    /** What the hardware does: how many entries it drops. */
    private long tghInvalidate(int start, int end) {
        long dropped = 0;
        for (int address = start; address < end; address++) {
            if (entries[address].xchg(Pte.NONE.bits()) != Pte.NONE.bits()) {
                machine.reach(Marks.INVALIDATED);
                dropped++;
            }
        }
        if (variant.dropinRule()) {
            tfh.cmpxchg(TFH_READ, TFH_INVALIDATED);
        }
        return dropped;
    }

    /** {@code gru_flush_tlb_range} of one page, if the hardware told whether it had an entry. */
    final boolean flushTlbPage(int address) {
        asidLock.lock();
        long dropped = device.step("tgh_invalidate", () -> tghInvalidate(address, address + 1));
        asidLock.unlock();
        return dropped != 0;
    }

    /** {@code gru_invalidate_page} of Arcangeli's API, and its like. */
    @Override
    public void invalidatePages(int start, int end) {
        gruFlushTlbRange(start, end);
    }

    /** {@code gru_invalidate_range_start}. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        if (variant.rangeActive()) {
            rangeActive.add(1);
        }
        gruFlushTlbRange(start, end);
    }

    /** {@code gru_invalidate_range_end}: flushes nothing. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        if (variant.rangeActive()) {
            rangeActive.addAndTest(-1);
            waitQueue.wakeUpAll();
        }
    }

    /**
     * {@code gru_register_mmu_notifier}: a new {@code gru_mm_struct}, which counts from 0 whatever the last one missed.
     */
    @Override
    public void beforeRegister() {
        if (variant.rangeActive()) {
            rangeActive.writeOnce(0);
        }
    }

    /** {@code gru_unload_context}: the context is taken off the GRU before {@code gru_drop_mmu_notifier}. */
    @Override
    public void beforeUnregister() {
        gruFlushTlbRange(0, entries.length);
    }

    /**
     * {@code gru_release}: notes {@code ms_released}, so that nothing is flushed from now on, and flushes nothing. "GRU
     * TLB entries are tagged with a task-specific ID that will not be reused until a full TLB purge is done", says
     * Steiner, 5 May 2008. The context is unloaded when {@code exit_mmap} closes the VMAs: after the pages are
     * freed.
     */
    @Override
    public void release() {}

    private static String showTfh(long state) {
        return state == TFH_READ ? "read" : state == TFH_INVALIDATED ? "invalidated" : "idle";
    }
}
