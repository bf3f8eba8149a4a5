package racewalk.secondary;

import java.util.List;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Fault;
import racewalk.mm.GetUserPages;
import racewalk.mm.PageTable;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Pte;

/**
 * A device behind an IOMMU that walks the CPUs' page tables (shared virtual addressing: PASID, ATS, PRI). No driver
 * fills its TLB: the hardware does, from the PTEs, at any time and without a lock, and it sets their dirty bits. So
 * nothing that software counts or locks keeps it from filling, and only an invalidation after the PTE is changed is
 * good for anything. It holds no reference on a page.
 *
 * <p>Where the walk finds no permission the device asks for the page, and {@code iommu_sva_handle_iopf} of {@code
 * drivers/iommu/iommu-sva.c} calls {@code handle_mm_fault} under the mmap lock; a failure is the device's exception.
 *
 * <p>A walk reads the directory in one step and the leaf in another, other than that of a CPU, which nobody frees a
 * table under that has not flushed it. An invalidation waits for the walk that it finds.
 *
 * <p>Whatever callback it gets, it invalidates the range; at the start and the end of one both. Where pages are aged
 * its walk sets the accessed bit of the PTE, as a CPU's does, and an access through the TLB does not: so who clears the
 * bit must tell the device.
 */
public final class Iommu implements NotifiedMmu {

    /** Branches of the hardware. */
    public enum Marks implements Mark {
        /** The TLB was filled from a PTE. */
        FILLED,
        /** A page request was handled. */
        PAGE_REQUEST,
        /** An invalidation found an entry to drop. */
        INVALIDATED,
        /** An entry that does not permit the access was kept, and not walked for again. */
        KEPT
    }

    /** What the hardware does with an entry that does not permit the access. */
    public enum Entry {
        /** It walks again, as x86's does. */
        DROPPED,
        /**
         * It faults on it until someone invalidates it: "the arm64 architecture specifies TLB permission bits may be
         * cached and therefore the TLB must be invalidated during permission upgrades" (Popple, 7 July 2023).
         */
        KEPT
    }

    /** What the driver has for the ageing of a page. */
    public enum ClearFlushYoung {
        /** Nothing, as Intel's and Arm's. */
        NONE,
        /**
         * It flushes the page and returns 0, for the PTE says whether the page was accessed: {@code
         * mn_clear_flush_young} of {@code drivers/iommu/amd/iommu_v2.c}, which was there until 2023.
         */
        FLUSH
    }

    private static final long FAULTED = -2;
    private static final long WALKED = -3;
    /** The hardware has read the directory and goes on to the leaf of number 0; less, to one with a higher number. */
    private static final long WALKING = -4;

    private final Machine machine;
    private final PhysicalMemory memory;
    private final PageTable pageTable;
    private final Fault fault;
    private final Entry unfit;
    private final ClearFlushYoung clearFlushYoung;
    private final String name;
    private final HardwareUnit unit;
    private final Word[] tlb;
    private final Word walking;
    private final boolean aging;

    /** The device {@code name}, bound to {@code mm}. */
    public Iommu(String name, AddressSpace mm, GetUserPages gup, Entry unfit, ClearFlushYoung young) {
        this.clearFlushYoung = young;
        this.name = name;
        this.machine = mm.machine();
        this.memory = mm.memory();
        this.pageTable = mm.pageTable();
        this.fault = gup.fault();
        this.aging = mm.aging();
        this.unfit = unfit;
        this.unit = machine.unit(name);
        this.tlb = machine.words(name + ".tlb", pageTable.span(), 0, Pte::show);
        this.walking = machine.gate(name + ".walking", 0, Word.Format.DECIMAL);
    }

    @Override
    public long read(int address) {
        while (true) {
            long value = walked(address, false, unit.step("load(" + address + ")", () -> access(address, false, 0)));
            if (value == FAULTED && !pageRequest(address, false)) {
                return DENIED;
            }
            if (value >= 0) {
                return value;
            }
        }
    }

