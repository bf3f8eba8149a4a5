package racewalk.hmm;

import java.util.List;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Fault;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Protection;
import racewalk.mm.Pte;

/**
 * {@code struct hmm_mirror}: one device's mirror of a process, with a page table of its own. The patches are those of
 * {@link Hmm}.
 *
 * <p>Of the mirror's {@code hmm_pt} there is one directory here, of all pages, with its lock, and the iterator that
 * holds it: levels, reference counts and freed directories are another matter, and have models and scenarios of their
 * own. Huge pages are left out.
 */
public final class HmmMirror {

    /** Branches of a device fault and of a table's update. */
    public enum Marks implements Mark {
        /** A device faulted. */
        DEVICE_FAULT,
        /** A device fault backed off, and was tried again. */
        BACKED_OFF,
        /** The PTE did not permit the access, and a fault was taken. */
        MM_FAULT,
        /** The PTE had changed when it was read again. */
        PTE_CHANGED,
        /** An entry's dirty bit went to the page. */
        SET_PAGE_DIRTY,
        /** An entry was dropped. */
        ENTRY_DROPPED,
        /** An entry lost its write bit. */
        ENTRY_PROTECTED,
        /** A driver was not told of a range of which its mirror has nothing. */
        NOT_TOLD,
        /** A page was mapped for DMA. */
        DMA_MAPPED,
        /** It was unmapped. */
        DMA_UNMAPPED,
        /** It could not be mapped. */
        DMA_MAPPING_ERROR,
        /** A fault found the entry of a page that could not be mapped before. */
        DMA_MAPPED_LATER,
        /** An event dropped such an entry. */
        DMA_NEVER_MAPPED,
        /** The CPU's table does not have the page of a dirty entry. */
        PAGE_NOT_FOUND
    }

    /** What a step of a device fault returns. */
    enum Result {
        /** 0. */
        DONE,
        /** {@code -EAGAIN}. */
        AGAIN,
        /** {@code -ENOENT}. */
        NO_ENTRY,
        /** {@code -EFAULT}, {@code -EACCES}, {@code -ENOMEM} and {@code -ENODEV}: the device's access is an error. */
        ERROR
    }

    private static final long NOT_LISTED = 0;

    private final Hmm hmm;
    private final AddressSpace mm;
    private final Machine machine;
    private final Fault cpuFault;
    private final HmmDevice device;
    /** That of {@code device->dev}; null if there is none: then nothing is mapped. */
    private final DmaDomain dma;

    private final int number;
    private final Word[] table;
    private final SpinLock directory;
    /** The fault event, if it is in {@code hmm->device_faults}. */
    private final Word fault;
    /** {@code event->backoff} of the fault event. */
    private final Word backoff;

    /** {@code hmm_mirror_register}, before the tasks start. */
    HmmMirror(String name, Hmm hmm, HmmDevice device, DmaDomain dma, Fault cpuFault) {
        this.hmm = hmm;
        this.mm = hmm.mm();
        this.machine = mm.machine();
        this.cpuFault = cpuFault;
        this.device = device;
        this.dma = dma;
        MirrorTable pt = hmm.tableOf(name);
        this.table = pt.entries();
        this.directory = pt.directory();
        this.fault = machine.word(name + ".fault", NOT_LISTED);
        this.backoff = machine.word(name + ".backoff", 0);
        this.number = hmm.add(this);
    }

    int number() {
        return number;
    }

    /** {@code list_add_tail(&event->list, &hmm->device_faults)}. */
    void listFault(HmmEvent event) {
        fault.writeOnce((long) event.end() << 8 | event.start());
        backoff.writeOnce(0);
    }

    /** {@code list_del_init(&event->list)}. */
    void unlistFault() {
        fault.writeOnce(NOT_LISTED);
    }

    /** {@code fevent->backoff = true}, if there is a fault event and {@code ievent} overlaps it. */
    boolean backOff(HmmEvent ievent) {
        long listed = fault.readOnce();
        if (listed == NOT_LISTED || !ievent.overlaps((int) listed & 0xFF, (int) (listed >>> 8))) {
            return false;
        }
        backoff.writeOnce(1);
        return true;
    }

