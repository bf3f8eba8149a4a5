package racewalk.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Word;

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
        BUSY,
        /** The page is in the caller's own device memory. */
        OWN_DEVICE_PRIVATE,
        /** The page is in another device's memory. */
        OTHER_DEVICE_PRIVATE,
        /** The page was on its way to another frame. */
        MIGRATION_ENTRY
    }

    /** What {@code hmm_range_fault} returns if not 0. */
    public enum Failure {
        /** {@code -EBUSY}: begin anew. */
        EBUSY,
        /** {@code -EFAULT}: nothing may be read there. */
        EFAULT,
        /** {@code -EPERM}: nothing may be written there. */
        EPERM
    }

    /**
     * What a walk comes to.
     *
     * @param pte the page, and whether it may be written to, as an entry for the device
     * @param failure null if there is a page
     */
    public record Walked(Pte pte, Failure failure) {

        private static Walked failed(Failure failure) {
            return new Walked(Pte.NONE, failure);
        }
    }

    /** {@code HMM_PFN_ERROR}, as {@link #snapshot} has it. */
    public static final Optional<Pte> PFN_ERROR = Optional.empty();

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

    /**
     * The same for a device that may have the page in its own memory, statement by statement: {@code
     * hmm_vma_walk_test}, {@code hmm_vma_handle_pte} and {@code hmm_vma_fault} of {@code mm/hmm.c}, Linux 7.0. A page
     * in
     * the caller's own memory is reported as it is, even if it was asked for writing and its entry is for reading.
     *
     * @param owner {@code range->dev_private_owner}
     * @param caller what the caller knows, as {@link Machine#localsAre} has it
     */
    public Walked rangeFault(int address, boolean write, int owner, BooleanSupplier invalidated, String caller) {
        Machine machine = mm.machine();
        while (true) {
            mm.localsAre("hmm_range_fault " + caller);
            if (invalidated.getAsBoolean()) {
                machine.reach(Marks.BUSY);
                return Walked.failed(Failure.EBUSY);
            }
            Protection vma = mm.vmas().find(address);
            if (!vma.permits(false)) { // hmm_vma_walk_test
                return Walked.failed(Failure.EFAULT);
            }
            PageTable.Leaf leaf = mm.pageTable().leafOf(address);
            Word word = leaf == null ? null : mm.pageTable().pte(leaf, address);
            Pte pte = word == null ? Pte.NONE : new Pte(word.readOnce());
            if (pte.isDevicePrivate() && mm.memory().page(pte.pfn()).owner() == owner) {
                machine.reach(Marks.OWN_DEVICE_PRIVATE);
                return new Walked(pte.asSeenByDevice(), null);
            }
            if (pte.permits(write)) {
                return new Walked(pte, null);
            }
            if (pte.isMigrationEntry()) {
                machine.reach(Marks.MIGRATION_ENTRY);
                fault.migrationEntryWait(leaf, word);
                return Walked.failed(Failure.EBUSY);
            }
            if (pte.isDevicePrivate()) {
                machine.reach(Marks.OTHER_DEVICE_PRIVATE);
            }
            if (!vma.permits(write)) { // hmm_vma_fault
                return Walked.failed(Failure.EPERM);
            }
            machine.reach(Marks.FAULTED);
            if (fault.handleMmFault(address, write, "hmm_vma_fault " + caller) == Fault.VmFault.OOM) {
                return Walked.failed(Failure.EFAULT);
            }
        }
    }

    /**
     * The same without {@code HMM_PFN_REQ_FAULT}: no fault is taken, and nothing is waited for; what is neither mapped
     * nor in the caller's own memory, be it on its way to another frame or a device's alone, is as if it were not
     * there. Statement by statement as above, of {@code [start, end)}. The mmap lock must be held.
     *
     * @return {@code hmm_pfns}, each as an entry for the device, {@link Pte#NONE} for 0, or {@link #PFN_ERROR}; empty
     *     for {@code -EBUSY}
     */
    public List<Optional<Pte>> snapshot(int start, int end, int owner, BooleanSupplier invalidated) {
        List<Optional<Pte>> pfns = new ArrayList<>();
        if (invalidated.getAsBoolean()) {
            mm.machine().reach(Marks.BUSY);
            return pfns;
        }
        for (int address = start; address < end; address++) {
            if (!mm.vmas().find(address).permits(false)) { // hmm_vma_walk_test, hmm_vma_walk_hole
                pfns.add(PFN_ERROR);
            } else {
                pfns.add(Optional.of(snapshotPte(address, owner)));
            }
        }
        return pfns;
    }

    /** {@code hmm_vma_handle_pte} if no fault is required. */
    private Pte snapshotPte(int address, int owner) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        Pte pte = leaf == null
                ? Pte.NONE
                : new Pte(mm.pageTable().pte(leaf, address).readOnce());
        if (pte.isDevicePrivate() && mm.memory().page(pte.pfn()).owner() == owner) {
            return pte.asSeenByDevice();
        }
        return pte.permits(false) ? pte : Pte.NONE;
    }
}
