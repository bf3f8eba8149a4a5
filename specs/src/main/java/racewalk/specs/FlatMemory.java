package racewalk.specs;

import racewalk.mm.Protection;
import racewalk.secondary.Snapshots;
import racewalk.specs.Operation.Age;
import racewalk.specs.Operation.CheckExclusive;
import racewalk.specs.Operation.ClearRefs;
import racewalk.specs.Operation.Dma;
import racewalk.specs.Operation.Dontneed;
import racewalk.specs.Operation.Evict;
import racewalk.specs.Operation.Exchange;
import racewalk.specs.Operation.Exclusive;
import racewalk.specs.Operation.Exit;
import racewalk.specs.Operation.Fork;
import racewalk.specs.Operation.Load;
import racewalk.specs.Operation.LockPage;
import racewalk.specs.Operation.Migrate;
import racewalk.specs.Operation.MigrateToDevice;
import racewalk.specs.Operation.MigrateToSystem;
import racewalk.specs.Operation.Mprotect;
import racewalk.specs.Operation.Munmap;
import racewalk.specs.Operation.OfContpte;
import racewalk.specs.Operation.OfTable;
import racewalk.specs.Operation.Pin;
import racewalk.specs.Operation.Prefault;
import racewalk.specs.Operation.Reclaim;
import racewalk.specs.Operation.Register;
import racewalk.specs.Operation.Reslot;
import racewalk.specs.Operation.Snapshot;
import racewalk.specs.Operation.Store;
import racewalk.specs.Operation.Truncate;
import racewalk.specs.Operation.Unpin;
import racewalk.specs.Operation.Unregister;
import racewalk.specs.Operation.Writeback;

/**
 * The sequential specification: a process is a map from pages to a protection and a value. Faults, TLBs, flushes and
 * invalidations do not exist in it; that is the claim. A fork copies the map, and from then on the two have nothing to
 * do with each other. All processes are one map, in which each has pages of its own.
 *
 * <p>An operation is made of parts, one for each page of its range. Linux is not atomic over a range, so each part
 * takes effect by itself, in any order, between the invocation and the response.
 *
 * <p>A device is registered or not: one whose driver has not registered it, or has unregistered it, can do nothing. An
 * exit unmaps everything.
 *
 * <p>Where pages are aged each page is young or old: an access makes it young; an ageing tells what it is and makes it
 * old, and so does what unmaps it. An access that was over before an ageing began is told by it, unless another came
 * in between. Nothing else is claimed: an ageing may always say young, because much besides an access makes a page
 * young in Linux: a fault, {@code get_user_pages}, {@code mprotect}. No staleness is allowed for: in 2.6.24 who clears
 * an accessed bit flushes, and what goes through a stale translation until then is an access before that ageing.
 *
 * <p>What a device does that migrates pages to its own memory and back, or takes them for itself, has no effect here;
 * what it answers is left to it.
 *
 * <p>A device that makes a snapshot finds an error where nothing may be read. Each page is by itself, as everywhere.
 *
 * <p>Where a file is mapped shared, its pages are the first ones. MADV_DONTNEED does nothing to them. A page that was
 * cut off is there still and permits no access: SIGBUS.
 *
 * <p>The whole memory is one number, ten bits a page and one a device: so that sets of memories are cheap. Where pages
 * are aged there is no last page, and its bits say so, and which pages are young; so it is where there is a file, of
 * which they say how many pages it has.
 */
public final class FlatMemory {

    /** How many pages fit, of all processes together. */
    public static final int MAX_PAGES = 6;

    /** The largest value that a scenario may store. */
    public static final long MAX_VALUE = 250;

    /** How many pages a range operation may cover. */
    public static final int MAX_RANGE = 4;

    /** How many devices may register and unregister. */
    public static final int MAX_DEVICES = Long.SIZE - MAX_PAGES * 10;

    /** How many pages there may be where pages are aged. */
    public static final int MAX_AGED_PAGES = MAX_PAGES - 1;

    /** How many pages a file may have. */
    public static final int MAX_FILE_PAGES = 3;

    private static final int PAGE_BITS = 10;
    private static final long AGING = 1L << MAX_AGED_PAGES * PAGE_BITS;
    /** Where the last page's bits say how many pages are of the file. */
    private static final int FILE_SHIFT = MAX_AGED_PAGES * PAGE_BITS + 6;

    /** What a page beyond the end of its file holds. */
    private static final long BEYOND_END = MAX_VALUE + 1;

    private static final int VALUE_BITS = 8;
    private static final long VALUE = (1 << VALUE_BITS) - 1;

    /** A part that has no effect and tells nothing. */
    private static final long NOTHING = 0;

    private FlatMemory() {}

