package racewalk.secondary;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Mutex;
import racewalk.machine.Word;
import racewalk.migrate.MigrateArgs;
import racewalk.migrate.MigrateArgs.Select;
import racewalk.migrate.MigrateVma;
import racewalk.mm.AddressSpace;
import racewalk.mm.DevPagemap;
import racewalk.mm.DeviceExclusive;
import racewalk.mm.GetUserPages;
import racewalk.mm.HmmRangeFault;
import racewalk.mm.NotifierSites;
import racewalk.mm.Page;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.Pte;
import racewalk.notifier.Interval;

/**
 * The device of {@code lib/test_hmm.c}, Linux 6.15, as in 7.0 but for huge pages: {@code struct dmirror}, with its
 * table of pages, a mutex, one interval notifier over the whole process, and memory of its own. It holds no reference
 * on pages; an access is made under the mutex.
 *
 * <p>In Linux the device's memory is a page of system memory that hangs on the {@code struct page} of device memory;
 * here a frame of device memory has its content itself. So the table has that frame, also where {@code
 * dmirror_do_fault} stores a {@code struct page} that has no memory at all [R]. Each device has one process, and what
 * {@code RELEASE} takes from the device may be used again.
 */
public final class Dmirror implements IntervalDevice, DeviceMemory, ExclusiveAccess, Snapshots, DevPagemap {

    /** Branches of the device. */
    public enum Marks implements Mark {
        /** The device faulted. */
        FAULT,
        /** {@code mmu_interval_read_retry} sent it back. */
        RETRY,
        /** An invalidation found an entry to drop. */
        INVALIDATED,
        /** The device was told of its own migration, and did nothing. */
        OWN_MIGRATION,
        /** A page was migrated to the device, and came into its table. */
        MAPPED,
        /** A page was not migrated to the device. */
        NOT_MIGRATED,
        /** A page was brought back. */
        BROUGHT_BACK,
        /** {@code WARN_ON}: a page was asked for writing, and may only be read. */
        READ_ONLY,
        /** The device had a page for itself, and made an exchange on it. */
        EXCHANGED,
        /** A page that was made exclusive to the device had been invalidated since. */
        EXCLUSIVE_RETRY,
        /** The device was told that a page was made exclusive to it, and did nothing. */
        OWN_EXCLUSIVE,
        /** A page was invalidated while a snapshot was made. */
        SNAPSHOT_RETRY
    }

    /** Where it differs from what is in Linux. */
    public enum Difference {
        /** Of its own migrations, too, the device takes note as of any invalidation. */
        TOLD,
        /** What has migrated to the device does not come into its table before the device faults on it. */
        MAPPED_BY_FAULT,
        /** A page of its own that may only be read is brought back before the device writes to it. */
        OWN_READ_ONLY,
        /** The entry of a page that is brought back is erased under the mutex: half of {@link #TOLD}. */
        ERASE_LOCKED,
        /** Planted: the entry of a page that is brought back stays. */
        NO_ERASE,
        /** Planted: it is erased when the content has been copied. */
        ERASE_LATE,
        /** Planted: the device does nothing when it is told of any migration, be it another device's. */
        IGNORES_OTHERS,
        /**
         * A page that is made exclusive is mapped as {@code nouveau_atomic_range_fault} does it: unless there was an
         * invalidation meanwhile, of which the own conversion is none.
         */
        EXCLUSIVE_CHECKED,
        /** Planted: of its own conversions, too, the device takes note as of any invalidation; it is never busy. */
        EXCLUSIVE_TOLD,
        /**
         * Before it tries again it does not unlock and put the page, as {@code nouveau_atomic_range_fault} until
         * Hildenbrand, "nouveau/svm: fix missing folio unlock + put after make_device_exclusive_range()", Jan 2025.
         */
        EXCLUSIVE_LEAKED,
        /** Planted: a page that is made exclusive is unlocked and put before it is mapped. */
        EXCLUSIVE_UNLOCKED,
        /** Planted: a snapshot is made without a look whether a page has been invalidated meanwhile. */
        SNAPSHOT_UNCHECKED,
        /** Planted: it is made with the device's own notifier, which does nothing when the device's pages migrate. */
        SNAPSHOT_OWN_NOTIFIER
    }

