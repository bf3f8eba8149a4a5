package racewalk.secondary;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import racewalk.machine.Guard;
import racewalk.machine.HardwareUnit;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.Page;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Pte;
import racewalk.mm.Tlb;

/**
 * A guest of KVM with one virtual CPU, as its hardware sees it: sptes, a TLB that caches them, and a fault where they
 * do not permit an access. A design says how the fault is served and what invalidates sptes.
 */
abstract class Guest implements NotifiedMmu {

    private static final long FILLED = -3;
    private static final long FAULTED = -2;

    protected final Machine machine;
    protected final AddressSpace mm;
    protected final PhysicalMemory memory;
    protected final GetUserPages gup;

    /** {@code kvm->mmu_lock}. */
    protected final SpinLock mmuLock;

    protected final Word[] sptes;
    private final HardwareUnit vcpu;
    private final Word[] guestTlb;

    Guest(String name, AddressSpace mm, GetUserPages gup) {
        this.machine = mm.machine();
        this.mm = mm;
        this.memory = mm.memory();
        this.gup = gup;
        this.mmuLock = machine.spinLock(LockClass.KVM_MMU_LOCK, name + ".mmu_lock");
        this.sptes = machine.words(name + ".spte", mm.pageTable().span(), 0, Pte::show);
        this.vcpu = machine.unit(name);
        this.guestTlb = machine.words(name + ".tlb", mm.pageTable().span(), 0, Pte::show);
    }

    /**
     * The guest faults again and again while a range is being invalidated. Another round would tell it nothing, so it
     * waits until {@code count} is down.
     */
    static void awaitNoInvalidation(Word count) {
        count.await("guest faults again", Guard.is(0));
    }

    /** The page fault; true if the guest shall try again, whether or not an spte was set, false for an error. */
    abstract boolean pageFault(int address, boolean write);

    @Override
    public final long read(int address) {
        while (true) {
            long value = vcpu.step("load(" + address + ")", () -> access(address, false, 0));
            if (value == FAULTED && !pageFault(address, false)) {
                return DENIED;
            }
            if (value >= 0) {
                return value;
            }
            mm.localsAre("guest reads again");
        }
    }

    @Override
    public final long write(int address, long value) {
        while (true) {
            long done = vcpu.step("store(" + address + ", " + value + ")", () -> access(address, true, value));
            if (done == FAULTED && !pageFault(address, true)) {
                return DENIED;
            }
            if (done >= 0) {
                return 0;
            }
            mm.localsAre("guest writes again");
        }
    }

    @Override
    public final void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            pageFault(address, false);
        }
    }

    /** One access by the guest: through its TLB, else a walk of the sptes that fills it, else a fault. */
    private long access(int address, boolean write, long value) {
        Pte entry = new Pte(guestTlb[address].readOnce());
        if (entry.permits(write)) {
            Word content = memory.page(entry.pfn()).content();
            if (!write) {
                return content.readOnce();
            }
            content.writeOnce(value);
            return 0;
        }
        Pte spte = new Pte(sptes[address].readOnce());
        boolean permits = spte.permits(write);
        if (permits && setsAccessedBit() && !Tlb.setAccessed(sptes[address], spte)) {
            return FILLED; // the spte has changed: the access begins anew
        }
        guestTlb[address].writeOnce(permits ? spte.makeOld().bits() : Pte.NONE.bits());
        return permits ? FILLED : FAULTED;
    }

    /** Whether the walk that fills the guest's TLB sets the accessed bit of the spte: as in page tables, not in EPT. */
    boolean setsAccessedBit() {
        return mm.aging();
    }

    /** {@code kvm_flush_remote_tlbs}. */
    final void kvmFlushRemoteTlbs() {
        vcpu.step("kvm_flush_remote_tlbs", () -> {
            for (Word entry : guestTlb) {
                entry.writeOnce(Pte.NONE.bits());
            }
            return 0;
        });
    }

    /**
     * {@code kvm_arch_destroy_vm}: {@code kvm_mmu_zap_page} of all. Whether an spte or its reference goes first makes
     * no difference, for no virtual CPU is left.
     */
    final void kvmArchDestroyVm(Consumer<Pte> rmapRemove) {
        mmuLock.lock();
        for (Word word : sptes) {
            Pte spte = new Pte(word.xchg(Pte.NONE.bits()));
            if (spte.isPresent()) {
                rmapRemove.accept(spte);
            }
        }
        mmuLock.unlock();
    }

    /** {@code get_user_pages} under the mmap lock: a page with a reference, or null. */
    final Page getUserPage(int address, boolean write) {
        return getUserPage(address, write, false);
    }

    /** The same, by {@code force} even against what the VMA permits. */
    final Page getUserPage(int address, boolean write, boolean force) {
        return getUserPage(address, write, force, null);
    }

    /** The same, for writing, by a fault that knows no more than {@code mmuSeq}. */
    final Page getUserPage(int address, long mmuSeq) {
        return getUserPage(address, true, false, "a fault at " + address + " since " + mmuSeq);
    }

    private Page getUserPage(int address, boolean write, boolean force, String caller) {
        mm.mmapLock().downRead();
        Page page = gup.getUserPage(address, write, force, caller);
        mm.mmapLock().upRead();
        return page;
    }

    /** Whether the sptes hold references on their pages. */
    boolean pins() {
        return false;
    }

    @Override
    public final List<Pte> peek(int address) {
        return List.of(new Pte(sptes[address].peek()), new Pte(guestTlb[address].peek()));
    }

    /** None while {@code mmu_lock} is held: then an spte's reference may be on its way to it, or gone before it. */
    @Override
    public long peekPins(int pfn) {
        long pins = 0;
        if (pins() && mmuLock.word().peek() == 0) {
            for (Word spte : sptes) {
                Pte entry = new Pte(spte.peek());
                pins += entry.isPresent() && entry.pfn() == pfn ? 1 : 0;
            }
        }
        return pins;
    }

    @Override
    public final List<Word> words() {
        List<Word> words = new ArrayList<>(List.of(sptes));
        words.addAll(List.of(guestTlb));
        words.add(mmuLock.word());
        return words;
    }
}
