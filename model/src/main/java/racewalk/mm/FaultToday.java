package racewalk.mm;

import java.util.Set;
import racewalk.machine.Mark;
import racewalk.machine.Word;

/**
 * The page fault of Linux 7.0, {@code mm/memory.c}, era today, where it differs from that of 2.6.24 for private
 * anonymous memory: a page that no other process can map is {@link Page#ANON_EXCLUSIVE} since 2022, and a write fault
 * takes it over without asking for more; any other only if it has the last reference, and never waits for the page
 * lock. Who finds a migration entry waits without a reference.
 *
 * <p>The mmap lock is held for read; today's faults try the lock of the VMA first, which excludes the same, and drop
 * neither over a wait for a migration [R]. A fault for reading gets a page of its own and not the zero page [R].
 */
public class FaultToday extends Fault {

    /** Branches of the fault. */
    public enum Marks implements Mark {
        /** The page of a write fault on a read-only entry was exclusive. */
        EXCLUSIVE,
        /** The page was not, but the entry had the only reference. */
        LAST_REFERENCE,
        /** Others had references, be it for a moment. */
        REFERENCED,
        /** A page in a device's memory was brought back. */
        MIGRATE_TO_RAM,
        /** The page in a device's memory was locked: the fault waited. */
        DEVICE_LOCKED,
        /** Somebody had a reference on a page in a device's memory, so that it stayed. */
        DEVICE_REFERENCED,
        /** The device-private entry had changed when the PT lock was taken. */
        DEVICE_CHANGED
    }

    private final DeviceExclusive deviceExclusive;

    /** The faults of {@code mm}. */
    public FaultToday(AddressSpace mm, NotifierSites notifier) {
        this(mm, notifier, Set.of());
    }

    /** The faults of {@code mm}, which leave out something of those on a device-exclusive entry. */
    public FaultToday(AddressSpace mm, NotifierSites notifier, Set<DeviceExclusive.LeftOut> leftOut) {
        super(mm, notifier);
        this.deviceExclusive = new DeviceExclusive(mm, notifier, leftOut);
    }

    /** {@code FOLL_WRITE} is not dropped once copy-on-write is broken: {@code faultin_page} since 2022. */
    @Override
    VmFault doWpPage(PageTable.Leaf leaf, Word word, int address, Pte original, String caller) {
        Page oldPage = mm.memory().page(original.pfn());
        boolean exclusive = oldPage.isAnonExclusive();
        if (exclusive || wpCanReuseAnonFolio(oldPage)) {
            machine().reach(exclusive ? Marks.EXCLUSIVE : Marks.LAST_REFERENCE);
            if (!exclusive) {
                oldPage.flags().or(Page.ANON_EXCLUSIVE);
            }
            wpPageReuse(leaf, word, address, original);
            return VmFault.NONE;
        }
        mm.memory().getPage(oldPage);
        leaf.ptl().unlock();
        return wpPageCopy(leaf, word, address, original, oldPage, caller);
    }

    /** {@code wp_can_reuse_anon_folio} of a small folio, without swap and KSM. */
    private boolean wpCanReuseAnonFolio(Page page) {
        boolean reuse = page.refCount().read() <= 3;
        if (reuse && mm.memory().lru() != null) {
            if (!mm.memory().lru().isOnList(page)) {
                mm.memory().lru().addDrain();
            }
        }
        reuse = reuse && page.refCount().read() <= 1 && page.lock().tryLockPage();
        if (reuse) {
            reuse = page.refCount().read() == 1;
            if (reuse && mm.rmap() != null) {
                mm.rmap().addNew(page, mm); // folio_move_anon_rmap
            }
            page.lock().unlock();
        }
        if (!reuse) {
            machine().reach(Marks.REFERENCED);
        }
        return reuse;
    }

    /**
     * {@code do_swap_page}, and {@code softleaf_entry_wait_on_locked} of Hellstrom, "mm: Fix a hmm_range_fault()
     * livelock / starvation problem", Feb 2026, in 7.0-rc. What {@code FAULT_FLAG_VMA_LOCK} sends back to the mmap lock
     * has it here from the beginning.
     */
    @Override
    VmFault doSwapPage(PageTable.Leaf leaf, Word word, int address, Pte entry, String caller) {
        if (entry.isDeviceExclusive()) {
            return deviceExclusive.remove(leaf, word, address, entry);
        }
        if (!entry.isDevicePrivate()) {
            return super.doSwapPage(leaf, word, address, entry, caller);
        }
        return devicePrivate(leaf, word, address, entry, caller);
    }