    private static final long DONE = 0;

    private final Machine machine;
    private final AddressSpace mm;
    private final PhysicalMemory memory;
    private final GetUserPages gup;
    private final HmmRangeFault hmm;
    private final DeviceExclusive exclusive;
    private final Set<Difference> differences;
    private final String name;
    private final Mutex mutex;
    private final Word[] pt;
    private Interval.Subscription notifier;
    private Interval.Subscription ofSnapshots;
    private boolean snapshots;
    private MigrateVma migration;
    private int owner;

    /** The device {@code name}, which mirrors the whole of {@code mm}. */
    public Dmirror(String name, AddressSpace mm, GetUserPages gup, Set<Difference> differences) {
        this.name = name;
        this.machine = mm.machine();
        this.mm = mm;
        this.memory = mm.memory();
        this.gup = gup;
        this.hmm = new HmmRangeFault(mm, gup);
        this.exclusive = new DeviceExclusive(mm, gup);
        this.differences = differences.isEmpty() ? Set.of() : EnumSet.copyOf(differences);
        this.mutex = machine.mutex(LockClass.MIRROR_UPDATE, name + ".mutex");
        this.pt = machine.words(name + ".pt", mm.pageTable().span(), 0, Pte::show);
    }

    /** {@code dmirror_fops_open}: {@code mmu_interval_notifier_insert}. */
    @Override
    public void insert(Interval intervals) {
        notifier = intervals.insertWithReader(name + ".notifier", 0, pt.length, new Invalidation());
        if (snapshots) {
            ofSnapshots = has(Difference.SNAPSHOT_OWN_NOTIFIER)
                    ? notifier
                    : intervals.insertWithReader(name + ".snapshot", 0, pt.length, this::snapshotInvalidate);
        }
    }

    @Override
    public void willSnapshot() {
        snapshots = true;
    }

    @Override
    public void attach(int number, MigrateVma migratesMm) {
        owner = number;
        migration = migratesMm;
        memory.memremapPages(number, this);
    }

    private boolean has(Difference difference) {
        return differences.contains(difference);
    }

    /** {@code dmirror_min_ops}. */
    private final class Invalidation implements Interval.Ops {

        /** {@code dmirror_interval_invalidate}. */
        @Override
        public void invalidate(Interval.Subscription subscription, int start, int end, long curSeq) {
            mutex.lock();
            subscription.setSeq(curSeq);
            doUpdate(start, end);
            mutex.unlock();
        }

        /**
         * The same: "Ignore invalidation callbacks for device private pages since the invalidation is handled as part
         * of the migration process".
         */
        @Override
        public void invalidateOwned(
                Interval.Subscription subscription,
                int start,
                int end,
                long curSeq,
                Interval.Event event,
                int ofOwner) {
            boolean own = ofOwner == owner;
            switch (event) {
                case MIGRATE -> {
                    if (own && !has(Difference.TOLD) || has(Difference.IGNORES_OTHERS)) {
                        machine.reach(Marks.OWN_MIGRATION);
                        return;
                    }
                }
                case EXCLUSIVE -> {
                    if (own && !has(Difference.EXCLUSIVE_TOLD)) {
                        machine.reach(Marks.OWN_EXCLUSIVE);
                        return;
                    }
                }
                case OTHER -> {}
            }
            invalidate(subscription, start, end, curSeq);
        }
    }

    /** {@code dmirror_do_update}. */
    private void doUpdate(int start, int end) {
        for (int address = start; address < Math.min(end, pt.length); address++) {
            if (pt[address].xchg(Pte.NONE.bits()) != Pte.NONE.bits()) { // xa_erase
                machine.reach(Marks.INVALIDATED);
            }
        }
    }

    /** {@code dmirror_read} of one page. */
    @Override
    public long read(int address) {
        while (true) {
            mutex.lock();
            Pte entry = new Pte(pt[address].readOnce()); // dmirror_do_read
            long value = entry.isNone() ? 0 : memory.page(entry.pfn()).content().readOnce();
            mutex.unlock();
            if (!entry.isNone()) {
                return value;
            }
            long failed = fault(address, false);
            if (failed != DONE) {
                return failed;
            }
        }
    }

