package racewalk.mm;

import racewalk.machine.Machine;
import racewalk.machine.PageLock;
import racewalk.machine.RefCount;
import racewalk.machine.Word;

/**
 * {@code struct page} of one frame, and the frame's content.
 *
 * <p>The ledger of references: {@code refcount} is the sum of
 *
 * <table>
 * <caption>Who holds a reference</caption>
 * <tr><th>holder</th><th>takes it in</th><th>drops it in</th></tr>
 * <tr><td>each PTE that maps the page</td><td>{@code do_anonymous_page}: the allocation's own</td>
 *     <td>handed to the gather by {@code zap_pte_range}; {@code do_wp_page} for the old page</td></tr>
 * <tr><td>the child's PTE of a fork</td><td>{@code copy_one_pte}, beside the parent's</td><td>as every PTE</td></tr>
 * <tr><td>the gather of a zap</td><td>from the PTE</td><td>{@code tlb_flush_mmu}, after the flush</td></tr>
 * <tr><td>{@code get_user_pages}</td><td>{@code follow_page}, under the PT lock</td><td>its caller, or handed
 * on</td></tr>
 * <tr><td>who asks {@code page_referenced}</td><td>{@code isolate_lru_pages}</td><td>when it has been
 * answered</td></tr>
 * <tr><td>an spte of KVM (2008)</td><td>from {@code get_user_pages}</td><td>{@code rmap_remove}</td></tr>
 * <tr><td>XPMEM's PFN table</td><td>from {@code get_user_pages}</td><td>{@code xpmem_clear_PFNtable}</td></tr>
 * <tr><td>{@code pin} of a scenario</td><td>{@code get_user_pages}; today {@code pin_user_pages}, 1024 of them; both
 * also without a lock: {@link GupFast}, which for a moment may have a reference on any page that once was mapped</td>
 *     <td>{@code unpin}</td></tr>
 * <tr><td>the page cache of a file</td><td>{@code add_to_page_cache_lru}</td>
 *     <td>{@code delete_from_page_cache}</td></tr>
 * <tr><td>a fault on a file's page, its writeback, its truncation</td><td>{@code find_get_page}</td>
 *     <td>handed to the PTE, or dropped after the page is unlocked</td></tr>
 * <tr><td>a CPU's pagevec</td><td>{@code lru_cache_add}</td><td>{@code __pagevec_lru_add}</td></tr>
 * <tr><td>who has isolated the page from the LRU</td><td>{@code isolate_lru_page}</td>
 *     <td>{@code putback_lru_page}</td></tr>
 * <tr><td>a fault that waits for a migration</td><td>{@code migration_entry_wait}, under the PT lock</td>
 *     <td>when the page is unlocked</td></tr>
 * <tr><td>{@code hmm_vma_migrate}</td><td>{@code hmm_migrate_collect}</td>
 *     <td>when the page is isolated, or is not to be migrated</td></tr>
 * <tr><td>{@code migrate_vma_setup}</td><td>{@code migrate_vma_collect_pmd}, under the PT lock</td>
 *     <td>{@code migrate_device_unmap}, when the page is isolated or its entries are restored</td></tr>
 * <tr><td>{@code migrate_device_range}</td><td>{@code migrate_device_pfn_lock}</td>
 *     <td>{@code migrate_device_finalize}, or {@code migrate_device_unmap} when the entries are restored</td></tr>
 * <tr><td>a fault on a device-private entry</td><td>{@code do_swap_page}, under the PT lock</td>
 *     <td>after {@code migrate_to_ram}</td></tr>
 * <tr><td>a fault on a device-exclusive entry</td><td>{@code remove_device_exclusive_entry}, unless there is none</td>
 *     <td>when the entry is restored</td></tr>
 * <tr><td>who makes an entry device-exclusive</td><td>{@code get_user_pages} of {@code make_device_exclusive}</td>
 *     <td>the driver, when its device has the page</td></tr>
 * <tr><td>a PTE of an XPMEM attachment</td><td>{@code xpmem_fault}</td><td>{@code xpmem_clear_PTEs}</td></tr>
 * </table>
 *
 * {@code mapcount} counts the PTEs alone, of all processes; a migration entry is none of them and has no reference, a
 * device-private and a device-exclusive entry is one and has one. A page whose refcount is 0 belongs to the allocator.
 *
 * <p>A page of {@code ZONE_DEVICE} stands for a frame in a device's own memory, {@code MEMORY_DEVICE_PRIVATE}: no CPU
 * reaches it, it is on no LRU list, and its allocator is the device's driver.
 */
public final class Page {

    /** What a free frame contains: a value that no scenario stores. */
    public static final long POISON = 0xDEAD;

    /** {@code PG_dirty}. */
    public static final long DIRTY = 1;

    /** {@code PG_referenced}: only set where pages are aged ({@link AddressSpace#aging}). */
    public static final long REFERENCED = 2;

