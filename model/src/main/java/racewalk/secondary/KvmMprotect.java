package racewalk.secondary;

import racewalk.machine.Mark;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.PageTable;
import racewalk.mm.Protection;
import racewalk.mm.Pte;

/**
 * KVM with the callback {@code mprotect_pages} that Andrea Arcangeli describes in seed 001, and nobody wrote: mprotect
 * changes what the sptes allow and does not drop them, so that the guest does not fault. Otherwise {@link KvmSeq}
 * without references, but that it asks for a page as the guest wants it, and a read has a read-only spte [R].
 */
public final class KvmMprotect extends Guest {

    /** Branches of the callback. */
    public enum Marks implements Mark {
        /** An spte has become writable without a fault. */
        UPGRADED,
        /** An spte has become read-only and was not dropped. */
        DOWNGRADED
    }

    /** What the sptes allow after {@code mprotect_pages}. */
    public enum Permissions {
        /** What the mapping allows: the callback's parameter. */
        OF_THE_VMA,
        /** "Proper permissions matching the core linux pte": what the PTE allows, too. */
        OF_THE_PTE
    }

    private final Permissions permissions;
    private final Word mmuNotifierSeq;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmMprotect(String name, AddressSpace mm, GetUserPages gup, Permissions permissions) {
        super(name, mm, gup);
        this.permissions = permissions;
        this.mmuNotifierSeq = machine.word(name + ".mmu_notifier_seq", 0);
    }

    @Override
    boolean pageFault(int address, boolean write) {
        long mmuSeq = mmuNotifierSeq.loadAcquire(); // and smp_rmb
        Page page = getUserPage(address, write);
        if (page == null) {
            return false;
        }
        mmuLock.lock();
        if (mmuNotifierSeq.readOnce() == mmuSeq) {
            Pte old = new Pte(sptes[address].readOnce());
            boolean writable = write || old.isWritable() && old.pfn() == page.pfn();
            Pte spte = Pte.make(page);
            sptes[address].writeOnce((writable ? spte.makeWritable() : spte).bits());
        }
        mmuLock.unlock();
        memory.putPage(page);
        return true;
    }

    /** {@code kvm_create_vm}: a new {@code struct kvm}, which counts from 0. */
    @Override
    public void beforeRegister() {
        mmuNotifierSeq.writeOnce(0);
    }

    @Override
    public void invalidatePages(int start, int end) {
        mmuLock.lock();
        mmuNotifierSeq.add(1);
        for (int address = start; address < end; address++) {
            sptes[address].writeOnce(Pte.NONE.bits());
        }
        kvmFlushRemoteTlbs();
        mmuLock.unlock();
    }

    /** {@code mprotect_pages}, under the PT lock of the pages. */
    @Override
    public void mprotectPages(int start, int end, Protection protection) {
        mmuLock.lock();
        mmuNotifierSeq.add(1);
        for (int address = start; address < end; address++) {
            Pte old = new Pte(sptes[address].readOnce());
            if (old.isPresent()) {
                sptes[address].writeOnce(changed(address, old, protection).bits());
            }
        }
        kvmFlushRemoteTlbs();
        mmuLock.unlock();
    }

    private Pte changed(int address, Pte old, Protection protection) {
        boolean writable = protection.permits(true);
        boolean readable = protection.permits(false);
        if (permissions == Permissions.OF_THE_PTE) {
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            Pte pte = new Pte(mm.pageTable().pte(leaf, address).readOnce());
            writable = pte.permits(true);
            readable = pte.permits(false);
        }
        if (!readable) {
            return Pte.NONE;
        }
        if (writable && !old.isWritable()) {
            machine.reach(Marks.UPGRADED);
        }
        if (!writable) {
            machine.reach(Marks.DOWNGRADED);
        }
        return writable ? old.makeWritable() : old.writeProtect();
    }

    /** It is of a notifier that tells of what has been changed. */
    @Override
    public void invalidateRangeBegin(int start, int end) {
        invalidatePages(start, end);
    }

    @Override
    public void invalidateRangeEnd(int start, int end) {
        invalidatePages(start, end);
    }
}