    /** {@code do_swap_page} of a device-private entry; the variants override it. */
    VmFault devicePrivate(PageTable.Leaf leaf, Word word, int address, Pte entry, String caller) {
        Page page = mm.memory().page(entry.pfn());
        leaf.ptl().lock();
        if (word.readOnce() != entry.bits()) { // pte_same
            leaf.ptl().unlock();
            machine().reach(Marks.DEVICE_CHANGED);
            return VmFault.NONE;
        }
        if (!page.lock().tryLockPage()) {
            leaf.ptl().unlock();
            machine().reach(Marks.DEVICE_LOCKED);
            page.lock().awaitUnlocked(); // softleaf_entry_wait_on_locked
            return VmFault.WAITED;
        }
        mm.memory().getPage(page);
        leaf.ptl().unlock();
        if (!migrateToRam(page, address, DevPagemap.Held.LOCK, caller)) {
            machine().reach(Marks.DEVICE_REFERENCED);
        }
        page.lock().unlock();
        mm.memory().putPage(page);
        return VmFault.NONE;
    }

    /** {@code page_pgmap(vmf->page)->ops->migrate_to_ram(vmf)}. */
    final boolean migrateToRam(Page page, int address, DevPagemap.Held held, String caller) {
        machine().reach(Marks.MIGRATE_TO_RAM);
        return mm.memory().pgmap(page).migrateToRam(mm, notifier, address, page, held, caller);
    }

    private VmFault wpPageCopy(PageTable.Leaf leaf, Word word, int address, Pte original, Page oldPage, String caller) {
        Page newPage = mm.memory().allocPage();
        if (newPage == null) {
            machine().reach(Fault.Marks.NO_COPY);
            mm.memory().putPage(oldPage);
            return VmFault.OOM;
        }
        newPage.content().writeOnce(oldPage.content().readOnce()); // __wp_page_copy_user
        notifier.beforeCow(address);
        leaf.ptl().lock();
        boolean copied = word.readOnce() == original.bits(); // pte_same
        if (caller != null) {
            mm.localsAre("wp_page_copy of " + oldPage + " to " + newPage + ": " + copied + " " + caller);
        }
        if (copied) {
            machine().reach(Fault.Marks.COPIED);
            word.xchg(Pte.NONE.bits()); // ptep_clear_flush
            tlbFlush.flushTlbPage(address);
            notifier.cowClearedPteLocked(address);
            pageAddNewAnonRmap(newPage);
            word.writeOnce(newEntry(newPage, address).bits()); // set_pte_at
            notifier.cowSetPteLocked(address);
            pageRemoveRmap(oldPage);
        }
        leaf.ptl().unlock();
        notifier.cowUnlocked(address, copied);
        notifier.afterCow(address);
        // It has the reference of the entry that was replaced, or of the copy that nobody needs.
        mm.memory().putPage(copied ? oldPage : newPage);
        mm.memory().putPage(oldPage);
        return VmFault.NONE;
    }

    /** {@code folio_add_new_anon_rmap} with {@code RMAP_EXCLUSIVE}. */
    @Override
    void pageAddNewAnonRmap(Page page) {
        page.flags().or(Page.ANON_EXCLUSIVE);
        super.pageAddNewAnonRmap(page);
    }

    /**
     * {@code migration_entry_wait}, {@code migration_entry_wait_on_locked}: the fault queues on the page under the PT
     * lock, which it drops then, and has no reference. Whoever takes the entry away has the PT lock for it, and a
     * reference until after; and unlocks the page later, which wakes the fault. That it queues is not modelled: one who
     * was woken looks again whether the page is unlocked, though it may be another's by then [R].
     */
    @Override
    protected void migrationEntryWait(PageTable.Leaf leaf, Word word) {
        leaf.ptl().lock();
        Pte entry = new Pte(word.readOnce());
        if (!entry.isMigrationEntry()) {
            leaf.ptl().unlock();
            machine().reach(Fault.Marks.MIGRATION_OVER);
            return;
        }
        leaf.ptl().unlock();
        machine().reach(Fault.Marks.MIGRATION_WAIT);
        mm.memory().page(entry.pfn()).lock().awaitUnlocked();
    }

