package racewalk.notifier;

import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mutex;
import racewalk.mm.AddressSpace;

/**
 * {@code mm_take_all_locks} of v17, {@code mm/mmap.c}: with the mmap lock held for write, the lock of every rmap that a
 * VMA of the process is on, so that "the whole VM isn't doing anything" with it. There are no file mappings here, so no
 * {@code i_mmap_lock}, and one {@code anon_vma}. It is not interrupted by a signal.
 */
final class MmTakeAllLocks {

    private final Mutex allLocks;

    MmTakeAllLocks(Machine machine) {
        this.allLocks = machine.mutex(LockClass.MM_ALL_LOCKS, "mm_all_locks_mutex");
    }

    /** {@code mm_take_all_locks}. */
    void take(AddressSpace mm) {
        mm.mmapLock().assertHeldForWrite(); // BUG_ON(down_read_trylock(&mm->mmap_sem))
        allLocks.lock();
        mm.anonVma().lock().lock();
    }

    /** {@code mm_drop_all_locks}. */
    void drop(AddressSpace mm) {
        mm.anonVma().lock().unlock();
        allLocks.unlock();
    }
}