    @Override
    public long write(int address, long value) {
        while (true) {
            if (unfit == Entry.KEPT) {
                machine.loopHead(name + " writes " + address); // it may fault for ever
            }
            String store = "store(" + address + ", " + value + ")";
            long done = walked(address, true, unit.step(store, () -> access(address, true, value)));
            if (done == FAULTED && !pageRequest(address, true)) {
                return DENIED;
            }
            if (done >= 0) {
                return 0;
            }
        }
    }

    /** An access for reading without using what it reads. */
    @Override
    public void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            read(address);
        }
    }

    private long access(int address, boolean write, long value) {
        Pte entry = new Pte(tlb[address].readOnce());
        if (!entry.permits(write)) {
            if (unfit == Entry.KEPT && !entry.isNone()) {
                machine.reach(Marks.KEPT);
                return FAULTED;
            }
            return walk(address);
        }
        if (write && !entry.isDirty()) {
            return walk(address); // the first store through a clean entry
        }
        Word content = memory.page(entry.pfn()).content();
        if (!write) {
            return content.readOnce();
        }
        content.writeOnce(value);
        return 0;
    }

    /** Begins a walk: reads the directory. */
    private long walk(int address) {
        PageTable.Leaf leaf = pageTable.leafOf(address);
        if (leaf == null) {
            tlb[address].writeOnce(Pte.NONE.bits());
            return FAULTED;
        }
        walking.writeOnce(1);
        return WALKING - pageTable.numberOf(leaf);
    }

    /** Ends the walk, if {@code access} has begun one: the leaf is read in a step of its own. */
    private long walked(int address, boolean write, long access) {
        if (access > WALKING) {
            return access;
        }
        PageTable.Leaf leaf = pageTable.leafNumbered((int) (WALKING - access));
        return unit.step("walk(" + address + ")", () -> {
            long told = fill(address, write, pageTable.pte(leaf, address));
            walking.writeOnce(0);
            return told;
        });
    }

    /**
     * Caches the PTE, if it permits the access; it sets the dirty bit for a store and, where pages are aged, the
     * other.
     */
    private long fill(int address, boolean write, Word word) {
        Pte pte = new Pte(word.readOnce());
        boolean permits = pte.permits(write);
        Pte marked = aging ? pte.makeYoung() : pte;
        marked = write ? marked.makeDirty() : marked;
        if (permits && !marked.equals(pte) && word.cmpxchg(pte.bits(), marked.bits()) != pte.bits()) {
            return WALKED; // the PTE has changed: the access begins anew
        }
        tlb[address].writeOnce(permits ? marked.makeOld().bits() : Pte.NONE.bits());
        if (permits) {
            machine.reach(Marks.FILLED);
        }
        return permits ? WALKED : FAULTED;
    }

    /** {@code iommu_sva_handle_iopf}: false for {@code IOMMU_PAGE_RESP_INVALID}. */
    private boolean pageRequest(int address, boolean write) {
        machine.reach(Marks.PAGE_REQUEST);
        return fault.doPageFault(address, write) == Fault.Answer.RETRY;
    }

    @Override
    public void invalidatePages(int start, int end) {
        walking.await("completion", Guard.is(0)); // an invalidation is complete when the walks before it are over
        unit.step("invalidate", () -> {
            for (int address = start; address < end; address++) {
                if (tlb[address].xchg(Pte.NONE.bits()) != Pte.NONE.bits()) {
                    machine.reach(Marks.INVALIDATED);
                }
            }
            return 0;
        });
    }

    @Override
    public boolean age(int address) {
        if (clearFlushYoung == ClearFlushYoung.FLUSH) {
            invalidatePages(address, address + 1);
        }
        return false;
    }

    @Override
    public void invalidateRangeBegin(int start, int end) {
        invalidatePages(start, end);
    }

    @Override
    public void invalidateRangeEnd(int start, int end) {
        invalidatePages(start, end);
    }

    @Override
    public List<Pte> peek(int address) {
        return List.of(new Pte(tlb[address].peek()));
    }

    @Override
    public List<Word> words() {
        return List.of(tlb);
    }
}