    /** {@code dmirror_write} of one page. */
    @Override
    public long write(int address, long value) {
        while (true) {
            mutex.lock();
            Pte entry = new Pte(pt[address].readOnce()); // dmirror_do_write
            if (entry.permits(true)) {
                memory.page(entry.pfn()).content().writeOnce(value);
            }
            mutex.unlock();
            if (entry.permits(true)) {
                return DONE;
            }
            long failed = fault(address, true);
            if (failed != DONE) {
                return failed;
            }
        }
    }

    @Override
    public void prefault(int start, int end) {
        for (int address = start; address < end; address++) {
            fault(address, false);
        }
    }

    private long fault(int address, boolean write) {
        long failed = rangeFault(address, write);
        notifier.readEnd();
        return failed;
    }

    /**
     * {@code dmirror_fault}, {@code dmirror_range_fault}: 0, {@link #DENIED} for {@code -EFAULT}, or {@link #EPERM}.
     */
    private long rangeFault(int address, boolean write) {
        machine.bugOn(notifier == null, name + " has no interval notifier");
        machine.reach(Marks.FAULT);
        while (true) {
            mm.localsAre("dmirror_range_fault " + address + write);
            long seq = notifier.readBegin();
            mm.mmapLock().downRead();
            HmmRangeFault.Walked walked =
                    hmm.rangeFault(address, write, owner, () -> notifier.checkRetry(seq), address + " " + write + seq);
            if (has(Difference.OWN_READ_ONLY)
                    && write
                    && walked.failure() == null
                    && !walked.pte().isWritable()) {
                boolean permitted = bringBack(address);
                mm.mmapLock().upRead();
                if (!permitted) {
                    return EPERM;
                }
                continue;
            }
            mm.mmapLock().upRead();
            if (walked.failure() == HmmRangeFault.Failure.EBUSY) {
                continue;
            }
            if (walked.failure() != null) {
                return walked.failure() == HmmRangeFault.Failure.EPERM ? EPERM : DENIED;
            }
            mutex.lock();
            if (notifier.readRetry(seq)) {
                mutex.unlock();
                machine.reach(Marks.RETRY);
                continue;
            }
            long failed = doFault(address, write, walked.pte());
            mutex.unlock();
            return failed;
        }
    }

    /** {@code dmirror_do_fault}. */
    private long doFault(int address, boolean write, Pte pfn) {
        if (write && !pfn.isWritable()) { // WARN_ON
            machine.reach(Marks.READ_ONLY);
            return DENIED;
        }
        pt[address].writeOnce(entry(memory.page(pfn.pfn()), pfn.isWritable())); // xa_store
        return DONE;
    }

    private static long entry(Page page, boolean write) {
        Pte entry = Pte.make(page);
        return (write ? entry.makeWritable() : entry).bits();
    }

    /** No part of Linux: what a driver needs that writes to its own page after a fork. With the mmap lock held. */
    private boolean bringBack(int address) {
        Page page = gup.getUserPage(address, true, false, "own page " + address);
        if (page != null) {
            memory.putPage(page);
        }
        return page != null;
    }

    /** {@code dmirror_migrate_to_device}. */
    @Override
    public long migrateToDevice(int start, int end) {
        mm.mmapLock().downRead();
        if (!mayRead(start, end)) {
            mm.mmapLock().upRead();
            return EINVAL;
        }
        MigrateArgs args = MigrateArgs.ofRange(mm, start, end, Select.SYSTEM, owner, "to device");
        migration.migrateVmaSetup(args);
        args.settle("set up");
        migrateAllocAndCopy(args);
        args.settle("copied");
        migration.migrateVmaPages(args);
        args.settle("moved");
        migrateFinalizeAndMap(args);
        args.settle("mapped");
        migration.migrateVmaFinalize(args);
        mm.mmapLock().upRead();

        return doRead(start, end);
    }

    /** {@code dmirror_do_read}, "Return the migrated data for verification": only whether it is all there. */
    private long doRead(int start, int end) {
        mutex.lock();
        boolean all = true;
        for (int address = start; address < end; address++) {
            all &= pt[address].readOnce() != Pte.NONE.bits();
        }
        mutex.unlock();
        return all ? DONE : ENOENT;
    }