    /** {@code hmm_mirror_update}: false if the driver's update failed. */
    boolean update(HmmEvent event) {
        if (hmm.has(HmmDifference.TABLE_FIRST)) {
            updatePt(event);
            return device.update(event);
        }
        if (hmm.has(HmmDifference.ASKS_TABLE) && !hasEntries(event)) {
            machine.reach(Marks.NOT_TOLD);
            return true;
        }
        if (dma != null && hmm.has(HmmDifference.DMA_UNMAPPED_FIRST)) {
            unmapRange(event);
        }
        boolean done = device.update(event);
        boolean changes = done || hmm.has(HmmDifference.FAILURE_CHANGES_TABLE);
        if (changes && !hmm.tellsAllFirst()) {
            updatePt(event);
        }
        return done;
    }

    /** {@code hmm_mirror_update} in {@code hmm_mirror_kill}, which nothing but success is any use of. */
    void updateKilled(HmmEvent event) {
        device.reset(event);
        if (!hmm.has(HmmDifference.SHARED_TABLE_LATE)) {
            updatePt(event);
        }
    }

    private boolean hasEntries(HmmEvent event) {
        boolean has = false;
        directoryLock();
        for (int address = event.start(); address < event.end() && !has; address++) {
            has = new MirrorEntry(table[address].readOnce()).isValid();
        }
        directoryUnlock();
        return has;
    }

    /** {@code hmm_mirror_update_pt}. */
    void updatePt(HmmEvent event) {
        directoryLock();
        for (int address = event.start(); address < event.end(); address++) {
            if (dma == null) {
                updatePte(event, table[address]);
            } else {
                updatePte(event, table[address], address);
            }
        }
        directoryUnlock();
    }

    /**
     * {@code hmm_mirror_update_pte} of "[PATCH 13/36] HMM: DMA map memory on behalf of device driver", 21 May 2015. It
     * transfers the dirty bit of an entry without a write bit, too.
     */
    private void updatePte(HmmEvent event, Word hmmPte, int address) {
        boolean dirty = hmmPte.testAndClear(MirrorEntry.DIRTY);
        MirrorEntry entry = new MirrorEntry(hmmPte.readOnce());
        if (!entry.isValid()) {
            return;
        }
        if (entry.isValidDma() && isUnmapping(event) && !hmm.has(HmmDifference.DMA_UNMAPPED_FIRST)) {
            unmap(entry);
        }
        if (entry.isValidPfn() && isUnmapping(event)) {
            machine.reach(Marks.DMA_NEVER_MAPPED);
        }
        hmmPte.writeOnce(hmmPte.readOnce() & event.pteMask());
        machine.reach(isUnmapping(event) ? Marks.ENTRY_DROPPED : Marks.ENTRY_PROTECTED);
        Page page = dirty ? dirtyPage(entry, address) : null;
        if (page != null) {
            page.flags().or(Page.DIRTY); // set_page_dirty
            machine.reach(Marks.SET_PAGE_DIRTY);
        }
    }

    /** {@code !hmm_pte_test_valid_dma(&event->pte_mask)}. */
    private static boolean isUnmapping(HmmEvent event) {
        return (event.pteMask() & MirrorEntry.VALID_DMA) == 0;
    }

    private void unmap(MirrorEntry entry) {
        if (!hmm.has(HmmDifference.DMA_NEVER_UNMAPPED)) {
            dma.unmapPage(entry.number());
            machine.reach(Marks.DMA_UNMAPPED);
        }
    }

    private void unmapRange(HmmEvent event) {
        for (int address = event.start(); address < event.end() && isUnmapping(event); address++) {
            MirrorEntry entry = new MirrorEntry(table[address].readOnce());
            if (entry.isValidDma()) {
                unmap(entry);
            }
        }
    }

