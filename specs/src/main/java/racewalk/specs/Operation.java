package racewalk.specs;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import racewalk.mm.Page;
import racewalk.mm.Protection;
import racewalk.secondary.DeviceMemory;
import racewalk.secondary.Snapshots;

/**
 * What an actor of a scenario does, seen from outside: the vocabulary of scenarios and the input of {@link FlatMemory}.
 * Ranges are {@code [start, end)} in pages. The pages of all processes are counted through: a child's come after those
 * of the processes before it.
 */
public sealed interface Operation {

    /** The result of an access that the memory does not permit: {@code SIGSEGV}, or a device's exception. */
    long DENIED = -1;

    /** The result of an operation for which there was no memory: {@code VM_FAULT_OOM}, {@code -ENOMEM} of fork. */
    long OUT_OF_MEMORY = -2;

    /** {@code -EPERM} of a device: {@link #DENIED} is its {@code -EFAULT}. */
    long EPERM = DeviceMemory.EPERM;

    /** {@code -ENOENT} of a device: a page is not there. */
    long ENOENT = DeviceMemory.ENOENT;

    /** {@code -EINVAL} of a device. */
    long EINVAL = DeviceMemory.EINVAL;

    /** {@code -EBUSY} of a device. */
    long EBUSY = DeviceMemory.EBUSY;

    /** The result of a range operation on a whole range. */
    long DONE = 0;

    /** The result of a range operation that met a hole: {@code -ENOMEM}. */
    long HOLE = 1;

    /** The result of an ageing of a page that has been accessed since the last one. */
    long YOUNG = 1;

    /** The result of an ageing of any other page. */
    long OLD = 0;

    /** Reads a page: its value, or {@link #DENIED}. */
    record Load(int page) implements Operation {}

    /** Writes a page: {@link #DONE} or {@link #DENIED}. */
    record Store(int page, long value) implements Operation {}

    /** {@code munmap}. */
    record Munmap(int start, int end) implements Operation {}

    /** {@code madvise(MADV_DONTNEED)}: {@link #DONE} or {@link #HOLE}. */
    record Dontneed(int start, int end) implements Operation {}

    /** {@code mprotect}: {@link #DONE} or {@link #HOLE}. */
    record Mprotect(int start, int end, Protection protection) implements Operation {}

    /** The soft-dirty bits of a range are cleared, {@code /proc/PID/clear_refs}: nothing else can be seen. */
    record ClearRefs(int start, int end) implements Operation {}

    /** A device establishes its translations for a range, for reading, without using them. */
    record Prefault(int start, int end) implements Operation {}

    /** A guest's VMM deletes the memslots of a range and makes them again. */
    record Reslot(int start, int end) implements Operation {}

    /** Reclaim or writeback holds the lock of the page that is mapped there, for a moment. */
    record LockPage(int page) implements Operation {}

    /** {@code page_referenced} of the page that is mapped there: {@link #YOUNG} or {@link #OLD}. */
    record Age(int page) implements Operation {}

    /**
     * {@code fork}, by a CPU of the first process: {@link #DONE} or {@link #OUT_OF_MEMORY}.
     *
     * @param child the process that begins, for people
     * @param start the first page of the parent
     * @param end the page after its last one
     * @param to the first page of the child
     */
    record Fork(String child, int start, int end, int to) implements Operation {}

    /** The driver of a device registers its notifier: from then on the device may be used. */
    record Register(int device) implements Operation {}

    /** The driver of a device unregisters its notifier: from then on the device has no access. */
    record Unregister(int device) implements Operation {}

    /**
     * {@code exit}, by a CPU: the process's other threads are killed, and when they have left what they were doing,
     * {@code exit_mmap} releases the notifiers and all pages.
     */
    record Exit(int start, int end) implements Operation {}

    /** Reclaim of the page that is mapped there, by a walk of the rmap: it has no effect that can be seen. */
    record Reclaim(int page) implements Operation {}

    /** The pages of the range go to other frames, by a CPU: it has no effect that can be seen. */
    record Migrate(int start, int end) implements Operation {}

