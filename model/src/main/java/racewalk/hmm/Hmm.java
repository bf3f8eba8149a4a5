package racewalk.hmm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.RwSemaphore;
import racewalk.machine.SpinLock;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Protection;
import racewalk.notifier.MmuNotifierRanges;

/**
 * {@code struct hmm}: what a process has of HMM, one for all its mirrors. Jérôme Glisse, "[PATCH 07/36] HMM: add per
 * mirror page table v3" and "[PATCH 08/36] HMM: add device page fault support v3", 21 May 2015.
 *
 * <p>An invalidation first publishes its range, in {@link MmuNotifierRanges}, then looks for device faults under {@code
 * hmm->lock}, tells those that it overlaps to back off, and waits for their end. A device fault looks for active ranges
 * under the same lock, and publishes itself before it drops it. So one of the two sees the other.
 *
 * <p>The list of device faults is a word of each mirror here: a device takes one fault at a time. Reference counts of
 * {@code hmm} and of mirrors are left out, and registration, which is done before the tasks start.
 */
public final class Hmm implements MmuNotifierRanges.Ops {

    /** Branches of the synchronisation. */
    public enum Marks implements Mark {
        /** An invalidation told a device fault to back off, and waited. */
        WAIT_DEVICE_FAULT,
        /** A device fault found an active range under {@code hmm->lock}. */
        FAULT_NOT_STARTED,
        /** An {@code mprotect} took nothing away. */
        MPROT_IGNORED,
        /** A driver's update failed, and its mirror was killed. */
        KILLED,
        /** A device fault found its mirror killed. */
        DEAD
    }

    private final AddressSpace mm;
    private final Machine machine;
    private final MmuNotifierRanges notifier;
    private final Set<HmmDifference> differences;
    private final RwSemaphore rwsem;
    private final SpinLock lock;
    private final Word ndeviceFaults;
    private final WaitQueue waitQueue;
    private final List<HmmMirror> mirrors = new ArrayList<>();
    /** The table of all mirrors, of a variant that has one; made with the first of them. */
    private MirrorTable shared;
    /** Which mirrors are in {@code hmm->mirrors}, as bits. */
    private final Word hashed;
    /** Which mirrors are in their device's list, as bits. */
    private final Word listed;

    private Hmm(AddressSpace mm, MmuNotifierRanges notifier, Set<HmmDifference> differences) {
        this.mm = mm;
        this.machine = mm.machine();
        this.notifier = notifier;
        this.differences = differences;
        this.rwsem = machine.rwSemaphore(LockClass.HMM_MIRRORS, "hmm.rwsem");
        this.lock = machine.spinLock(LockClass.HMM_DEVICE_FAULTS, "hmm.lock");
        this.ndeviceFaults = machine.word("hmm.ndevice_faults", 0);
        this.waitQueue = machine.waitQueue("hmm.wait_queue");
        this.hashed = machine.word("hmm.mirrors", 0, Long::toBinaryString);
        this.listed = machine.word("hmm.dlists", 0, Long::toBinaryString);
    }

    /** {@code mm->hmm}, made and registered with {@code notifier} if there is none. */
    static Hmm of(AddressSpace mm, MmuNotifierRanges notifier, Set<HmmDifference> differences) {
        for (MmuNotifierRanges.Ops ops : notifier.registered()) {
            if (ops instanceof Hmm hmm) {
                return hmm;
            }
        }
        Hmm hmm = new Hmm(mm, notifier, differences);
        notifier.register(hmm);
        return hmm;
    }

    /** {@code hmm_add_mirror}, before the tasks start; the number of the mirror. */
    int add(HmmMirror mirror) {
        mirrors.add(mirror);
        int number = mirrors.size() - 1;
        hashed.or(1L << number);
        listed.or(1L << number);
        return number;
    }

    /** {@code mirror->pt}: one for each, or one that all have, as Hairgrove asked (seed 002). */
    MirrorTable tableOf(String mirror) {
        int span = mm.pageTable().span();
        if (!has(HmmDifference.SHARED_TABLE) && !tellsAllFirst()) {
            return MirrorTable.make(machine, mirror, span);
        }
        if (shared == null) {
            shared = MirrorTable.make(machine, "hmm", span);
        }
        return shared;
    }

    /** Whether the one table of all mirrors changes when all drivers have been told, not with each of them. */
    boolean tellsAllFirst() {
        return has(HmmDifference.SHARED_TABLE_LATE) || has(HmmDifference.SHARED_TABLE_EMPTIED);
    }

    boolean has(HmmDifference difference) {
        return differences.contains(difference);
    }

    AddressSpace mm() {
        return mm;
    }

    /** {@code hmm_mirror_is_dead}. */
    boolean isDead(HmmMirror mirror) {
        long bit = 1L << mirror.number();
        boolean dead = hashed.readOnce(bit) == 0 || listed.readOnce(bit) == 0;
        if (dead) {
            machine.reach(Marks.DEAD);
        }
        return dead;
    }

    /** {@code wake_up(&hmm->wait_queue)}. */
    void wakeUp() {
        waitQueue.wakeUpAll();
    }