    /** {@code memory} with {@code page} mapped as {@code protection}, holding {@code value}. */
    public static long with(long memory, int page, Protection protection, long value) {
        int shift = page * PAGE_BITS;
        long bits = (long) protection.ordinal() << VALUE_BITS | value;
        return memory & ~(((1L << PAGE_BITS) - 1) << shift) | bits << shift;
    }

    /** {@code memory} with the device registered or not. */
    public static long with(long memory, int device, boolean registered) {
        long bit = 1L << MAX_PAGES * PAGE_BITS + device;
        return registered ? memory | bit : memory & ~bit;
    }

    /** Whether a device is registered. */
    static boolean isRegistered(long memory, int device) {
        return (memory & 1L << MAX_PAGES * PAGE_BITS + device) != 0;
    }

    /** What {@code page} allows. */
    public static Protection protection(long memory, int page) {
        return Protection.values()[(int) (memory >>> (page * PAGE_BITS + VALUE_BITS)) & 3];
    }

    /** What {@code page} holds; 0 if it is not mapped. */
    public static long value(long memory, int page) {
        return memory >>> (page * PAGE_BITS) & VALUE;
    }

    /** {@code memory}, and from now on account is kept of which pages are young; none is. */
    public static long aging(long memory) {
        return memory | AGING;
    }

    /** A page that is not mapped holds 0, so this is the last page of no memory without ageing. */
    private static boolean isAging(long memory) {
        return (memory & AGING) != 0 && protection(memory, MAX_AGED_PAGES) == Protection.UNMAPPED;
    }

    /** {@code memory}, in which a file is mapped from page 0 on. */
    public static long mapping(long memory, int filePages) {
        return memory | (long) filePages << FILE_SHIFT;
    }

    private static boolean isOfFile(long memory, int page) {
        boolean file = protection(memory, MAX_AGED_PAGES) == Protection.UNMAPPED;
        return file && page < (memory >>> FILE_SHIFT & MAX_FILE_PAGES);
    }

    /** Whether {@code page} permits the access: its VMA does, and the file has the page. */
    private static boolean permits(long memory, int page, boolean write) {
        return protection(memory, page).permits(write)
                && !(isOfFile(memory, page) && value(memory, page) == BEYOND_END);
    }

    /** Whether {@code page} is young. */
    public static boolean isYoung(long memory, int page) {
        return isAging(memory) && page < MAX_AGED_PAGES && (memory & young(page)) != 0;
    }

    private static long young(int page) {
        return AGING << 1 + page;
    }

    private static long accessed(long memory, int page) {
        return isAging(memory) && page < MAX_AGED_PAGES ? memory | young(page) : memory;
    }

    private static long old(long memory, int page) {
        return isAging(memory) && page < MAX_AGED_PAGES ? memory & ~young(page) : memory;
    }

    /** Whether an operation may give {@code result} whatever the memory. */
    static boolean mayAlwaysTell(Operation operation, long result) {
        return switch (operation) {
            case Age _ -> result == Operation.YOUNG;
            case OfContpte.Get _ -> result != OfContpte.Get.CLEAN;
            case Exclusive _, CheckExclusive _ -> result != Operation.OUT_OF_MEMORY;
            case Snapshot _ -> false;
            default -> operation.isOfDeviceMemory() && result != Operation.OUT_OF_MEMORY;
        };
    }

    /**
     * What of a result this memory tells: all, but of a device's snapshot only which pages are errors, as bits. What
     * the others are depends on faults.
     */
    static long known(Operation operation, long result) {
        if (!(operation instanceof Snapshot)) {
            return result;
        }
        long errors = 0;
        for (int part = 0; part < parts(operation); part++) {
            errors |= Snapshots.prot(result, part) == Snapshots.Prot.ERROR ? 1L << part : 0;
        }
        return errors;
    }

    /** How many parts an operation has. */
    public static int parts(Operation operation) {
        return operation.end() - operation.start();
    }

    /** Whether a part may take effect now, given the parts that have. */
    static boolean isPossible(Operation operation, int part, int done, long memory) {
        if (!(operation instanceof Mprotect)) {
            return true;
        }
        // mprotect stops at the first hole: no page behind one is changed.
        for (int before = 0; before < part; before++) {
            if ((done & 1 << before) == 0 && isHole(memory, operation.start() + before)) {
                return false;
            }
        }
        return true;
    }

