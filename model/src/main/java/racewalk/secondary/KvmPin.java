package racewalk.secondary;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.Pte;

/**
 * KVM of February 2008, with one virtual CPU: every spte holds a reference on its page. Modelled from Andrea Arcangeli,
 * "[PATCH] KVM swapping with MMU Notifiers V7", 16 February 2008, and the page fault that it changes nothing of, {@code
 * nonpaging_map} of {@code arch/x86/kvm/mmu.c}.
 *
 * <p>That mail admits a race, "purely theoretical", whose worst case "is that a few guest physical pages could remain
 * pinned by sptes": the PTE is zapped after {@code get_user_pages} returned and before the spte is set. There is no
 * check for it here.
 *
 * <p>{@code tdp_page_fault} of the same file keeps the mmap lock until the spte is set; {@code nonpaging_map} and the
 * faults of shadow paging drop it before. The latter's sptes are read-only while the guest's own PTE is clean, which is
 * not modelled.
 */
public final class KvmPin extends Guest {

    /** Branches of the page fault and of the invalidation. */
    public enum Marks implements Mark {
        /** The guest faulted. */
        FAULT,
        /** An invalidation found an spte to drop. */
        UNMAPPED,
        /** The spte pointed to another page when the fault set it. */
        REPLACED,
        /** An ageing found the accessed bit set. */
        YOUNG
    }

    /** How {@code gfn_to_page} asks for the page. */
    public enum GfnToPage {
        /** As in February 2008: always for writing and by force; the spte is writable ({@code ACC_ALL}). */
        WRITE_BY_FORCE,
        /**
         * As the text of "[PATCH 01 of 11] mmu-notifier-core", Arcangeli, 2 May 2008, has a secondary MMU do it for
         * example: for writing if the guest writes, and a read-only spte otherwise. KVM did not.
         */
        AS_WANTED
    }

    private final GfnToPage gfnToPage;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmPin(String name, AddressSpace mm, GetUserPages gup, GfnToPage gfnToPage) {
        super(name, mm, gup);
        this.gfnToPage = gfnToPage;
    }

    /** {@code nonpaging_map}; false if the guest's access is an error. */
    @Override
    boolean pageFault(int address, boolean write) {
        machine.reach(Marks.FAULT);
        Page page = gfnToPage(address, write);
        if (page == null) {
            return false;
        }
        // From here to the spte nothing tells this task that the PTE has gone.
        mmuLock.lock();
        mmuSetSpte(address, page, write || readsForWriting()); // __direct_map
        mmuLock.unlock();
        return true;
    }

    /** {@code gfn_to_page}. */
    private Page gfnToPage(int address, boolean write) {
        return switch (gfnToPage) {
            case WRITE_BY_FORCE -> getUserPage(address, true, true);
            case AS_WANTED -> getUserPage(address, write);
        };
    }

    @Override
    public boolean readsForWriting() {
        return gfnToPage == GfnToPage.WRITE_BY_FORCE;
    }

    /** {@code mmu_set_spte}: the reference of {@code get_user_pages} becomes the spte's. */
    private void mmuSetSpte(int address, Page page, boolean writable) {
        Pte old = new Pte(sptes[address].readOnce());
        boolean wasRmapped = old.isPresent() && old.pfn() == page.pfn();
        if (old.isPresent() && !wasRmapped) {
            machine.reach(Marks.REPLACED);
            rmapRemove(old);
        }
        Pte spte = Pte.make(page);
        sptes[address].writeOnce((writable || wasRmapped && old.isWritable() ? spte.makeWritable() : spte).bits());
        if (wasRmapped) {
            memory.putPage(page); // kvm_release_page_clean
        }
    }

    /** {@code rmap_remove}: drops the spte's reference. */
    private void rmapRemove(Pte spte) {
        Page page = memory.page(spte.pfn());
        if (spte.isYoung()) {
            page.markAccessed(); // kvm_set_pfn_accessed, as in 2.6.27 [R]
        }
        if (spte.isWritable()) {
            page.flags().or(Page.DIRTY); // kvm_release_page_dirty
        }
        memory.putPage(page);
    }

    /** {@code kvm_unmap_hva}. */
    private void kvmUnmapHva(int address) {
        mmuLock.lock();
        Pte spte = new Pte(sptes[address].readOnce());
        if (spte.isPresent()) {
            machine.reach(Marks.UNMAPPED);
            kvmUnmapSpte(address, spte);
        }
        mmuLock.unlock();
    }

    /** {@code kvm_unmap_spte}: the extra reference keeps the page until the guest's TLB has been flushed. */
    private void kvmUnmapSpte(int address, Pte spte) {
        Page page = memory.page(spte.pfn());
        memory.getPage(page);
        rmapRemove(spte);
        sptes[address].writeOnce(Pte.NONE.bits()); // set_shadow_pte
        kvmFlushRemoteTlbs();
        memory.putPage(page); // __free_page
    }

    /** {@code kvm_mmu_notifier_age_page}, {@code kvm_age_hva}: flushes when it has dropped {@code mmu_lock}. */
    @Override
    public boolean age(int address) {
        mmuLock.lock();
        boolean young = kvmAgeRmapp(address);
        mmuLock.unlock();
        if (young) {
            machine.reach(Marks.YOUNG);
            kvmFlushRemoteTlbs();
        }
        return young;
    }

    private boolean kvmAgeRmapp(int address) {
        Pte spte = new Pte(sptes[address].readOnce());
        if (!spte.isYoung()) {
            return false;
        }
        sptes[address].writeOnce(spte.makeOld().bits()); // set_shadow_pte(spte, _spte & ~PT_ACCESSED_MASK)
        return true;
    }

    @Override
    public void invalidatePages(int start, int end) {
        for (int address = start; address < end; address++) {
            kvmUnmapHva(address);
        }
    }

    /** Not set in {@code kvm_mmu_notifier_ops}: the pin makes it needless, its author says. */
    @Override
    public void invalidateRangeBegin(int start, int end) {}

    /** {@code kvm_mmu_notifier_invalidate_range_end}. */
    @Override
    public void invalidateRangeEnd(int start, int end) {
        invalidatePages(start, end);
    }

    /** {@code kvm_destroy_vm}: no virtual CPU is left, nor what it had cached. */
    @Override
    public void beforeUnregister() {
        kvmFlushRemoteTlbs();
    }

    /** There is no {@code release} in {@code kvm_mmu_notifier_ops}. */
    @Override
    public void afterUnregister() {
        kvmArchDestroyVm(this::rmapRemove);
    }

    /** An spte's reference comes and goes with it under {@code mmu_lock}, or another covers it. */
    @Override
    public long peekPins(int pfn) {
        long pins = 0;
        for (Word spte : sptes) {
            Pte entry = new Pte(spte.peek());
            if (entry.isPresent() && entry.pfn() == pfn) {
                pins++;
            }
        }
        return pins;
    }
}
