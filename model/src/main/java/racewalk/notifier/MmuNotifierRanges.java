package racewalk.notifier;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.machine.WaitQueue;
import racewalk.machine.Word;
import racewalk.mm.NotifierSites;

/**
 * The mmu notifier of 2015 that HMM was posted on: Jérôme Glisse, "[PATCH 01/36] mmu_notifier: add event information to
 * address invalidation v7" and "[PATCH 02/36] mmu_notifier: keep track of active invalidation ranges v3", 21 May 2015;
 * read here in their next versions, v8 of October and v4 of July, which differ in names and comments [R]. Every call
 * tells its reason, and a range that is being invalidated stands on a list from before the start callbacks until after
 * the end callbacks.
 *
 * <p>{@code invalidate_page}, after the rmap walk of reclaim and migration has changed a PTE and dropped the PT lock,
 * tells its reason too, but stands on no list.
 *
 * <p>The list is walked in an SRCU read section, which forbids nothing, and does not change while the tasks run. The
 * list of ranges, each on its caller's stack, is a word with four bits for each page here: how many ranges cover it.
 *
 * <p>The calls are put where Linux 4.1 has them. They are crossed with linux-4.9, the era's nearest: its copy has start
 * and end where 4.1 has them, and its {@code try_to_unmap_one} calls {@code invalidate_page} after the PT lock.
 */
public final class MmuNotifierRanges extends NotifierSites {

    /** Branches of the helpers. */
    public enum Marks implements Mark {
        /** Somebody waits until no active range overlaps. */
        WAIT_VALID,
        /** A range was active when it was looked at again. */
        NOT_VALID
    }

    /** {@code enum mmu_event}, those that something here gives as its reason. */
    public enum Event {
        /** A process forks: its PTEs get write-protected. */
        FORK,
        /** The pages are replaced by others, or by none: zap, copy-on-write, migration, reclaim. */
        MIGRATE,
        /** {@code mprotect}: the VMA has the new protection. */
        MPROT,
        /** {@code munmap}: the range is not valid any more. */
        MUNMAP,
        /** {@code clear_refs_write}: soft-dirty bits are cleared, and PTEs write-protected. */
        ISDIRTY
    }

    /** {@code struct mmu_notifier_ops} with the event. */
    public interface Ops {
        /** {@code invalidate_range_start}. May sleep. */
        void invalidateRangeStart(int start, int end, Event event);

        /** {@code invalidate_range_end}. May sleep. */
        void invalidateRangeEnd(int start, int end, Event event);

        /** {@code invalidate_page}: the PTE has been changed; the page is not yet released. May sleep. */
        void invalidatePage(int address, Event event);
    }

    /** A secondary MMU that registers something with this notifier by itself. */
    public interface User {
        /** {@code mmu_notifier_register}, or what does it, before the tasks start. */
        void registerWith(MmuNotifierRanges notifier);
    }

    /** What {@code try_to_unmap_one} calls. */
    public enum RmapCalls {
        /** {@code invalidate_page}, after the PT lock was dropped, as posted. */
        PAGE,
        /** Start and end, as since "mm/rmap: update to new mmu_notifier semantic", Aug 2017. */
        RANGE
    }

    private static final int COUNT_BITS = 4;

    private final Machine machine;
    private final RmapCalls rmapCalls;
    private final SpinLock lock;
    private final Word ranges;
    private final Word nranges;
    private final WaitQueue waitQueue;
    private final List<Ops> list = new ArrayList<>();

    /** The notifier of one address space. */
    public MmuNotifierRanges(Machine machine, RmapCalls rmapCalls) {
        this.machine = machine;
        this.rmapCalls = rmapCalls;
        this.lock = machine.spinLock(LockClass.MMU_NOTIFIER, "mmu_notifier_mm.lock");
        this.ranges = machine.word("mmu_notifier_mm.ranges", 0, Long::toHexString);
        this.nranges = machine.word("mmu_notifier_mm.nranges", 0);
        this.waitQueue = machine.waitQueue("mmu_notifier_mm.wait_queue");
    }

    /** {@code mmu_notifier_register}, before the tasks start. */
    public void register(Ops ops) {
        list.add(ops);
    }

    /** {@code mmu_notifier_register} of a driver that has begin, end and page, and does not look at the event. */
    public void registerWithoutEvents(Lameter.Ops ops) {
        list.add(new Ops() {
            @Override
            public void invalidateRangeStart(int start, int end, Event event) {
                ops.invalidateRangeBegin(start, end);
            }

            @Override
            public void invalidateRangeEnd(int start, int end, Event event) {
                ops.invalidateRangeEnd(start, end);
            }

            @Override
            public void invalidatePage(int address, Event event) {
                ops.invalidatePage(address);
            }
        });
    }

    /** Those who have registered. */
    public List<Ops> registered() {
        return Collections.unmodifiableList(list);
    }

    /** {@code mmu_notifier_range_is_valid}: whether no active range overlaps, now. */
    public boolean isRangeValid(int start, int end) {
        lock.lock();
        boolean valid = isRangeValidLocked(start, end);
        lock.unlock();
        if (!valid) {
            machine.reach(Marks.NOT_VALID);
        }
        return valid;
    }