    /** {@code get_user_pages} for writing, and the reference is kept: {@link #DONE} or {@link #DENIED}. */
    record Pin(int page, Way way) implements Operation {

        /** How the page is found. */
        enum Way {
            /** {@code get_user_pages}, under the mmap lock for read. */
            SLOW,
            /** {@code get_user_pages_fast}: without a lock if that is possible. */
            FAST
        }

        /** The slow way. */
        public Pin(int page) {
            this(page, Way.SLOW);
        }
    }

    /** The reference of an earlier {@link Pin} by the same actor is dropped. */
    record Unpin(int page) implements Operation {}

    /** A device writes to the page that the same actor has pinned. */
    record Dma(int page, long value) implements Operation {}

    /**
     * An operation on walked tables. Its pages are entries, counted through all tables; walks return what they saw,
     * four bits for each entry, and the others {@link #DONE}.
     */
    sealed interface OfTable extends Operation {

        /** A walk of a range of one table. */
        record Walk(int start, int end) implements OfTable {}

        /** Makes the entries of a range of one table valid, or others: what a fault does. */
        record Populate(int start, int end, long value) implements OfTable {

            /** One entry. */
            public Populate(int index, long value) {
                this(index, index + 1, value);
            }
        }

        /** Takes the permission to write from the entries of a range of one table. */
        record Protect(int start, int end) implements OfTable {}

        /**
         * Fork: what a range of one table maps is write-protected, and is mapped at the same addresses of the table
         * with the number {@code to}. It returns what it saw, and what it put there.
         */
        record Copy(int start, int end, int to) implements OfTable {}

        /** {@code get_user_pages_fast} of one entry's page, which stays pinned: what its value was. */
        record Pin(int start, int end) implements OfTable {}

        /** An access of the CPU, whose hardware walks: the value of one entry. */
        record Load(int start, int end) implements OfTable {}

        /** khugepaged makes huge pages of a range of one table. It has no effect that can be seen. */
        record Collapse(int start, int end) implements OfTable {}

        /** khugepaged unmaps what a range of one table maps of a file, and retracts its leaf tables. */
        record Retract(int start, int end) implements OfTable {}

        /** Makes the entries of a range of one table invalid. */
        record Clear(int start, int end) implements OfTable {}

        /** A walk of the same range of all tables by one address. */
        record Lockstep(int start, int end) implements OfTable {}

        /** All tables are taken apart: nobody else uses them any more. */
        record Finish(int start, int end) implements OfTable {}

        /** What a walk has seen: {@code 0:5 3:7}. */
        default String seen(long result) {
            StringBuilder text = new StringBuilder();
            for (int entry = 0; entry < TableSpecification.MAX_ENTRIES; entry++) {
                long value = TableSpecification.valueOf(result, entry);
                text.append(value == 0 ? "" : (text.isEmpty() ? "" : " ") + entry + ":" + value);
            }
            return text.isEmpty() ? "nothing" : text.toString();
        }
    }

    /** An operation where entries are contiguous that others have not. */
    sealed interface OfContpte extends Operation {

        /** {@code fork} of a range, the other pages being {@code MADV_DONTFORK}; the child does nothing. */
        record Fork(int start, int end) implements OfContpte {}

        /** The child of the forks exits: its pages are nobody else's any more. */
        record ChildExit(int start, int end) implements OfContpte {}

        /**
         * A look at an entry without its lock: {@link #NONE}, {@link #CLEAN} or {@link #DIRTY}. It may be none or dirty
         * for what others do; only if the page was stored to, it may not be clean.
         */
        record Get(int page) implements OfContpte {

            /** There is no valid entry. */
            static final long NONE = 0;

            /** There is, and neither it nor another of its block is dirty. */
            static final long CLEAN = 1;

            /** There is, and it or another of its block is dirty. */
            static final long DIRTY = 2;

            @Override
            public int start() {
                return page;
            }

            @Override
            public int end() {
                return page + 1;
            }

            private static String seen(long result) {
                return result == NONE ? "none" : result == CLEAN ? "clean" : "dirty";
            }
        }
    }

    /**
     * The pages of the range go to the memory of the device: {@link #DONE}, {@link #ENOENT} if one did not, {@link
     * #EINVAL}. It has no other effect that can be seen.
     */
    record MigrateToDevice(int start, int end) implements Operation {}