    /** {@code PG_lru}: only set where there is an {@link Lru}. */
    public static final long LRU = 4;

    /** {@code PG_external_rmap}, of Lameter's patches of February 2008 alone: some driver may have the page. */
    public static final long EXTERNAL_RMAP = 8;

    /** {@code PG_anon_exclusive}: no other process maps the page, nor can; only set since there is this flag, 2022. */
    public static final long ANON_EXCLUSIVE = 16;

    /** No flag of Linux: a device that keeps account of it has stored to the page, for an invariant. */
    public static final long DEVICE_STORED = 32;

    /** {@code GUP_PIN_COUNTING_BIAS}: the references of one {@code pin_user_pages}. */
    public static final long PIN_COUNTING_BIAS = 1024;

    private final int pfn;
    private final RefCount refCount;
    private final Word mapCount;
    private final Word flags;
    private final PageLock lock;
    private final Word content;
    private final Word mapping;
    private final int owner;
    private final Word index;
    private final Word zoneDeviceData;

    /** {@link #owner} of system memory. */
    static final int NO_OWNER = -1;

    /** {@link #zoneDeviceData} of a page that the driver has not given out. */
    public static final long NO_DATA = 0;

    Page(Machine machine, int pfn, boolean migrates) {
        this(machine, pfn, migrates, NO_OWNER);
    }

    Page(Machine machine, int pfn, boolean migrates, int owner) {
        this.pfn = pfn;
        this.owner = owner;
        boolean zoneDevice = owner != NO_OWNER;
        this.index = zoneDevice ? machine.word("page" + pfn + ".index", 0) : null;
        this.zoneDeviceData = zoneDevice ? machine.word("page" + pfn + ".zone_device_data", NO_DATA) : null;
        String name = "page" + pfn;
        this.refCount = machine.refCount(name + ".refcount", 0);
        this.mapCount = machine.word(name + ".mapcount", 0);
        this.flags = machine.word(name + ".flags", 0, Page::showFlags);
        this.lock = machine.pageLock(name + ".PG_locked");
        this.mapping = migrates ? machine.word(name + ".mapping", Rmap.NO_MAPPING, Rmap::showMapping) : null;
        this.content = machine.word(name, POISON, value -> value == POISON ? "poison" : Long.toString(value));
    }

    /** The page frame number. */
    public int pfn() {
        return pfn;
    }

    /** {@code page->_count}. */
    public RefCount refCount() {
        return refCount;
    }

    /** {@code page_mapcount()}: how many PTEs map the page. */
    public Word mapCount() {
        return mapCount;
    }

    /** {@code page->flags} but for {@code PG_locked}. */
    public Word flags() {
        return flags;
    }

    /** {@code PG_locked}. */
    public PageLock lock() {
        return lock;
    }

    /** {@code folio_maybe_dma_pinned}: whether the references are as many as those of a pin. */
    public boolean maybeDmaPinned() {
        return refCount.read() >= PIN_COUNTING_BIAS;
    }

    /** {@code PageAnonExclusive}. */
    public boolean isAnonExclusive() {
        return flags.readOnce(ANON_EXCLUSIVE) != 0;
    }

    /** {@code page->mapping}, as {@link Rmap} has it; null where pages do not migrate. */
    Word mapping() {
        return mapping;
    }

    /** {@code folio_is_zone_device}, {@code folio_is_device_private}. */
    public boolean isZoneDevice() {
        return owner != NO_OWNER;
    }

    /** {@code page_pgmap(page)->owner}: the number of the device whose memory it is. */
    public int owner() {
        return owner;
    }

    /** {@code page->index}, the address; only of device memory, which is migrated without a look at page tables. */
    public Word index() {
        return index;
    }

    /** {@code page->zone_device_data}: the driver's, {@link #NO_DATA} in its list of free pages; of device memory. */
    public Word zoneDeviceData() {
        return zoneDeviceData;
    }

    /** The frame's content: one word stands for all of it. */
    public Word content() {
        return content;
    }

    /**
     * {@code mark_page_accessed} of a page on the active list, where every anonymous page of 2.6.24 begins and all stay
     * here.
     */
    public void markAccessed() {
        if ((flags.readOnce(REFERENCED) & REFERENCED) == 0) {
            flags.or(REFERENCED);
        }
    }

    private static String showFlags(long flags) {
        return ((flags & DIRTY) == 0 ? "clean" : "dirty")
                + ((flags & REFERENCED) == 0 ? "" : " referenced")
                + ((flags & LRU) == 0 ? "" : " lru")
                + ((flags & EXTERNAL_RMAP) == 0 ? "" : " external_rmap")
                + ((flags & ANON_EXCLUSIVE) == 0 ? "" : " exclusive")
                + ((flags & DEVICE_STORED) == 0 ? "" : " stored-to");
    }

    @Override
    public String toString() {
        return "page" + pfn;
    }
}
