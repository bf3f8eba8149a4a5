package racewalk.mm;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import racewalk.machine.Machine;
import racewalk.machine.Mark;

/**
 * {@code hmm_range_fault} of today's {@code mm/hmm.c} for one page of private anonymous memory, over 2.6.24's fault.
 * The PTE is read without the PT lock, and no reference on the page is taken: only the caller's retry makes the answer
 * good for anything.
 */
public final class HmmRangeFault {

    /** Branches of the walk. */
    public enum Marks implements Mark {
        /** The page was not mapped as wanted, and a fault was taken. */
        FAULTED,
        /** The range has been invalidated before the walk was through. */
        BUSY
    }

    private final AddressSpace mm;
    private final Fault fault;

    /** The walks of the address space that {@code gup} is of. */
    public HmmRangeFault(AddressSpace mm, GetUserPages gup) {
        this.mm = mm;
        this.fault = gup.fault();
    }

    /**
     * {@code hmm_range_fault} with {@code HMM_PFN_REQ_FAULT}, for a write with {@code HMM_PFN_REQ_WRITE}. The mmap lock
     * must be held.
     *
     * @param invalidated {@code mmu_interval_check_retry}
     * @return what {@code hmm_pfns} tells: the page and whether it is writable; {@link Pte#NONE} for {@code -EFAULT}
     *     and {@code -EPERM}; empty for {@code -EBUSY}: begin anew
     */
    public Optional<Pte> rangeFault(int address, boolean write, BooleanSupplier invalidated) {
        Machine machine = mm.machine();
        while (true) {
            if (invalidated.getAsBoolean()) {
                machine.reach(Marks.BUSY);
                return Optional.empty();
            }
            if (!mm.vmas().find(address).permits(write)) { // hmm_vma_walk_test, hmm_vma_fault
                return Optional.of(Pte.NONE);
            }
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            Pte pte = leaf == null
                    ? Pte.NONE
                    : new Pte(mm.pageTable().pte(leaf, address).readOnce());
            if (pte.permits(write)) {
                return Optional.of(pte);
            }
            machine.reach(Marks.FAULTED);
            if (fault.handleMmFault(address, write, null) == Fault.VmFault.OOM) {
                return Optional.of(Pte.NONE);
            }
        }
    }
}