    /** {@code hmm_device_fault_start}: false for {@code -EAGAIN}. */
    boolean deviceFaultStart(HmmMirror mirror, HmmEvent event) {
        boolean started = true;
        notifier.waitRangeValid(event.start(), event.end());
        if (has(HmmDifference.UNLOCKED_RECHECK)) {
            started = notifier.isRangeValid(event.start(), event.end());
        }
        lock.lock();
        if (!has(HmmDifference.NO_RECHECK) && !has(HmmDifference.UNLOCKED_RECHECK)) {
            started = notifier.isRangeValid(event.start(), event.end());
        }
        if (started) {
            mirror.listFault(event);
            ndeviceFaults.add(1);
        } else {
            machine.reach(Marks.FAULT_NOT_STARTED);
        }
        lock.unlock();
        wakeUp();
        return started;
    }

    /** {@code hmm_device_fault_end}. */
    void deviceFaultEnd(HmmMirror mirror) {
        lock.lock();
        mirror.unlistFault();
        ndeviceFaults.add(-1);
        lock.unlock();
        wakeUp();
    }

    /** {@code hmm_wait_device_fault}. */
    private void waitDeviceFault(HmmEvent ievent) {
        waitDeviceFault(ievent, false);
    }

    /** The same; {@code reclaims} if the operation does nothing else that has locals, and comes here once. */
    private void waitDeviceFault(HmmEvent ievent, boolean reclaims) {
        while (true) { // again
            if (reclaims) {
                machine.loopHead("hmm_wait_device_fault");
            }
            long waitFor = 0;
            lock.lock();
            for (HmmMirror mirror : mirrors) {
                if (mirror.backOff(ievent)) {
                    waitFor = ndeviceFaults.readOnce();
                }
            }
            lock.unlock();
            if (waitFor == 0) {
                return;
            }
            machine.reach(Marks.WAIT_DEVICE_FAULT);
            while (true) { // wait_event(wait_for != hmm->ndevice_faults)
                waitQueue.prepareToWait();
                if (ndeviceFaults.readOnce() != waitFor) {
                    break;
                }
                waitQueue.schedule();
            }
            waitQueue.finishWait();
        }
    }

    /** {@code hmm_update}. */
    private void update(HmmEvent event, boolean reclaims) {
        if (!has(HmmDifference.NO_WAIT)) {
            waitDeviceFault(event, reclaims);
        }
        HmmMirror failed;
        do { // again
            failed = null;
            rwsem.downRead();
            long list = hashed.readOnce();
            for (HmmMirror mirror : mirrors) {
                if ((list & 1L << mirror.number()) != 0 && failed == null && !mirror.update(event)) {
                    failed = mirror;
                }
            }
            if (tellsAllFirst() && failed == null) {
                mirrors.getFirst().updatePt(event);
            }
            rwsem.upRead();
            if (failed != null) {
                kill(failed);
            }
        } while (failed != null);
        wakeUp();
    }

    /**
     * {@code hmm_mirror_kill}: "Make sure everything is unmapped", then the mirror is unlinked. Repaired, its faults
     * are kept out first: those to come find it in no list of a device, those under way are waited for.
     */
    private void kill(HmmMirror mirror) {
        HmmEvent event = new HmmEvent(HmmEvent.Type.MUNMAP, 0, mm.pageTable().span());
        long bit = 1L << mirror.number();
        if (!has(HmmDifference.KILLED_WHILE_FAULTING)) {
            listed.andNot(bit); // list_del_init(&mirror->dlist)
            waitDeviceFault(event);
        }
        mirror.updateKilled(event);
        rwsem.downWrite();
        hashed.andNot(bit); // hlist_del_init(&mirror->mlist)
        rwsem.upWrite();
        machine.reach(Marks.KILLED);
    }

    /** {@code hmm_notifier_invalidate_range_start}. */
    @Override
    public void invalidateRangeStart(int start, int end, MmuNotifierRanges.Event reason) {
        invalidate(start, end, reason, false);
    }

    private void invalidate(int start, int end, MmuNotifierRanges.Event reason, boolean reclaims) {
        HmmEvent.Type type = switch (reason) {
            case FORK -> HmmEvent.Type.FORK;
            case MPROT -> mprotToType(start);
            case MUNMAP -> HmmEvent.Type.MUNMAP;
            case MIGRATE -> HmmEvent.Type.MIGRATE;
            case ISDIRTY -> keepsWriteAtIsdirty() ? HmmEvent.Type.ISDIRTY : HmmEvent.Type.WRITE_PROTECT;
        };
        if (type == null) { // HMM_NONE
            machine.reach(Marks.MPROT_IGNORED);
            return;
        }
        update(new HmmEvent(type, start, end), reclaims);
    }

    private boolean keepsWriteAtIsdirty() {
        return has(HmmDifference.ISDIRTY_KEEPS_WRITE) || has(HmmDifference.DRIVER_IGNORES_ISDIRTY);
    }

    /** {@code hmm_mmu_mprot_to_etype}: null for {@code HMM_NONE}. */
    private HmmEvent.Type mprotToType(int address) {
        Protection vma = mm.vmas().find(address);
        if (!vma.permits(false)) {
            return HmmEvent.Type.MUNMAP;
        }
        return vma.permits(true) ? null : HmmEvent.Type.WRITE_PROTECT;
    }

    /** There is none. */
    @Override
    public void invalidateRangeEnd(int start, int end, MmuNotifierRanges.Event reason) {}

    /** {@code hmm_notifier_invalidate_page}: as if it were a start. */
    @Override
    public void invalidatePage(int address, MmuNotifierRanges.Event reason) {
        invalidate(address, address + 1, reason, mm.anonVma() != null);
    }
}