    /** The memory after a part took effect on {@code memory}. */
    static long apply(Operation operation, int part, long memory) {
        int page = operation.start() + part;
        Protection now = protection(memory, page);
        return switch (operation) {
            case ClearRefs _, Prefault _, Reslot _, LockPage _, Reclaim _, Migrate _, Unpin _ -> memory;
            case MigrateToDevice _, MigrateToSystem _, Evict _, Writeback _, OfContpte _ -> memory;
            case Exclusive _, CheckExclusive _, Snapshot _ -> memory;
            case Truncate _ -> isHole(memory, page) ? memory : with(memory, page, now, BEYOND_END);
            case Pin _ -> now.permits(true) ? accessed(memory, page) : memory;
            case Load _ -> permits(memory, page, false) ? accessed(memory, page) : memory;
            case Exchange(int _, long value) -> now.permits(true) ? with(memory, page, now, value) : memory;
            case Store(int _, long value) ->
                permits(memory, page, true) ? accessed(with(memory, page, now, value), page) : memory;
            case Dma(int _, long value) -> isHole(memory, page) ? memory : with(memory, page, now, value);
            case Age _ -> old(memory, page);
            case Munmap _, Exit _ -> old(with(memory, page, Protection.UNMAPPED, 0), page);
            case Register(int device) -> with(memory, device, true);
            case Unregister(int device) -> with(memory, device, false);
            case Fork(String _, int _, int _, int to) -> with(memory, to + part, now, value(memory, page));
            case Dontneed _ ->
                isHole(memory, page) || isOfFile(memory, page) ? memory : old(with(memory, page, now, 0), page);
            case Mprotect(int _, int _, Protection next) ->
                isHole(memory, page) ? memory : with(memory, page, next, value(memory, page));
            case OfTable _ -> throw new IllegalArgumentException("an operation on a table");
        };
    }

    /**
     * What a part that takes effect on {@code memory} contributes to the result: the parts' contributions are combined
     * by or.
     */
    static long tell(Operation operation, int part, long memory) {
        int page = operation.start() + part;
        return switch (operation) {
            case Load _ -> permits(memory, page, false) ? value(memory, page) : Operation.DENIED;
            case Store _, Pin _ -> permits(memory, page, true) ? Operation.DONE : Operation.DENIED;
            case Exchange _ -> permits(memory, page, true) ? value(memory, page) : Operation.DENIED;
            case Dontneed _, Mprotect _ -> isHole(memory, page) ? Operation.HOLE : Operation.DONE;
            case Age _ -> isYoung(memory, page) ? Operation.YOUNG : Operation.OLD;
            case Snapshot _ -> permits(memory, page, false) ? NOTHING : 1L << part;
            case OfContpte.Get _ -> value(memory, page) == 0 ? OfContpte.Get.CLEAN : OfContpte.Get.DIRTY;
            case OfContpte.Fork _, OfContpte.ChildExit _ -> NOTHING;
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
                    Exclusive _,
                    CheckExclusive _,
                    Unpin _,
                    Dma _ -> NOTHING;
            case OfTable _ -> throw new IllegalArgumentException("an operation on a table");
        };
    }

    /**
     * A whole operation, done alone.
     *
     * @param memory the memory afterwards
     * @param result what the operation returns
     */
    public record Effect(long memory, long result) {}

    /** What an operation does to {@code memory} if nothing else happens. */
    public static Effect effect(Operation operation, long memory) {
        long after = memory;
        long result = 0;
        int done = 0;
        for (int part = 0; part < parts(operation); part++) {
            if ((done & 1 << part) == 0) {
                result |= tell(operation, part, after);
                done |= completes(operation, part, after);
                after = apply(operation, part, after);
            }
        }
        return new Effect(after, result);
    }

    /** Whether an operation may need memory. If there is none it has no effect, and its result is a refusal. */
    static boolean allocates(Operation operation) {
        return switch (operation) {
            case Load _, Store _, Fork _, Pin _ -> true;
            case Munmap _, Dontneed _, Mprotect _, ClearRefs _, Prefault _, Reslot _, LockPage _ -> false;
            case Register _, Unregister _, Exit _, Reclaim _, Age _, Migrate _, Unpin _, Dma _ -> false;
            case OfTable _, OfContpte _ -> false;
            case MigrateToDevice _, MigrateToSystem _, Evict _, Writeback _, Truncate _ -> false;
            case Exclusive _, CheckExclusive _, Exchange _, Snapshot _ -> false;
        };
    }

    /** Whether an operation may always be refused: a device may have lost what it had, or its pin have failed. */
    static boolean mayBeRefused(Operation operation) {
        return operation instanceof Exchange || operation instanceof Dma;
    }

    /**
     * The result of an operation that is refused. To a device {@code -ENOMEM} of {@code get_user_pages} is what {@code
     * -EFAULT} is; a DMA is one's.
     */
    static long refusal(Operation operation, boolean cpu) {
        return cpu && !(operation instanceof Dma) ? Operation.OUT_OF_MEMORY : Operation.DENIED;
    }

    /** The parts that are over once {@code part} has taken effect on {@code memory}, as bits. */
    static int completes(Operation operation, int part, long memory) {
        int all = (1 << parts(operation)) - 1;
        if (operation instanceof Mprotect && isHole(memory, operation.start() + part)) {
            return all & -(1 << part); // it ends here
        }
        return 1 << part;
    }

    private static boolean isHole(long memory, int page) {
        return protection(memory, page) == Protection.UNMAPPED;
    }
}