    /** {@code vma_lookup}, {@code VM_READ}: of a range in one VMA; a hole is found before anything is migrated [R]. */
    private boolean mayRead(int start, int end) {
        for (int address = start; address < end; address++) {
            if (!mm.vmas().find(address).permits(false)) {
                return false;
            }
        }
        return true;
    }

    /** {@code dmirror_migrate_alloc_and_copy}. */
    private void migrateAllocAndCopy(MigrateArgs args) {
        for (int i = 0; i < args.npages(); i++) {
            if (!args.isMigrating(i)) {
                continue;
            }
            args.settle("copy " + i);
            Page spage = args.source(i);
            Page dpage = memory.allocDevicePage(owner, owner + 1L); // dmirror_devmem_alloc_page
            if (dpage == null) {
                continue;
            }
            dpage.content().writeOnce(spage == null ? 0 : spage.content().readOnce()); // copy_highpage
            boolean write = args.isWritable(i)
                    || spage == null && mm.vmas().find(args.address(i)).permits(true);
            args.setDestination(i, dpage, write);
        }
    }

    /** {@code dmirror_migrate_finalize_and_map}. */
    private void migrateFinalizeAndMap(MigrateArgs args) {
        if (has(Difference.MAPPED_BY_FAULT)) {
            return;
        }
        mutex.lock();
        for (int i = 0; i < args.npages(); i++) {
            Page dpage = args.destination(i);
            if (!args.isMigrating(i) || dpage == null) {
                machine.reach(Marks.NOT_MIGRATED);
                continue;
            }
            machine.reach(Marks.MAPPED);
            pt[args.address(i)].writeOnce(entry(dpage, args.isDestinationWritable(i))); // xa_store
        }
        mutex.unlock();
    }

    /** {@code dmirror_migrate_to_system}. */
    @Override
    public long migrateToSystem(int start, int end) {
        mm.mmapLock().downRead();
        boolean may = mayRead(start, end);
        if (may) {
            devmemToSystem(migration, MigrateArgs.ofRange(mm, start, end, Select.DEVICE_PRIVATE, owner, "to system"));
        }
        mm.mmapLock().upRead();
        return may ? DONE : EINVAL;
    }

    /** {@code dmirror_devmem_fault}. */
    @Override
    public boolean migrateToRam(
            AddressSpace of, NotifierSites sites, int address, Page page, Held held, String caller) {
        machine.bugOn(
                page.zoneDeviceData().readOnce() == Page.NO_DATA, "migrate_to_ram of " + page + ", which is free");
        return devmemToSystem(
                migration.of(of, sites), MigrateArgs.ofFault(of, address, address + 1, owner, page, held, caller));
    }

    /** The same of several pages, and whether the first has come. */
    private boolean devmemToSystem(MigrateVma of, MigrateArgs args) {
        of.migrateVmaSetup(args);
        args.settle("set up");
        devmemFaultAllocAndCopy(args);
        args.settle("copied");
        of.migrateVmaPages(args);
        args.settle("moved");
        boolean came = args.isMigrating(0);
        of.migrateVmaFinalize(args);
        return came;
    }

    /** {@code dmirror_devmem_fault_alloc_and_copy}. */
    private void devmemFaultAllocAndCopy(MigrateArgs args) {
        for (int i = 0; i < args.npages(); i++) {
            Page spage = args.source(i);
            if (spage == null || !args.isMigrating(i)) {
                continue;
            }
            args.settle("copy " + i);
            Page dpage = memory.allocPage();
            if (dpage == null) {
                continue;
            }
            dpage.lock().lock();
            if (!has(Difference.NO_ERASE) && !has(Difference.ERASE_LATE)) {
                erase(args.address(i));
            }
            dpage.content().writeOnce(spage.content().readOnce()); // copy_highpage
            if (has(Difference.ERASE_LATE)) {
                erase(args.address(i));
            }
            machine.reach(Marks.BROUGHT_BACK);
            args.setDestination(i, dpage, args.isWritable(i));
        }
    }