    /** {@code FOLL_PIN}. */
    @Override
    long pinReferences() {
        return Page.PIN_COUNTING_BIAS;
    }

    /**
     * {@link FaultToday} that does not look at a device-private entry again, has no reference and no lock while the
     * page is brought back: before Popple, "mm/memory.c: fix race when faulting a device private page",
     * 16ce101db85d, 2022.
     */
    public static final class DeviceUnreferenced extends FaultToday {

        /** The faults of {@code mm}. */
        public DeviceUnreferenced(AddressSpace mm, NotifierSites notifier) {
            super(mm, notifier);
        }

        @Override
        VmFault devicePrivate(PageTable.Leaf leaf, Word word, int address, Pte entry, String caller) {
            migrateToRam(mm.memory().page(entry.pfn()), address, DevPagemap.Held.NOTHING, caller);
            return VmFault.NONE;
        }
    }

    /**
     * {@link FaultToday} that takes a reference and does not lock the page: from 16ce101db85d to Brost,
     * "mm/migrate: Trylock device page in do_swap_page", 2025.
     */
    public static final class DeviceUnlocked extends FaultToday {

        /** The faults of {@code mm}. */
        public DeviceUnlocked(AddressSpace mm, NotifierSites notifier) {
            super(mm, notifier);
        }

        @Override
        VmFault devicePrivate(PageTable.Leaf leaf, Word word, int address, Pte entry, String caller) {
            Page page = mm.memory().page(entry.pfn());
            leaf.ptl().lock();
            if (word.readOnce() != entry.bits()) { // pte_same
                leaf.ptl().unlock();
                machine().reach(Marks.DEVICE_CHANGED);
                return VmFault.NONE;
            }
            mm.memory().getPage(page);
            leaf.ptl().unlock();
            migrateToRam(page, address, DevPagemap.Held.REFERENCE, caller);
            mm.memory().putPage(page);
            return VmFault.NONE;
        }
    }

    /** {@link FaultToday} that does not look again whether the entry is still the same: a planted fault. */
    public static final class DeviceUnchecked extends FaultToday {

        /** The faults of {@code mm}. */
        public DeviceUnchecked(AddressSpace mm, NotifierSites notifier) {
            super(mm, notifier);
        }

        @Override
        VmFault devicePrivate(PageTable.Leaf leaf, Word word, int address, Pte entry, String caller) {
            Page page = mm.memory().page(entry.pfn());
            leaf.ptl().lock();
            if (!page.lock().tryLockPage()) {
                leaf.ptl().unlock();
                page.lock().awaitUnlocked();
                return VmFault.WAITED;
            }
            mm.memory().getPage(page);
            leaf.ptl().unlock();
            migrateToRam(page, address, DevPagemap.Held.LOCK, caller);
            page.lock().unlock();
            mm.memory().putPage(page);
            return VmFault.NONE;
        }
    }

    /**
     * {@link FaultToday} whose {@code migration_entry_wait} takes a reference, which {@code
     * put_and_wait_on_page_locked} drops before it sleeps, as before Popple, "[PATCH v2] mm/migrate.c: Rework
     * migration_entry_wait() to not take a pageref", 5 Nov 2021.
     */
    public static final class WaitsWithReference extends FaultToday {

        /** The faults of {@code mm}. */
        public WaitsWithReference(AddressSpace mm, NotifierSites notifier) {
            super(mm, notifier);
        }

        @Override
        protected void migrationEntryWait(PageTable.Leaf leaf, Word word) {
            leaf.ptl().lock();
            Pte entry = new Pte(word.readOnce());
            Page page = entry.isMigrationEntry() ? mm.memory().page(entry.pfn()) : null;
            if (page == null || !page.refCount().incNotZero()) { // get_page_unless_zero
                leaf.ptl().unlock();
                machine().reach(Fault.Marks.MIGRATION_OVER);
                return;
            }
            leaf.ptl().unlock();
            machine().reach(Fault.Marks.MIGRATION_WAIT);
            mm.memory().putPage(page);
            page.lock().awaitUnlocked();
        }
    }
}
