package racewalk.hmm;

import racewalk.machine.LockClass;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;
import racewalk.mm.PageTable;
import racewalk.mm.Pte;
import racewalk.notifier.MmuNotifierRanges;
import racewalk.secondary.DeviceOfItsTime;
import racewalk.secondary.TranslatingDevice;

/**
 * A device whose driver uses the active ranges without HMM, by the call sequence in the comment of {@code
 * mmu_notifier_range_wait_valid}: "[PATCH 02/15] mmu_notifier: keep track of active invalidation ranges v4", 17 July
 * 2015. Its lock is the one that its {@code invalidate_range_start} takes, so a range that is published while the lock
 * is held waits in the callback.
 *
 * <p>Mark Hairgrove, "Re: [PATCH 02/15] [...] ranges v4", 31 August 2015: it waits for that range with the lock held.
 * HMM, he says, drops the lock and returns {@code -EAGAIN}; so does the other form here.
 */
public final class RangeUser extends TranslatingDevice
        implements DeviceOfItsTime, MmuNotifierRanges.Ops, MmuNotifierRanges.User {

    /** Branches of the driver. */
    public enum Marks implements Mark {
        /** A range was active when the lock had been taken. */
        AGAIN,
        /** A callback dropped an entry. */
        INVALIDATED
    }

    /** What is done when a range is active under the lock. */
    public enum Form {
        /** {@code goto again}, and the lock is held. */
        GOTO_AGAIN,
        /** The lock is dropped, and everything begins anew. */
        RETURN_EAGAIN
    }

    private final GetUserPages gup;
    private final Form form;
    private final String name;
    private final Mutex update;
    private MmuNotifierRanges notifier;

    /** The device {@code name}. */
    public RangeUser(String name, AddressSpace mm, GetUserPages gup, Form form) {
        this.update = mm.machine().mutex(LockClass.MIRROR_UPDATE, name + ".update");
        super(name, mm, "pt", Pte::show);
        this.name = name;
        this.gup = gup;
        this.form = form;
    }

    @Override
    public void registerWith(MmuNotifierRanges ranges) {
        notifier = ranges;
        ranges.register(this);
    }

    /** A device fault: whether the device has been programmed. */
    @Override
    protected boolean fault(int address, boolean write) {
        machine.bugOn(notifier == null, name + " has no notifier");
        while (true) { // -EAGAIN
            mm.mmapLock().downRead();
            boolean permitted = mm.vmas().find(address).permits(write);
            boolean tried = permitted && tryFault(address, write);
            mm.mmapLock().upRead();
            if (!permitted || tried) {
                return permitted;
            }
        }
    }

    /** The documented sequence, and what it is for: false for {@code -EAGAIN}. */
    private boolean tryFault(int address, boolean write) {
        while (true) { // again
            notifier.waitRangeValid(address, address + 1);
            update.lock(); // lock_block_new_invalidation()
            if (notifier.isRangeValid(address, address + 1)) {
                break;
            }
            machine.reach(Marks.AGAIN);
            if (form == Form.RETURN_EAGAIN) {
                update.unlock();
                return false;
            }
        }
        Pte pte = readPte(address);
        if (pte.permits(write)) {
            program(address, pte.pfn(), pte.isWritable());
        }
        update.unlock();
        return pte.permits(write) || !gup.fault().mmFault(address, write);
    }

    private Pte readPte(int address) {
        PageTable.Leaf leaf = mm.pageTable().leafOf(address);
        return leaf == null
                ? Pte.NONE
                : new Pte(mm.pageTable().pte(leaf, address).readOnce());
    }

    @Override
    public void invalidateRangeStart(int start, int end, MmuNotifierRanges.Event event) {
        update.lock();
        device.step("invalidate", () -> {
            for (int address = start; address < end; address++) {
                if (entries[address].xchg(Pte.NONE.bits()) != Pte.NONE.bits()) {
                    machine.reach(Marks.INVALIDATED);
                }
            }
            return 0;
        });
        update.unlock();
    }

    @Override
    public void invalidateRangeEnd(int start, int end, MmuNotifierRanges.Event event) {}

    @Override
    public void invalidatePage(int address, MmuNotifierRanges.Event event) {
        invalidateRangeStart(address, address + 1, event);
    }
}