    /** {@code xa_erase(&dmirror->pt, addr >> PAGE_SHIFT)}, without the mutex. */
    private void erase(int address) {
        if (has(Difference.ERASE_LOCKED)) {
            mutex.lock();
        }
        pt[address].writeOnce(Pte.NONE.bits());
        if (has(Difference.ERASE_LOCKED)) {
            mutex.unlock();
        }
    }

    /** {@code dmirror_device_evict_chunk}, of {@code RELEASE}. */
    @Override
    public void evict() {
        MigrateArgs args = migration.migrateDeviceRange(memory.pagesOf(owner), "evict");
        args.settle("unmapped");
        for (int i = 0; i < args.npages(); i++) {
            Page spage = args.source(i);
            if (spage == null || !args.isMigrating(i)) {
                continue;
            }
            args.settle("copy " + i);
            Page dpage = memory.allocPage(); // __GFP_NOFAIL
            dpage.lock().lock();
            dpage.content().writeOnce(spage.content().readOnce()); // copy_highpage
            machine.reach(Marks.BROUGHT_BACK);
            args.setDestination(i, dpage, args.isWritable(i));
        }
        args.settle("copied");
        migration.migrateVmaPages(args); // migrate_device_pages
        args.settle("moved");
        migration.migrateVmaFinalize(args); // migrate_device_finalize
    }

    /**
     * {@code dmirror_snapshot_invalidate}: "Snapshots only need to set the sequence number since any invalidation in
     * the interval invalidates the whole snapshot." Of whatever event.
     */
    private void snapshotInvalidate(Interval.Subscription subscription, int start, int end, long curSeq) {
        mutex.lock();
        subscription.setSeq(curSeq);
        mutex.unlock();
    }

    /**
     * {@code dmirror_snapshot}, {@code dmirror_range_snapshot}. Its notifier, "temporary", of the range, is there from
     * the beginning here, and of the whole process; it is never busy [R].
     */
    @Override
    public long snapshot(int start, int end) {
        machine.bugOn(ofSnapshots == null, name + " has no notifier for snapshots");
        while (true) {
            mm.localsAre("dmirror_range_snapshot " + start + " until " + end);
            long seq = ofSnapshots.readBegin();
            mm.mmapLock().downRead();
            List<Optional<Pte>> pfns = hmm.snapshot(start, end, owner, () -> ofSnapshots.checkRetry(seq));
            mm.mmapLock().upRead();
            if (pfns.isEmpty()) {
                continue;
            }
            mutex.lock();
            if (ofSnapshots.readRetry(seq) && !has(Difference.SNAPSHOT_UNCHECKED)) {
                mutex.unlock();
                machine.reach(Marks.SNAPSHOT_RETRY);
                continue;
            }
            long perm = 0;
            for (int i = 0; i < pfns.size(); i++) {
                perm |= (long) mkentry(pfns.get(i)).ordinal() << i * PROT_BITS;
            }
            mutex.unlock();
            ofSnapshots.readEnd();
            return perm;
        }
    }

    /** {@code dmirror_mkentry}. */
    private Prot mkentry(Optional<Pte> entry) {
        if (entry.equals(HmmRangeFault.PFN_ERROR)) {
            return Prot.ERROR;
        }
        Pte pfn = entry.orElseThrow();
        if (pfn.isNone()) { // HMM_PFN_VALID
            return Prot.NONE;
        }
        if (memory.page(pfn.pfn()).isZoneDevice()) { // is_device_private_page: the own one
            return pfn.isWritable() ? Prot.LOCAL_WRITE : Prot.LOCAL_READ;
        }
        return pfn.isWritable() ? Prot.WRITE : Prot.READ;
    }

    /** {@code dmirror_exclusive}. */
    @Override
    public long makeExclusive(int start, int end) {
        long failed = has(Difference.EXCLUSIVE_CHECKED) ? exclusiveChecked(start, end) : exclusive(start, end);
        return failed == DONE ? doRead(start, end) : failed;
    }

