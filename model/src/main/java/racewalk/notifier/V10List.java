package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SeqCount;
import racewalk.machine.SpinLock;
import racewalk.mm.AddressSpace;

/**
 * The list of Arcangeli's #v10, "[PATCH 1 of 8] Core of mmu notifiers", 2 April 2008: no RCU, no way to unregister, and
 * a walk that a registration has overtaken is done again, by a seqlock. The number that {@code read_seqretry} compares
 * with is read once, before the loop: as it was posted.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public class V10List<O extends Releasable> extends ChangingList<O> {

    private final SpinLock lock;
    protected final SeqCount seqcount;

    /** A list for at most so many notifiers. */
    public V10List(Machine machine, int notifiers) {
        super(machine, notifiers);
        this.lock = machine.spinLock(LockClass.MMU_NOTIFIER, "mmu_notifier_lock.lock");
        this.seqcount = machine.seqCount("mmu_notifier_lock");
    }

    @Override
    public final void call(Consumer<O> function) {
        if (!isEmpty()) { // mm_has_notifiers
            walk(function);
        }
    }

    /** {@code __mmu_notifier_invalidate_page}, and the others; a variant reads the number in each round. */
    void walk(Consumer<O> function) {
        long seq = seqcount.readBegin();
        while (true) {
            round(function);
            if (!seqcount.readRetry(seq)) {
                return;
            }
            machine.reach(Marks.RESTARTED);
            // Unique in an operation: who holds the mmap lock is not overtaken, and reclaim, who does not, walks once.
            machine.loopHead("read_seqretry");
        }
    }

    /** One walk: {@code hlist_for_each_entry_rcu}. */
    final void round(Consumer<O> function) {
        for (Node mn = first(); mn != null; mn = next(mn)) {
            callMethod(mn, function);
        }
    }

    /** {@code mmu_notifier_register}: "Must hold mmap_sem writably when calling registration functions". */
    @Override
    public final void register(Node mn, AddressSpace mm) {
        mm.mmapLock().downWrite();
        lock.lock(); // write_seqlock
        seqcount.writeBegin();
        hlistAddHeadRcu(mn);
        seqcount.writeEnd();
        lock.unlock();
        mm.mmapLock().upWrite();
    }

    /** There is no {@code mmu_notifier_unregister}. */
    @Override
    public final void unregister(Node mn, AddressSpace mm) {
        machine.bugOn(true, "#v10 has no mmu_notifier_unregister");
    }

    /** {@code __mmu_notifier_release}. */
    @Override
    public final void release() {
        if (isEmpty()) {
            return;
        }
        long seq = seqcount.readBegin();
        while (!isEmpty()) {
            Node mn = first();
            hlistDel(mn);
            callRelease(mn);
            machine.bugOn(seqcount.readRetry(seq), "mmu_notifier_lock has changed during the release");
        }
    }
}