    /**
     * The page of a dirty entry; null if it is not found. An address of DMA does not tell it: "Instead use the cpu page
     * table which still has the proper informations, except for the invalidate_page() case which is handled by using
     * the page passed", {@code mm_pt_iter_page}. Repaired, HMM knows the page that it has mapped. The page that {@code
     * invalidate_page} passes is not modelled: whoever comes with it finds the entry's own here, as in the repair [R].
     */
    private Page dirtyPage(MirrorEntry entry, int address) {
        if (!hmm.has(HmmDifference.DMA_PAGE_BY_CPU_TABLE)) {
            return mm.memory().page(entry.number());
        }
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        Pte pte = leaf == null
                ? Pte.NONE
                : new Pte(mm.pageTable().pte(leaf, address).readOnce());
        if (!pte.isPresent()) {
            machine.reach(Marks.PAGE_NOT_FOUND);
            return null;
        }
        return mm.memory().page(pte.pfn());
    }

    private void updatePte(HmmEvent event, Word hmmPte) {
        if (!new MirrorEntry(hmmPte.readOnce()).isValidPfn()) {
            return;
        }
        if (hmm.has(HmmDifference.MASK_FIRST)) {
            hmmPte.writeOnce(hmmPte.readOnce() & event.pteMask());
        }
        if (hmmPte.testAndClear(MirrorEntry.DIRTY) && new MirrorEntry(hmmPte.readOnce()).isWritable()) {
            MirrorEntry entry = new MirrorEntry(hmmPte.readOnce());
            mm.memory().page(entry.number()).flags().or(Page.DIRTY); // set_page_dirty
            machine.reach(Marks.SET_PAGE_DIRTY);
        }
        long old = hmmPte.readOnce(); // *hmm_pte &= event->pte_mask
        hmmPte.writeOnce(old & event.pteMask());
        if (event.pteMask() == 0) {
            machine.reach(Marks.ENTRY_DROPPED);
        } else if (new MirrorEntry(old).isWritable()) {
            machine.reach(Marks.ENTRY_PROTECTED);
        }
    }

    private void directoryLock() {
        if (!hmm.has(HmmDifference.NO_TABLE_LOCK)) {
            directory.lock();
        }
    }

    private void directoryUnlock() {
        if (!hmm.has(HmmDifference.NO_TABLE_LOCK)) {
            directory.unlock();
        }
    }

    /** {@code hmm_mirror_fault} of one page: whether the driver has programmed the device. */
    boolean fault(int address, boolean write) {
        machine.reach(Marks.DEVICE_FAULT);
        HmmEvent.Type type = write ? HmmEvent.Type.DEVICE_WFAULT : HmmEvent.Type.DEVICE_RFAULT;
        HmmEvent event = new HmmEvent(type, address, address + 1);
        while (true) { // retry
            if (mm.anonVma() != null
                    || dma != null) { // it may go round for ever: no range keeps it out while a page is reclaimed
                machine.loopHead("hmm_mirror_fault " + event);
            }
            if (hmm.isDead(this)) {
                return false;
            }
            mm.mmapLock().downRead();
            Protection vma = mm.vmas().find(address); // find_vma_intersection
            Result result = vma == Protection.UNMAPPED ? Result.ERROR : handleFault(event, vma);
            mm.mmapLock().upRead();
            hmm.wakeUp();
            if (result != Result.AGAIN) {
                return result == Result.DONE;
            }
        }
    }

    /** {@code hmm_mirror_handle_fault}, with the mmap lock held. */
    private Result handleFault(HmmEvent event, Protection vma) {
        boolean write = event.type() == HmmEvent.Type.DEVICE_WFAULT;
        if (write && !vma.permits(true)) {
            return Result.ERROR;
        }
        if (!hmm.has(HmmDifference.NO_READ_CHECK) && !vma.permits(false)) {
            return Result.ERROR;
        }
        if (!hmm.deviceFaultStart(this, event)) {
            return Result.AGAIN;
        }
        Result result = hmm.has(HmmDifference.KILLED_WHILE_FAULTING) || !hmm.isDead(this)
                ? faultPages(event, write)
                : Result.ERROR;
        hmm.deviceFaultEnd(this);
        if (result == Result.NO_ENTRY) {
            machine.reach(Marks.MM_FAULT);
            return cpuFault.mmFault(event.start(), write) ? Result.AGAIN : Result.ERROR; // hmm_mm_fault
        }
        return result;
    }