    private long exclusive(int start, int end) {
        long failed = DONE;
        mm.mmapLock().downRead();
        for (int address = start; failed == DONE && address < end; address++) {
            String caller = "dmirror_exclusive of " + address + " until " + end;
            DeviceExclusive.Made made = exclusive.make(gup, address, NotifierSites.NO_OWNER, caller);
            failed = failure(made);
            if (failed == DONE) {
                release(made.page(), has(Difference.EXCLUSIVE_UNLOCKED));
                mutex.lock();
                atomicMap(address, made.page());
                mutex.unlock();
                release(made.page(), !has(Difference.EXCLUSIVE_UNLOCKED));
            }
        }
        mm.mmapLock().upRead();
        return failed;
    }

    /** {@code folio_unlock} and {@code folio_put} of a page that was made exclusive, if it is time for that. */
    private void release(Page page, boolean now) {
        if (now) {
            page.lock().unlock();
            memory.putPage(page);
        }
    }

    /** {@code dmirror_atomic_map}, with the mutex held. */
    private void atomicMap(int address, Page page) {
        pt[address].writeOnce(Pte.makeDeviceExclusiveEntry(page).bits()); // xa_store, DPT_XA_TAG_ATOMIC
    }

    private static long failure(DeviceExclusive.Made made) {
        if (made.failure() == null) {
            return DONE;
        }
        return made.failure() == DeviceExclusive.Failure.EBUSY ? EBUSY : DENIED;
    }

    private long exclusiveChecked(int start, int end) {
        long failed = DONE;
        for (int address = start; failed == DONE && address < end; address++) {
            failed = atomicRangeFault(address, end);
            notifier.readEnd();
        }
        return failed;
    }

    /**
     * {@code nouveau_atomic_range_fault} of {@code drivers/gpu/drm/nouveau/nouveau_svm.c}, of one page. It tries again
     * for a second, and then it is busy; here that is at once, for CPU and device may take the page from each other
     * again and again [R].
     */
    private long atomicRangeFault(int address, int end) {
        while (true) {
            mm.localsAre("atomic_range_fault of " + address + " until " + end);
            long seq = notifier.readBegin();
            mm.mmapLock().downRead();
            DeviceExclusive.Made made =
                    exclusive.make(gup, address, owner, "atomic_range_fault of " + address + " " + seq);
            mm.mmapLock().upRead();
            if (made.failure() != null) {
                return failure(made);
            }
            Page page = made.page();
            boolean unlocked = has(Difference.EXCLUSIVE_UNLOCKED);
            release(page, unlocked);
            mutex.lock();
            if (!notifier.readRetry(seq)) {
                atomicMap(address, page);
                mutex.unlock();
                release(page, !unlocked);
                return DONE;
            }
            mutex.unlock();
            machine.reach(Marks.EXCLUSIVE_RETRY);
            release(page, !unlocked && !has(Difference.EXCLUSIVE_LEAKED));
            if (!has(Difference.EXCLUSIVE_TOLD)) {
                return EBUSY;
            }
        }
    }

    /** {@code dmirror_check_atomic}, without the mutex. */
    @Override
    public long checkExclusive(int start, int end) {
        for (int address = start; address < end; address++) {
            if (new Pte(pt[address].readOnce()).isDeviceExclusive()) {
                return EPERM;
            }
        }
        return DONE;
    }

    /**
     * No command of {@code test_hmm}: an atomic operation as a device makes it that has the page exclusively, and only
     * then; else it faults, and here that is all. To the CPUs its load and its store are two; as every access it is
     * over before an invalidation is [R].
     */
    @Override
    public long exchange(int address, long value) {
        long old = ENOENT;
        mutex.lock();
        Pte entry = new Pte(pt[address].readOnce());
        if (entry.isDeviceExclusive()) {
            Word content = memory.page(entry.pfn()).content();
            old = content.readOnce();
            content.writeOnce(value);
            machine.reach(Marks.EXCHANGED);
        }
        mutex.unlock();
        return old;
    }

    @Override
    public boolean peekExclusive(int address) {
        return new Pte(pt[address].peek()).isDeviceExclusive();
    }

    @Override
    public List<Pte> peek(int address) {
        return List.of(new Pte(pt[address].peek()).asSeenByDevice());
    }

    @Override
    public List<Word> words() {
        return List.of(pt);
    }
}