    /** Those of the range that the device has in its memory come back: {@link #DONE} or {@link #EINVAL}. */
    record MigrateToSystem(int start, int end) implements Operation {}

    /** All that the device has in its memory comes back; the range is that of its process. */
    record Evict(int start, int end) implements Operation {}

    /** {@code fsync} of pages of the file: they are written to the disk. It has no effect that can be seen. */
    record Writeback(int start, int end) implements Operation {}

    /** {@code ftruncate}: the pages of the range, up to the end of the file, are no more. */
    record Truncate(int start, int end) implements Operation {}

    /** Whether the operation can only be where there is a file. */
    default boolean isOfFile() {
        return this instanceof Writeback || this instanceof Truncate;
    }

    /**
     * The pages of the range become a device's alone: {@link #DONE}, {@link #DENIED}, {@link #EBUSY}, or {@link
     * #ENOENT} if it has lost one again. It has no other effect that can be seen.
     */
    record Exclusive(int start, int end) implements Operation {}

    /** Whether the device has no page of the range for itself: {@link #DONE}, or {@link #EPERM} if it has one. */
    record CheckExclusive(int start, int end) implements Operation {}

    /** An atomic exchange by a device: what the page held, or {@link #ENOENT} if it has not the page for itself. */
    record Exchange(int page, long value) implements Operation {}

    /** Whether the operation can only be where a device may have pages for itself. */
    default boolean isOfExclusiveAccess() {
        return this instanceof Exclusive || this instanceof CheckExclusive || this instanceof Exchange;
    }

    /** What a device finds in the page table, all at one moment: the {@link Snapshots.Prot} of each page. */
    record Snapshot(int start, int end) implements Operation {

        private String seen(long result) {
            return IntStream.range(0, end - start)
                    .mapToObj(i -> Snapshots.prot(result, i)
                            .name()
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-'))
                    .collect(Collectors.joining(" "));
        }
    }

    /** Whether the operation can only be where devices have memory of their own. */
    default boolean isOfDeviceMemory() {
        return this instanceof Snapshot
                || this instanceof MigrateToDevice
                || this instanceof MigrateToSystem
                || this instanceof Evict;
    }

    /** Whether the operation can only be where the list of notifiers changes while the tasks run. */
    default boolean changesNotifiers() {
        return this instanceof Register || this instanceof Unregister || this instanceof Exit;
    }

    /** The first page that the operation is about. */
    default int start() {
        return switch (this) {
            case Load(int page) -> page;
            case Store(int page, long _) -> page;
            case Munmap(int start, int _) -> start;
            case Dontneed(int start, int _) -> start;
            case Mprotect(int start, int _, Protection _) -> start;
            case ClearRefs(int start, int _) -> start;
            case Prefault(int start, int _) -> start;
            case Reslot(int start, int _) -> start;
            case LockPage(int page) -> page;
            case Age(int page) -> page;
            case Fork(String _, int start, int _, int _) -> start;
            case Register _, Unregister _ -> 0;
            case Exit(int start, int _) -> start;
            case Reclaim(int page) -> page;
            case Migrate(int start, int _) -> start;
            case Pin(int page, Pin.Way _) -> page;
            case Exclusive(int start, int _) -> start;
            case CheckExclusive(int start, int _) -> start;
            case Exchange(int page, long _) -> page;
            case MigrateToDevice(int start, int _) -> start;
            case MigrateToSystem(int start, int _) -> start;
            case Evict(int start, int _) -> start;
            case Snapshot(int start, int _) -> start;
            case Writeback(int start, int _) -> start;
            case Truncate(int start, int _) -> start;
            case Unpin(int page) -> page;
            case Dma(int page, long _) -> page;
            case OfTable _, OfContpte _ -> throw new IllegalStateException("it has its own");
        };
    }