    /** {@code mmu_notifier_range_is_valid_locked}. */
    private boolean isRangeValidLocked(int start, int end) {
        return ranges.readOnce(mask(start, end, (1 << COUNT_BITS) - 1)) == 0;
    }

    /**
     * {@code mmu_notifier_range_wait_valid}: waits until no active range overlaps. "By the time this function return a
     * new range invalidation that conflict might have started."
     */
    public void waitRangeValid(int start, int end) {
        lock.lock();
        while (!isRangeValidLocked(start, end)) {
            long seen = nranges.readOnce();
            lock.unlock();
            machine.reach(Marks.WAIT_VALID);
            while (true) { // wait_event(nranges != mm->mmu_notifier_mm->nranges)
                waitQueue.prepareToWait();
                if (nranges.readOnce() != seen) {
                    break;
                }
                waitQueue.schedule();
            }
            waitQueue.finishWait();
            lock.lock();
        }
        lock.unlock();
    }

    private static long mask(int start, int end, long count) {
        long mask = 0;
        for (int address = start; address < end; address++) {
            mask |= count << COUNT_BITS * address;
        }
        return mask;
    }

    /** {@code __mmu_notifier_invalidate_range_start}. */
    private void start(int start, int end, Event event) {
        lock.lock();
        ranges.add(mask(start, end, 1)); // list_add_tail
        nranges.add(1);
        lock.unlock();
        list.forEach(ops -> ops.invalidateRangeStart(start, end, event));
    }

    /** {@code __mmu_notifier_invalidate_range_end}. */
    private void end(int start, int end, Event event) {
        list.forEach(ops -> ops.invalidateRangeEnd(start, end, event));
        lock.lock();
        ranges.add(-mask(start, end, 1)); // list_del_init
        nranges.add(-1);
        lock.unlock();
        waitQueue.wakeUpAll();
    }

    /** {@code unmap_vmas}: start with {@code MMU_MUNMAP}. */
    @Override
    public void beforeUnmapVmas(int start, int end) {
        start(start, end, Event.MUNMAP);
    }

    /** {@code zap_page_range}: start with {@code MMU_MIGRATE}, "the address range is still valid". */
    @Override
    public void beforeZapPageRange(int start, int end) {
        start(start, end, Event.MIGRATE);
    }

    /** {@code unmap_vmas}, {@code zap_page_range}: end. */
    @Override
    public void afterUnmapVmas(int start, int end) {
        end(start, end, Event.MUNMAP); // nobody looks at the event of an end
    }

    /** {@code change_pmd_range}: start, if the table is there; here, always. */
    @Override
    public void beforeChangeProtection(int start, int end) {
        start(start, end, Event.MPROT);
    }

    /** {@code change_pmd_range}: end, before the TLBs are flushed. */
    @Override
    public void beforeChangeFlush(int start, int end) {
        end(start, end, Event.MPROT);
    }

    /** {@code copy_page_range}: start, for {@code src_mm}. */
    @Override
    public void beforeCopyPageRange(int start, int end) {
        start(start, end, Event.FORK);
    }

    /** {@code copy_page_range}: end, with {@code -ENOMEM} too. */
    @Override
    public void afterCopyPageRange(int start, int end, boolean copied) {
        end(start, end, Event.FORK);
    }

    /** {@code clear_refs_write}: start. */
    @Override
    public void beforeClearRefs(int start, int end) {
        start(start, end, Event.ISDIRTY);
    }

    /** {@code clear_refs_write}: end, before the TLBs are flushed. */
    @Override
    public void afterClearRefs(int start, int end) {
        end(start, end, Event.ISDIRTY);
    }

    /** {@code wp_page_copy}: start, with the new page filled, before the PT lock is taken. */
    @Override
    public void beforeCow(int address) {
        start(address, address + 1, Event.MIGRATE);
    }

    /** {@code wp_page_copy}: {@code old_page} is released last. */
    @Override
    public CowRelease cowRelease() {
        return CowRelease.OLD_PAGE_UNLOCKED;
    }

    /** {@code wp_page_copy}: end, after the PT lock was dropped, before the old page is released. */
    @Override
    public void cowUnlocked(int address, boolean copied) {
        end(address, address + 1, Event.MIGRATE);
    }

    /** {@code hmm_migrate_collect} of 2016: start. */
    @Override
    public void beforeMigrateCollect(int start, int end) {
        start(start, end, Event.MIGRATE);
    }

    /** {@code hmm_migrate_collect} of 2016: end. */
    @Override
    public void afterMigrateCollect(int start, int end) {
        end(start, end, Event.MIGRATE);
    }

    /** {@code try_to_unmap_one}: nothing, or start. */
    @Override
    public void beforeTryToUnmapOne(int address) {
        if (rmapCalls == RmapCalls.RANGE) {
            start(address, address + 1, Event.MIGRATE);
        }
    }

    /** {@code try_to_unmap_one}: {@code if (ret != SWAP_FAIL)} after {@code pte_unmap_unlock}, or end. */
    @Override
    public void afterTryToUnmapOne(int address, boolean unmapped) {
        if (rmapCalls == RmapCalls.RANGE) {
            end(address, address + 1, Event.MIGRATE);
        } else if (unmapped) {
            list.forEach(ops -> ops.invalidatePage(address, Event.MIGRATE));
        }
    }
}