    /** {@code hmm_mirror_handle_fault} from {@code again} to {@code out}. */
    private Result faultPages(HmmEvent event, boolean write) {
        int address = event.start();
        while (true) { // again
            if (isToBackOff()) {
                machine.reach(Marks.BACKED_OFF);
                return Result.AGAIN;
            }
            if (address >= event.end()) {
                return Result.DONE;
            }
            Result result = faultPmd(address, write);
            if (result != Result.DONE) {
                return result;
            }
            if (dma != null) {
                if (isToBackOff()) {
                    machine.reach(Marks.BACKED_OFF);
                    return Result.AGAIN;
                }
                result = dmaMap(address);
                if (result != Result.DONE) {
                    return result;
                }
            }
            if (!device.update(event)) {
                return Result.ERROR;
            }
            address = event.end();
        }
    }

    private boolean isToBackOff() {
        return !hmm.has(HmmDifference.NO_BACKOFF) && backoff.readOnce() != 0;
    }

    /**
     * {@code hmm_mirror_fault_pmd}, of one page: no PT lock is taken. The patch has {@code *ptep} five times. A
     * compiler may read it once where nothing keeps it from it; the atomic increment in {@code directory_ref}, when the
     * entry was not valid before, does [R].
     */
    private Result faultPmd(int address, boolean write) {
        if (isToBackOff()) {
            return Result.AGAIN;
        }
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        if (leaf == null) { // pmd_none
            return Result.NO_ENTRY;
        }
        Word ptep = mm.pageTable().pte(leaf, address);
        directoryLock();
        Pte pte = new Pte(ptep.readOnce());
        if (!pte.isPresent() || write && !pte.isWritable()) {
            directoryUnlock();
            return Result.NO_ENTRY;
        }
        Word hmmPte = table[address];
        if (dma != null) {
            faultPte(hmmPte, ptep, pte, write);
            directoryUnlock();
            return Result.DONE;
        }
        if (!new MirrorEntry(hmmPte.readOnce()).isValidPfn()) {
            hmmPte.writeOnce(MirrorEntry.fromPfn(pte.pfn()).bits());
            if (hmm.has(HmmDifference.PTE_READ_AGAIN)) { // hmm_pt_iter_directory_ref
                Pte again = new Pte(ptep.readOnce());
                if (!again.equals(pte)) {
                    machine.reach(Marks.PTE_CHANGED);
                }
                pte = again;
            }
        }
        machine.bugOn(
                new MirrorEntry(hmmPte.readOnce()).number() != pfn(pte),
                "hmm_pte_pfn(hmm_pte[" + address + "]) != pte_pfn(*ptep)");
        if (pte.isWritable() && (write || !hmm.has(HmmDifference.WRITE_BY_FAULT))) {
            hmmPte.or(MirrorEntry.WRITE); // hmm_pte_set_write
        }
        directoryUnlock();
        return Result.DONE;
    }

    /** The same as of "[PATCH 13/36] HMM: DMA map memory on behalf of device driver", with the directory lock held. */
    private void faultPte(Word hmmPte, Word ptep, Pte present, boolean write) {
        MirrorEntry old = new MirrorEntry(hmmPte.readOnce());
        Pte pte = present;
        if (old.isValidDma()) {
            if (hmm.has(HmmDifference.DMA_ENTRY_KEPT)) {
                return; // continue
            }
        } else {
            if (!old.isValidPfn() && hmm.has(HmmDifference.PTE_READ_AGAIN)) { // hmm_pt_iter_directory_ref
                pte = new Pte(ptep.readOnce());
            }
            if (old.isValidPfn()) {
                machine.reach(Marks.DMA_MAPPED_LATER);
            }
            machine.bugOn(!pte.isPresent(), "hmm_pte_from_pfn of no page");
            hmmPte.writeOnce(MirrorEntry.fromPfn(pte.pfn()).bits());
        }
        if (pte.isWritable() && (write || !hmm.has(HmmDifference.WRITE_BY_FAULT))) {
            hmmPte.or(MirrorEntry.WRITE); // hmm_pte_set_write
        }
    }

