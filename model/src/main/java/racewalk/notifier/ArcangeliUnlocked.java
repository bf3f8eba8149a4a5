package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import racewalk.machine.Machine;
import racewalk.machine.Rcu;
import racewalk.machine.SeqCount;

/**
 * #v9 with "[PATCH] 2/4 move all invalidate_page outside of PT lock (#v9 was 1/4)", Andrea Arcangeli, 7 March 2008:
 * {@code do_wp_page} drops the PT lock before it releases the old page and calls {@code invalidate_page} in between,
 * with the new entry set; and with "[PATCH] 3/4 combine RCU with seqlock to allow mmu notifier methods to sleep", of
 * the same day: the RCU read section is left for each method, and a walk that an unregistration has overtaken starts
 * over: {@link SeqlockList}.
 *
 * <p>The page that {@code page_mkwrite} is asked about is of a file, whose file system has none here.
 */
public final class ArcangeliUnlocked extends ArcangeliV9 {

    /** The notifier of one address space. */
    public ArcangeliUnlocked(Machine machine) {
        this(new Fixed(machine));
    }

    /** The notifier of one address space, with that list. */
    public ArcangeliUnlocked(NotifierList<Ops> chain) {
        super(chain);
    }

    /** The list of 3/4, with the notifiers that were registered before the tasks start: {@link SeqlockList} changes. */
    private static final class Fixed implements NotifierList<Ops> {

        private final Rcu rcu;
        private final SeqCount seqlock;
        private final List<Ops> notifiers = new ArrayList<>();

        Fixed(Machine machine) {
            this.rcu = machine.rcu("rcu");
            this.seqlock = machine.seqCount("mmu_notifier_lock");
        }

        @Override
        public void register(Ops ops) {
            notifiers.add(ops);
        }

        @Override
        public void call(Consumer<Ops> function) {
            if (notifiers.isEmpty()) {
                return;
            }
            rcu.readLock();
            while (!walk(function)) {}
            rcu.readUnlock();
        }

        /** From {@code restart} on: false if an unregistration has overtaken the walk. */
        private boolean walk(Consumer<Ops> function) {
            long seq = seqlock.readBegin();
            for (Ops ops : notifiers) {
                rcu.readUnlock();
                function.accept(ops);
                rcu.readLock();
                if (seqlock.readRetry(seq)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** {@code do_wp_page}: {@code ptep_clear_flush} tells nobody. */
    @Override
    public void cowClearedPteLocked(int address) {}

    /** {@code do_wp_page}: {@code pte_unmap_unlock} before {@code page_cache_release}. */
    @Override
    public CowRelease cowRelease() {
        return CowRelease.UNLOCKED;
    }

    /** {@code do_wp_page}: "cow happened, notify before releasing old_page". */
    @Override
    public void cowUnlocked(int address, boolean copied) {
        if (copied) {
            invalidatePage(address);
        }
    }

    /** {@code try_to_unmap_one}: {@code ptep_clear_flush} tells nobody. */
    @Override
    public void rmapClearedPteLocked(int address) {}

    /** {@code try_to_unmap_one}: {@code if (ret != SWAP_FAIL)} after {@code pte_unmap_unlock}. */
    @Override
    public void afterTryToUnmapOne(int address, boolean unmapped) {
        if (unmapped) {
            invalidatePage(address);
        }
    }

    /** {@code page_mkclean_one}: {@code ptep_clear_flush} tells nobody. */
    @Override
    public void mkcleanClearedPteLocked(int address) {}

    /** {@code page_mkclean_one}: {@code if (ret)} after {@code pte_unmap_unlock}, under {@code i_mmap_lock}. */
    @Override
    public void afterPageMkcleanOne(int address, boolean mapped, boolean cleaned) {
        if (cleaned) {
            invalidatePage(address);
        }
    }

    /** {@code page_referenced_one}: {@code ptep_clear_flush_young} asks nobody. */
    @Override
    public boolean agedPteLocked(int address) {
        return false;
    }

    /** {@code page_referenced_one}: "if (clear_flush_young)", so whatever the PTE said, after the PT lock. */
    @Override
    public boolean agedUnlocked(int address, boolean referenced) {
        return clearFlushYoung(address);
    }
}