    /** The page after the last one that the operation is about. */
    default int end() {
        return switch (this) {
            case Load(int page) -> page + 1;
            case Store(int page, long _) -> page + 1;
            case Munmap(int _, int end) -> end;
            case Dontneed(int _, int end) -> end;
            case Mprotect(int _, int end, Protection _) -> end;
            case ClearRefs(int _, int end) -> end;
            case Prefault(int _, int end) -> end;
            case Reslot(int _, int end) -> end;
            case LockPage(int page) -> page + 1;
            case Age(int page) -> page + 1;
            case Fork(String _, int _, int end, int _) -> end;
            case Register _, Unregister _ -> 1;
            case Exit(int _, int end) -> end;
            case Reclaim(int page) -> page + 1;
            case Migrate(int _, int end) -> end;
            case Pin(int page, Pin.Way _) -> page + 1;
            case Exclusive(int _, int end) -> end;
            case CheckExclusive(int _, int end) -> end;
            case Exchange(int page, long _) -> page + 1;
            case MigrateToDevice(int _, int end) -> end;
            case MigrateToSystem(int _, int end) -> end;
            case Evict(int _, int end) -> end;
            case Snapshot(int _, int end) -> end;
            case Writeback(int _, int end) -> end;
            case Truncate(int _, int end) -> end;
            case Unpin(int page) -> page + 1;
            case Dma(int page, long _) -> page + 1;
            case OfTable _, OfContpte _ -> throw new IllegalStateException("it has its own");
        };
    }

    /**
     * Whether the operation may take from others what they could do with {@code page}: unmap, protect or replace it.
     *
     * @param readsForWriting whether the actor asks for a writable page even to read
     */
    default boolean mayNarrow(int page, boolean readsForWriting) {
        boolean narrows = switch (this) {
            case Munmap _, Dontneed _, Mprotect _, ClearRefs _, Fork _, Exit _, Reclaim _, Migrate _ -> true;
            case MigrateToDevice _, MigrateToSystem _, Evict _, Writeback _, Truncate _ -> true;
            case Exclusive _, Exchange _ -> true; // from the CPUs
            case CheckExclusive _, Snapshot _ -> false;
            case Store _, Pin _ -> true; // copy-on-write replaces the page
            case Load _, Prefault _ -> readsForWriting;
            case Unpin _, Dma _ -> false;
            case LockPage _, Reslot _, Age _, Register _, Unregister _ -> false;
            case OfTable _, OfContpte _ -> false;
        };
        // From some moment of it on nobody tells the device of anything, on whatever page.
        return this instanceof Unregister || narrows && start() <= page && page < end();
    }

    /** The text of a result. */
    default String show(long result) {
        if (result == OUT_OF_MEMORY) {
            return "out of memory";
        }
        if (result == EPERM || result == ENOENT) {
            return result == EPERM ? "EPERM" : "ENOENT";
        }
        if (result == EINVAL || result == EBUSY) {
            return result == EINVAL ? "EINVAL" : "EBUSY";
        }
        return switch (this) {
            case Load _, Exchange _ ->
                result == DENIED ? "denied" : result == Page.POISON ? "poison" : Long.toString(result);
            case Store _, Pin _, Dma _, Exclusive _ -> result == DENIED ? "denied" : "ok";
            case Dontneed _, Mprotect _ -> result == HOLE ? "ENOMEM" : "ok";
            case Munmap _,
                    ClearRefs _,
                    Prefault _,
                    Reslot _,
                    LockPage _,
                    Fork _,
                    Register _,
                    Unregister _,
                    Exit _,
                    Reclaim _,
                    Migrate _,
                    MigrateToDevice _,
                    MigrateToSystem _,
                    Evict _,
                    Writeback _,
                    Truncate _,
                    CheckExclusive _,
                    Unpin _ -> "ok";
            case Age _ -> result == YOUNG ? "young" : "old";
            case Snapshot snapshot -> snapshot.seen(result);
            case OfTable.Walk walk -> walk.seen(result);
            case OfTable.Pin pin -> pin.seen(result);
            case OfTable.Load load -> load.seen(result);
            case OfTable.Lockstep walk -> walk.seen(result);
            case OfTable.Copy copy -> copy.seen(result);
            case OfContpte.Get _ -> OfContpte.Get.seen(result);
            case OfTable _, OfContpte _ -> "ok";
        };
    }
}