    /**
     * {@code hmm_mirror_dma_map}, of one page. If that cannot be mapped, {@code -ENOMEM}, the entry stays as {@code
     * hmm_mirror_fault_pmd} has made it, with the number of the page's frame, and the driver is not told of it: the
     * next fault tries again, and an event drops it as any other.
     */
    private Result dmaMap(int address) {
        Word hmmPte = table[address];
        while (true) { // again: an event that changes the entry waits for this fault
            MirrorEntry pte = new MirrorEntry(hmmPte.readOnce());
            if (pte.isValidDma() && hmm.has(HmmDifference.DMA_MAPPED_AGAIN)) {
                dma.mapPage(pte.number()); // if that fails, there is one less
            }
            if (!pte.isValidPfn()) {
                return pte.isValidDma() ? Result.DONE : Result.NO_ENTRY;
            }
            int dmaAddress = dma.mapPage(pte.number());
            if (DmaDomain.isMappingError(dmaAddress)) {
                machine.reach(Marks.DMA_MAPPING_ERROR);
                return hmm.has(HmmDifference.DMA_ERROR_IGNORED) ? Result.DONE : Result.ERROR;
            }
            directoryLock();
            if (new MirrorEntry(hmmPte.readOnce()).isDirty()) {
                pte = pte.with(MirrorEntry.DIRTY);
            }
            if (hmmPte.readOnce() == pte.bits()) {
                MirrorEntry mapped = MirrorEntry.fromDmaAddress(dmaAddress);
                hmmPte.writeOnce(mapped.bits());
                if (pte.isWritable()) {
                    hmmPte.or(MirrorEntry.WRITE); // hmm_pte_set_write
                }
                if (pte.isDirty()) {
                    hmmPte.or(MirrorEntry.DIRTY); // hmm_pte_set_dirty
                }
                directoryUnlock();
                machine.reach(Marks.DMA_MAPPED);
                return Result.DONE;
            }
            directoryUnlock();
            dma.unmapPage(dmaAddress);
        }
    }

    /** {@code pte_pfn}: of an entry that is not present it is some other number. */
    private static int pfn(Pte pte) {
        return pte.isPresent() ? pte.pfn() : -1;
    }

    /** What a driver reads with an iterator. */
    MirrorEntry read(int address) {
        return new MirrorEntry(table[address].readOnce());
    }

    /** {@code hmm_pte_set_dirty}. */
    void setDirty(int address) {
        table[address].or(MirrorEntry.DIRTY);
    }

    /** {@code hmm_mirror_range_dirty}, as posted in July or in May: it takes no lock. */
    void rangeDirty(HmmEvent event, boolean ofMay) {
        for (int address = event.start(); address < event.end(); address++) {
            MirrorEntry entry = new MirrorEntry(table[address].readOnce());
            boolean valid = ofMay ? entry.isValidDma() && entry.isValidPfn() : entry.isValid();
            if (valid && entry.isWritable()) {
                setDirty(address);
            }
        }
    }

    /** How many entries of the table are mapped for DMA and of a page, for invariants. */
    long peekMapped(int pfn) {
        long mapped = 0;
        for (Word word : table) {
            MirrorEntry entry = new MirrorEntry(word.peek());
            mapped += entry.isValidDma() && entry.number() == pfn ? 1 : 0;
        }
        return mapped;
    }

    /** Whether an entry of the page is dirty now, for invariants. */
    boolean peekDirty(int pfn) {
        for (Word word : table) {
            MirrorEntry entry = new MirrorEntry(word.peek());
            boolean counts = dma != null ? entry.isValid() : entry.isValidPfn() && entry.isWritable();
            if (counts && entry.isDirty() && entry.number() == pfn) {
                return true;
            }
        }
        return false;
    }

    /** Every word of the table. */
    List<Word> words() {
        return List.of(table);
    }
}
