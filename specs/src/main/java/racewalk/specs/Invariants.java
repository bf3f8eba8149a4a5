package racewalk.specs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import racewalk.machine.Invariant;
import racewalk.machine.Word;
import racewalk.mm.Cpu;
import racewalk.mm.Lru;
import racewalk.mm.Page;
import racewalk.mm.PageCache;
import racewalk.mm.PageTable;
import racewalk.mm.PhysicalMemory;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Pte;
import racewalk.secondary.SecondaryMmu;

/** The named invariants: what must hold in every reachable state of a {@link Rig}. */
public enum Invariants {

    /**
     * No CPU or device can reach a page that has no reference left. Source: {@code mmu_gather}; v17's notifier
     * contract.
     */
    NO_TRANSLATION_OUTLIVES_ITS_PAGE(
            "NoTranslationOutlivesItsPage",
            "no CPU or device has a translation to a page without a reference",
            Invariants::noTranslationOutlivesItsPage),

    /** A device may do no more than the page table allows. Source: {@code Documentation/mm/mmu_notifier.rst}. */
    SECONDARY_NEVER_WIDER_THAN_PRIMARY(
            "SecondaryNeverWiderThanPrimary",
            "while nothing that may narrow a page is in flight, no device may do more with it than its PTE allows",
            Invariants::secondaryNeverWiderThanPrimary),

    /** A CPU may do no more than the page table allows. Source: {@code Documentation/core-api/cachetlb.rst}. */
    TLB_NEVER_WIDER_THAN_PAGE_TABLE(
            "TlbNeverWiderThanPageTable",
            "while nothing that may narrow a page is in flight, no TLB allows more with it than its PTE",
            Invariants::tlbNeverWiderThanPageTable),

    /** The ledger of references in {@link Page}. */
    REFCOUNT_IS_HOLDERS_PLUS_MAPPINGS(
            "RefcountIsHoldersPlusMappings",
            "a page's refcount is never below its mappings and pins, and equal to them while nothing is in flight",
            Invariants::refcountIsHoldersPlusMappings),

    /** A free page belongs to the allocator alone. Source: {@code free_pages_check()}. */
    NO_FREE_PAGE_WITH_REFERENCE(
            "NoFreePageWithReference",
            "a free page has no reference, no mapping and no PTE",
            Invariants::noFreePageWithReference),

    /** What was allocated for an operation that then failed is given back. Checked where allocations may fail. */
    NO_LEAKED_MEMORY(
            "NoLeakedMemory",
            "while nothing is in flight, a page without a reference is free, and a page table is free or linked",
            Invariants::noLeakedMemory),

    /** The ledger of mappings in {@link Page}. Checked where allocations may fail, or processes share pages. */
    MAPCOUNT_IS_MAPPINGS(
            "MapcountIsMappings",
            "while nothing is in flight, a page's mapcount is the number of PTEs that map it",
            Invariants::mapcountIsMappings),

    /** Who waits for a migration's end waits for the page lock. Source: {@code Documentation/mm/page_migration.rst}. */
    MIGRATION_ENTRY_IMPLIES_LOCKED_PAGE(
            "MigrationEntryImpliesLockedPage",
            "the page of a migration entry is locked, and none is left while nothing is in flight",
            Invariants::migrationEntryImpliesLockedPage),

    /**
     * A page that was locked by {@code trylock_page} when its entry was replaced is mapped nowhere else: asked by Kumar
     * of "[HMM v13 16/18] mm/hmm/migrate", 19 November 2016. Checked where a scenario names it.
     */
    MIGRATION_ENTRY_IMPLIES_UNMAPPED(
            "MigrationEntryImpliesUnmapped",
            "a page that has a migration entry is mapped by no PTE",
            Invariants::migrationEntryImpliesUnmapped),

    /** A page that is isolated from the LRU list comes back. Source: {@code mm/vmscan.c}. */
    NO_PAGE_LEFT_ISOLATED(
            "NoPageLeftIsolated",
            "while nothing is in flight, a page that is mapped is on the LRU list or in a pagevec",
            Invariants::noPageLeftIsolated),

    /** Reclaim drops a clean page. Source: "copy pte dirty bit to page", fd35ca3d12cc. */
    DIRTY_NEVER_LOST(
            "DirtyNeverLost",
            "while nothing is in flight, a page that is mapped and was stored to is dirty, or its PTE is",
            Invariants::dirtyNeverLost),

    /**
     * No CPU reaches a device's own memory. Source: {@code Documentation/mm/hmm.rst}, {@code MEMORY_DEVICE_PRIVATE}.
     */
    NO_CPU_TRANSLATION_OF_DEVICE_MEMORY(
            "NoCpuTranslationOfDeviceMemory",
            "no PTE that is present and no TLB entry is of a page in a device's memory",
            Invariants::noCpuTranslationOfDeviceMemory),

    /** Somebody brings a page back when a CPU wants it. Source: {@code do_swap_page}, {@code migrate_to_ram}. */
    DEVICE_PRIVATE_ENTRY_HAS_ITS_PAGE(
            "DevicePrivateEntryHasItsPage",
            "while nobody has the PT lock, a device-private entry's page has a reference and belongs to a driver",
            Invariants::devicePrivateEntryHasItsPage),

    /**
     * What a device does atomically to itself alone is atomic to all only if no CPU can come between. Source: {@code
     * Documentation/mm/hmm.rst}, "Exclusive access memory". Checked where a device may have pages for itself.
     */
    EXCLUSIVE_IS_EXCLUSIVE(
            "ExclusiveIsExclusive",
            "while a device has a page for itself, no PTE that is present and no TLB entry is of that page",
            Invariants::exclusiveIsExclusive),

    /** A lock is held by somebody with a reference. Source: {@code PAGE_FLAGS_CHECK_AT_FREE}. Checked likewise. */
    NO_FREE_PAGE_LOCKED("NoFreePageLocked", "a free page is not locked", Invariants::noFreePageLocked),

    /** Checkpoint and restore copy what is soft-dirty. Source: {@code Documentation/admin-guide/mm/soft-dirty.rst}. */
    SOFT_DIRTY_NEVER_LOST(
            "SoftDirtyNeverLost",
            "while nothing is in flight, the PTE of a page that was stored to is soft-dirty",
            Invariants::softDirtyNeverLost),

    /**
     * What a device stores to must be written back; the PTE's dirty bit does not know of it. Source: the comment of
     * {@code update} in "[PATCH 07/36] HMM: add per mirror page table v3", 21 May 2015. Checked where a scenario names
     * it.
     */
    DEVICE_DIRTY_NEVER_LOST(
            "DeviceDirtyNeverLost",
            "while nothing is in flight, a page that a device stored to is dirty, or an entry of the device says so",
            Invariants::deviceDirtyNeverLost),

    /**
     * A device's access by an address that is not mapped is a fault of the IOMMU, or hits whatever is there. Source:
     * {@code Documentation/core-api/dma-api-howto.rst}. Checked where a scenario names it.
     */
    NO_TRANSLATION_THROUGH_UNMAPPED_DMA(
            "NoTranslationThroughUnmappedDma",
            "no device has an entry with an address that is not mapped for DMA",
            Invariants::noTranslationThroughUnmappedDma),

    /**
     * A page is mapped once for an entry, and unmapped when that goes. Source: {@code hmm_mirror_update_pte} of "[PATCH
     * 13/36] HMM: DMA map memory on behalf of device driver", 21 May 2015. Checked where a scenario names it.
     */
    NO_DMA_MAPPING_LEAKED(
            "NoDmaMappingLeaked",
            "while nothing is in flight, a page is mapped for DMA as often as a mirror of the device has it",
            Invariants::noDmaMappingLeaked),

    /**
     * Each device has what it asked for, and no more: why each mirror has a table. Source: Glisse and Hairgrove, "Re:
     * [PATCH 07/36] HMM: add per mirror page table v3", 26 June 2015. Checked where a scenario names it.
     */
    WRITABLE_ONLY_TO_WRITERS(
            "WritableOnlyToWriters",
            "a device that never stores has no writable translation",
            Invariants::writableOnlyToWriters),

    /**
     * Writeback finds a page by its dirty flag. Source: "mm: tracking shared dirty pages", d08b3851da41, 2006;
     * "mm: fix page_mkclean_one", Dec 2006. Checked where a file is mapped.
     */
    NO_DIRTY_DATA_LOST(
            "NoDirtyDataLost",
            "while nothing is in flight, a page of a file that is not dirty is on the disk as it is in the cache",
            Invariants::noDirtyDataLost),

    /** A page is unmapped before it leaves the page cache. Source: {@code __delete_from_page_cache}. */
    TRUNCATED_PAGE_IS_GONE(
            "TruncatedPageIsGone",
            "a page that a file's mapping maps is in its page cache, and while nothing is in flight it is not cut off",
            Invariants::truncatedPageIsGone),

    /** A page is written, then freed. Source: {@code PAGE_FLAGS_CHECK_AT_FREE}. Checked where a file is mapped. */
    WRITEBACK_HAS_ITS_PAGE(
            "WritebackHasItsPage", "a page under writeback has a reference", Invariants::writebackHasItsPage),

    /** The contract of the iterators of 2015: a reference protects. Source: {@code hmm_pt.h}. */
    DIRECTORY_NOT_FREED_UNDER_ITERATOR("DirectoryNotFreedUnderIterator", "no directory is free that a walk protects"),

    /** Zero is for ever: only {@code atomic_inc_not_zero} is used. Source: {@code hmm_pt.c}. */
    DEAD_DIRECTORY_NEVER_REVIVED("DeadDirectoryNeverRevived", "a directory on a list of dead ones has no reference"),

    /** A directory is unlinked before it is freed. Source: {@code hmm_pt_iter_directory_unref_safe}. */
    NO_ENTRY_TO_A_FREE_DIRECTORY(
            "NoEntryToAFreeDirectory", "no valid entry that can be reached from the root leads to a free directory"),

    /** What the count of a directory is. Source: {@code hmm_pt.c}. */
    DIRECTORY_COUNT_IS_HOLDERS_PLUS_ENTRIES(
            "DirectoryCountIsHoldersPlusEntries",
            "a directory's count is at least its holders, and that and its valid entries while nothing is in flight"),

    /** A directory without a valid entry is freed by whoever drops its last reference. Source: {@code hmm_pt.c}. */
    NO_DIRECTORY_LEAKED(
            "NoDirectoryLeaked", "while nothing is in flight, every directory is free, or linked and in use"),

    /** What GUP-fast has pinned stays where it is mapped. Source: the comment above {@code gup_fast_pte_range}. */
    NO_COPIED_PAGE_PINNED(
            "NoCopiedPagePinned", "while nothing is in flight, no page is pinned that a huge page is a copy of"),

    /** Misprogramming of the contiguous bit. Source: DDI 0487, as {@code contpte_convert} tells of it. */
    NEVER_TWO_TRANSLATIONS(
            "NeverTwoTranslations",
            "no TLB has translations of two sizes for one address, on hardware that does not stand it",
            Of.CONTIGUOUS),

    /** What is narrowed is flushed, also from a translation of the whole block. Source: {@code contpte.c}. */
    NO_STALE_TRANSLATION(
            "NoStaleTranslation",
            "while nothing is in flight, no TLB allows more of a page than its entry, or reaches another",
            Of.CONTIGUOUS),

    /** Reclaim drops a clean folio. Source: {@code try_to_unmap_one}. */
    STORED_FOLIO_IS_DIRTY(
            "StoredFolioIsDirty",
            "while nothing is in flight, a folio that was stored to is dirty, or an entry of it is",
            Of.CONTIGUOUS),

    /** Reclaim looks for what was not accessed. Source: {@code folio_referenced_one}. */
    ACCESSED_PAGE_IS_YOUNG(
            "AccessedPageIsYoung",
            "while nothing is in flight, a page that was accessed since it was aged is young, or its folio referenced",
            Of.CONTIGUOUS),

    /** What {@code BUG_ON(atomic_inc_return(&ptc->anon_map_count) > 1 && rw)} guards. */
    CHILD_KEEPS_ITS_PAGES(
            "ChildKeepsItsPages", "a page that a child shares holds what it held when fork returned", Of.CONTIGUOUS);

    /** Of what it speaks. */
    private enum Of {
        MEMORY,
        TABLES,
        CONTIGUOUS
    }

    private final String title;
    private final String sentence;
    private final Function<Rig, Invariant> maker;
    private final Of of;

    Invariants(String title, String sentence, Function<Rig, Invariant> maker) {
        this(title, sentence, maker, Of.MEMORY);
    }

    /** An invariant of walked tables: {@link TableInvariants} has it. */
    Invariants(String title, String sentence) {
        this(title, sentence, Of.TABLES);
    }

    /** An invariant that another class has. */
    Invariants(String title, String sentence, Of of) {
        this(title, sentence, null, of);
    }

    Invariants(String title, String sentence, Function<Rig, Invariant> maker, Of of) {
        this.title = title;
        this.sentence = sentence;
        this.maker = maker;
        this.of = of;
    }

    /** Those of contiguous entries: {@link ContpteInvariants} has them. */
    static List<Invariants> ofContpte() {
        return Stream.of(values())
                .filter(invariant -> invariant.of == Of.CONTIGUOUS)
                .toList();
    }

    /** Whether it speaks of a {@link Rig}. */
    boolean isOfMemory() {
        return of == Of.MEMORY;
    }

    /** Those of walked tables. */
    static List<Invariants> ofTables() {
        return Stream.of(values()).filter(Invariants::isOfTables).toList();
    }

    /** Whether it speaks of walked tables. */
    boolean isOfTables() {
        return of == Of.TABLES;
    }

    /** Those that are checked if the scenario names none, and no device has pages for itself. */
    public static List<Invariants> of(Scenario.Memory memory, Processes processes, boolean migrates) {
        return of(memory, processes, migrates, false);
    }

    /** Those that are checked if the scenario names none. */
    static List<Invariants> of(Scenario.Memory memory, Processes processes, boolean migrates, boolean exclusive) {
        boolean mayFail = memory.allocations() == Allocations.MAY_FAIL;
        return Stream.of(values())
                .filter(Invariants::isOfMemory)
                .filter(invariant -> switch (invariant) {
                    case NO_LEAKED_MEMORY -> mayFail;
                    case NO_DIRTY_DATA_LOST, TRUNCATED_PAGE_IS_GONE, WRITEBACK_HAS_ITS_PAGE -> memory.filePages() > 0;
                    // They know a page that was stored to by its content, which may come from the disk.
                    case DIRTY_NEVER_LOST -> migrates && memory.filePages() == 0;
                    case MAPCOUNT_IS_MAPPINGS -> mayFail || migrates || processes.count() > 1;
                    case DEVICE_DIRTY_NEVER_LOST, NO_TRANSLATION_THROUGH_UNMAPPED_DMA, NO_DMA_MAPPING_LEAKED -> false;
                    case EXCLUSIVE_IS_EXCLUSIVE, NO_FREE_PAGE_LOCKED -> exclusive;
                    case NO_CPU_TRANSLATION_OF_DEVICE_MEMORY, DEVICE_PRIVATE_ENTRY_HAS_ITS_PAGE ->
                        memory.deviceFrames() > 0;
                    // "We do not preserve soft-dirty information": copy_nonpresent_pte
                    case SOFT_DIRTY_NEVER_LOST -> migrates && !memory.hasRmap();
                    default -> !invariant.isAsked() && (migrates || !invariant.isOfMigration());
                })
                .toList();
    }

    /** Whether it speaks of what is only modelled where pages migrate. */
    boolean isOfMigration() {
        return switch (this) {
            case MIGRATION_ENTRY_IMPLIES_LOCKED_PAGE,
                    MIGRATION_ENTRY_IMPLIES_UNMAPPED,
                    NO_PAGE_LEFT_ISOLATED,
                    DIRTY_NEVER_LOST,
                    NO_CPU_TRANSLATION_OF_DEVICE_MEMORY,
                    DEVICE_PRIVATE_ENTRY_HAS_ITS_PAGE,
                    SOFT_DIRTY_NEVER_LOST -> true;
            default -> false;
        };
    }

    /** Whether it is no requirement but a claim, which correct designs may refute. */
    boolean isAsked() {
        return this == MIGRATION_ENTRY_IMPLIES_UNMAPPED || this == WRITABLE_ONLY_TO_WRITERS;
    }

    /** The name in files and reports. */
    public String title() {
        return title;
    }

    /** What it says, in one sentence. */
    public String sentence() {
        return sentence;
    }

    /** The invariant, of one rig. */
    Invariant on(Rig rig) {
        return maker.apply(rig);
    }

    private Invariant invariant(List<Word> reads, Supplier<String> check) {
        return new Invariant(title, reads, check);
    }

    private static Invariant noTranslationOutlivesItsPage(Rig rig) {
        List<Word> reads = new ArrayList<>();
        for (RigProcess process : rig.processes()) {
            reads.addAll(process.translationsOfCpus());
            reads.addAll(process.translationsOfDevices());
        }
        rig.memory().pages().forEach(page -> reads.add(page.refCount().word()));
        return NO_TRANSLATION_OUTLIVES_ITS_PAGE.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    for (Cpu cpu : process.mm().cpus()) {
                        Pte entry = cpu.tlb().peek(address);
                        if (reachesUnreferencedPage(rig, entry)) {
                            return cpu.task() + " has a TLB entry of page " + address + " for " + entry
                                    + ", which has no reference";
                        }
                    }
                    for (Map.Entry<String, SecondaryMmu> device :
                            process.devices().entrySet()) {
                        for (Pte entry : device.getValue().peek(address)) {
                            if (reachesUnreferencedPage(rig, entry)) {
                                return device.getKey() + " translates page " + address + " to " + entry
                                        + ", which has no reference";
                            }
                        }
                    }
                    return null;
                }));
    }

    /** The first complaint about a page of a process, or null. */
    private static String firstOf(Rig rig, BiFunction<RigProcess, Integer, String> complaint) {
        for (RigProcess process : rig.processes()) {
            for (int address = 0; address < process.mm().pageTable().span(); address++) {
                String wrong = complaint.apply(process, address);
                if (wrong != null) {
                    return wrong;
                }
            }
        }
        return null;
    }

    private static boolean reachesUnreferencedPage(Rig rig, Pte entry) {
        return entry.permits(false)
                && rig.memory().page(entry.pfn()).refCount().word().peek() == 0;
    }

    private static Invariant secondaryNeverWiderThanPrimary(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        for (RigProcess process : rig.processes()) {
            reads.addAll(process.mm().pageTable().words());
            reads.addAll(process.translationsOfDevices());
        }
        return SECONDARY_NEVER_WIDER_THAN_PRIMARY.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    Pte pte = process.mm().pageTable().peek(address);
                    for (Map.Entry<String, SecondaryMmu> device :
                            process.devices().entrySet()) {
                        for (Pte entry : device.getValue().peek(address)) {
                            if (entry.isWiderThan(pte.asSeenByDevice()) && !rig.isNarrowing(process, address)) {
                                return device.getKey() + " translates page " + address + " to " + entry
                                        + ", its PTE is " + pte;
                            }
                        }
                    }
                    return null;
                }));
    }

    private static Invariant noTranslationThroughUnmappedDma(Rig rig) {
        List<Word> reads = new ArrayList<>();
        return NO_TRANSLATION_THROUGH_UNMAPPED_DMA.invariant(
                reads, firstOfDevices(rig, reads, SecondaryMmu::peekUnmapped));
    }

    private static Invariant noDmaMappingLeaked(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        Supplier<String> check = firstOfDevices(rig, reads, SecondaryMmu::peekLeaked);
        return NO_DMA_MAPPING_LEAKED.invariant(reads, () -> rig.isQuiescent() ? check.get() : null);
    }

    /** The first complaint about a device, or null; the words of all are added to {@code reads}. */
    private static Supplier<String> firstOfDevices(
            Rig rig, List<Word> reads, Function<SecondaryMmu, String> complaint) {
        List<SecondaryMmu> devices = new ArrayList<>();
        rig.processes().forEach(process -> devices.addAll(process.devices().values()));
        devices.forEach(device -> reads.addAll(device.words()));
        return () -> devices.stream()
                .map(complaint)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static Invariant writableOnlyToWriters(Rig rig) {
        List<Word> reads = new ArrayList<>();
        rig.processes().forEach(process -> reads.addAll(process.translationsOfDevices()));
        return WRITABLE_ONLY_TO_WRITERS.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    for (Map.Entry<String, SecondaryMmu> device :
                            process.devices().entrySet()) {
                        for (Pte entry : device.getValue().peek(address)) {
                            if (entry.permits(true) && !rig.stores(device.getKey())) {
                                return device.getKey() + ", which never stores, translates page " + address + " to "
                                        + entry;
                            }
                        }
                    }
                    return null;
                }));
    }

    private static Invariant tlbNeverWiderThanPageTable(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        for (RigProcess process : rig.processes()) {
            reads.addAll(process.mm().pageTable().words());
            reads.addAll(process.translationsOfCpus());
        }
        return TLB_NEVER_WIDER_THAN_PAGE_TABLE.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    Pte pte = process.mm().pageTable().peek(address);
                    for (Cpu cpu : process.mm().cpus()) {
                        Pte entry = cpu.tlb().peek(address);
                        if (entry.isWiderThan(pte) && !rig.isNarrowing(process, address)) {
                            return cpu.task() + " has a TLB entry of page " + address + " for " + entry
                                    + ", its PTE is " + pte;
                        }
                    }
                    return null;
                }));
    }

    private static Invariant refcountIsHoldersPlusMappings(Rig rig) {
        List<SecondaryMmu> devices = new ArrayList<>();
        rig.processes().forEach(process -> devices.addAll(process.devices().values()));
        List<Word> reads = new ArrayList<>(rig.inFlight());
        devices.forEach(device -> reads.addAll(device.words()));
        List<Pins> pins = new ArrayList<>();
        rig.processes().forEach(process -> process.pins().forEach(pins::add));
        pins.forEach(pin -> reads.addAll(pin.words()));
        List<PageCache> files = rig.files();
        files.forEach(file -> reads.addAll(file.words()));
        Lru lru = rig.memory().lru();
        if (lru != null) {
            reads.addAll(lru.words());
        }
        for (Page page : rig.memory().pages()) {
            reads.add(page.refCount().word());
            reads.add(page.mapCount());
        }
        return REFCOUNT_IS_HOLDERS_PLUS_MAPPINGS.invariant(reads, () -> {
            boolean quiescent = rig.isQuiescent();
            for (Page page : rig.memory().pages()) {
                long held = page.mapCount().peek();
                for (SecondaryMmu device : devices) {
                    held += device.peekPins(page.pfn());
                }
                for (Pins pin : pins) {
                    held += pin.peek(page.pfn());
                }
                held += lru == null ? 0 : lru.peekPagevecs(page.pfn());
                for (PageCache file : files) {
                    held += IntStream.range(0, file.pages())
                            .filter(index -> file.peekFrame(index) == page.pfn())
                            .count();
                }
                long count = page.refCount().word().peek();
                if (count < held || (quiescent && count != held)) {
                    return page + " has a refcount of " + count + " for " + held + " mappings and pins";
                }
            }
            return null;
        });
    }

    private static Invariant noFreePageWithReference(Rig rig) {
        PhysicalMemory memory = rig.memory();
        List<Word> reads = new ArrayList<>();
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().words()));
        reads.addAll(memory.freeWords());
        for (Page page : memory.pages()) {
            reads.add(page.refCount().word());
            reads.add(page.mapCount());
        }
        return NO_FREE_PAGE_WITH_REFERENCE.invariant(reads, () -> {
            for (Page page : memory.pages()) {
                boolean used =
                        page.refCount().word().peek() != 0 || page.mapCount().peek() != 0;
                if (used && isFree(memory, page.pfn())) {
                    return page + " is free with a refcount of "
                            + page.refCount().word().peek() + " and a mapcount of "
                            + page.mapCount().peek();
                }
            }
            return firstOf(rig, (process, address) -> {
                Pte pte = process.mm().pageTable().peek(address);
                return pte.isPresent() && isFree(memory, pte.pfn())
                        ? "the PTE of page " + address + " maps " + pte + ", which is free"
                        : null;
            });
        });
    }

    private static boolean isFree(PhysicalMemory memory, int pfn) {
        return memory.peekFree(pfn);
    }

    private static Invariant mapcountIsMappings(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().words()));
        rig.memory().pages().forEach(page -> reads.add(page.mapCount()));
        return MAPCOUNT_IS_MAPPINGS.invariant(reads, () -> {
            if (!rig.isQuiescent()) {
                return null;
            }
            for (Page page : rig.memory().pages()) {
                long mappings = 0;
                for (RigProcess process : rig.processes()) {
                    mappings += process.mappings(page);
                }
                if (page.mapCount().peek() != mappings) {
                    return page + " has a mapcount of " + page.mapCount().peek() + " for " + mappings + " PTEs";
                }
            }
            return null;
        });
    }

    private static Invariant migrationEntryImpliesLockedPage(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().words()));
        rig.memory().pages().forEach(page -> reads.add(page.lock().word()));
        return MIGRATION_ENTRY_IMPLIES_LOCKED_PAGE.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    Pte pte = process.mm().pageTable().peek(address);
                    if (!pte.isMigrationEntry()) {
                        return null;
                    }
                    Page page = rig.memory().page(pte.pfn());
                    if (page.lock().word().peek() == 0) {
                        return "the PTE of page " + address + " is " + pte + ", and " + page + " is not locked";
                    }
                    return rig.isQuiescent() ? "the PTE of page " + address + " is " + pte + " for ever" : null;
                }));
    }

    private static Invariant migrationEntryImpliesUnmapped(Rig rig) {
        List<Word> reads = new ArrayList<>();
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().words()));
        return MIGRATION_ENTRY_IMPLIES_UNMAPPED.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    Pte pte = process.mm().pageTable().peek(address);
                    if (!pte.isMigrationEntry()) {
                        return null;
                    }
                    Page page = rig.memory().page(pte.pfn());
                    return rig.processes().stream().allMatch(other -> other.mappings(page) == 0)
                            ? null
                            : "the PTE of page " + address + " is " + pte + ", and " + page + " is mapped elsewhere";
                }));
    }

    /** A complaint about a page that a process maps, while nothing is in flight. */
    private static Invariant ofMapped(
            Invariants invariant, Rig rig, List<Word> more, BiFunction<Pte, Page, String> complaint) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().words()));
        reads.addAll(more);
        return invariant.invariant(reads, () -> {
            if (!rig.isQuiescent()) {
                return null;
            }
            return firstOf(rig, (process, address) -> {
                Pte pte = process.mm().pageTable().peek(address);
                return pte.isPresent() ? complaint.apply(pte, rig.memory().page(pte.pfn())) : null;
            });
        });
    }

    private static Invariant noPageLeftIsolated(Rig rig) {
        Lru lru = rig.memory().lru();
        List<Word> more = new ArrayList<>(lru.words());
        rig.memory().pages().forEach(page -> more.add(page.flags()));
        return ofMapped(NO_PAGE_LEFT_ISOLATED, rig, more, (_, page) -> {
            boolean onList = (page.flags().peek() & Page.LRU) != 0;
            return onList || lru.peekPagevecs(page.pfn()) != 0 ? null : page + " is mapped, and on no LRU list";
        });
    }

    private static Invariant dirtyNeverLost(Rig rig) {
        List<Word> more = new ArrayList<>();
        rig.memory().pages().forEach(page -> more.addAll(List.of(page.flags(), page.content())));
        return ofMapped(DIRTY_NEVER_LOST, rig, more, (pte, page) -> {
            boolean dirty = pte.isDirty() || (page.flags().peek() & Page.DIRTY) != 0;
            return dirty || !isStoredTo(page)
                    ? null
                    : page + " holds " + page.content().peek() + ", and is clean";
        });
    }

    private static Invariant noCpuTranslationOfDeviceMemory(Rig rig) {
        List<Word> reads = new ArrayList<>();
        for (RigProcess process : rig.processes()) {
            reads.addAll(process.mm().pageTable().words());
            reads.addAll(process.translationsOfCpus());
        }
        return NO_CPU_TRANSLATION_OF_DEVICE_MEMORY.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    Pte pte = process.mm().pageTable().peek(address);
                    if (pte.isPresent() && rig.memory().page(pte.pfn()).isZoneDevice()) {
                        return "the PTE of page " + address + " is " + pte + ", which is a device's";
                    }
                    for (Cpu cpu : process.mm().cpus()) {
                        Pte entry = cpu.tlb().peek(address);
                        if (entry.permits(false)
                                && rig.memory().page(entry.pfn()).isZoneDevice()) {
                            return cpu.task() + " has a TLB entry of page " + address + " for " + entry
                                    + ", which is a device's";
                        }
                    }
                    return null;
                }));
    }

    private static Invariant devicePrivateEntryHasItsPage(Rig rig) {
        List<Word> reads = new ArrayList<>();
        for (RigProcess process : rig.processes()) {
            reads.addAll(process.mm().pageTable().words());
            reads.addAll(process.mm().pageTable().locks());
        }
        for (Page page : rig.memory().pages()) {
            if (page.isZoneDevice()) {
                reads.addAll(List.of(page.refCount().word(), page.zoneDeviceData()));
            }
        }
        return DEVICE_PRIVATE_ENTRY_HAS_ITS_PAGE.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    PageTable table = process.mm().pageTable();
                    Pte pte = table.peek(address);
                    if (!pte.isDevicePrivate() || table.peekLock(address).peek() != 0) {
                        return null;
                    }
                    Page page = rig.memory().page(pte.pfn());
                    boolean given = page.isZoneDevice() && page.zoneDeviceData().peek() != Page.NO_DATA;
                    return given && page.refCount().word().peek() > 0
                            ? null
                            : "the PTE of page " + address + " is " + pte + ", and " + page + " is nobody's";
                }));
    }

    private static Invariant exclusiveIsExclusive(Rig rig) {
        List<Word> reads = new ArrayList<>();
        for (RigProcess process : rig.processes()) {
            reads.addAll(process.mm().pageTable().words());
            reads.addAll(process.translationsOfCpus());
            reads.addAll(process.translationsOfDevices());
        }
        return EXCLUSIVE_IS_EXCLUSIVE.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    for (Map.Entry<String, SecondaryMmu> device :
                            process.devices().entrySet()) {
                        if (device.getValue().peekExclusive(address)) {
                            int pfn = device.getValue().peek(address).getFirst().pfn();
                            String access = firstOf(rig, (other, at) -> accessOf(other, at, pfn));
                            if (access != null) {
                                return device.getKey() + " has page" + pfn + " for itself at page " + address + ", and "
                                        + access;
                            }
                        }
                    }
                    return null;
                }));
    }

    /** By what a CPU reaches a frame at {@code address}, or null. */
    private static String accessOf(RigProcess process, int address, int pfn) {
        Pte pte = process.mm().pageTable().peek(address);
        if (pte.permits(false) && pte.pfn() == pfn) {
            return "the PTE of page " + address + " is " + pte;
        }
        for (Cpu cpu : process.mm().cpus()) {
            Pte entry = cpu.tlb().peek(address);
            if (entry.permits(false) && entry.pfn() == pfn) {
                return cpu.task() + " has a TLB entry of page " + address + " for " + entry;
            }
        }
        return null;
    }

    private static Invariant noFreePageLocked(Rig rig) {
        PhysicalMemory memory = rig.memory();
        List<Word> reads = new ArrayList<>(memory.freeWords());
        memory.pages().forEach(page -> reads.add(page.lock().word()));
        return NO_FREE_PAGE_LOCKED.invariant(reads, () -> {
            for (Page page : memory.pages()) {
                if (isFree(memory, page.pfn()) && page.lock().word().peek() != 0) {
                    return page + " is free, and locked";
                }
            }
            return null;
        });
    }

    private static Invariant softDirtyNeverLost(Rig rig) {
        List<Word> more = new ArrayList<>();
        rig.memory().pages().forEach(page -> more.add(page.content()));
        return ofMapped(
                SOFT_DIRTY_NEVER_LOST,
                rig,
                more,
                (pte, page) -> pte.isSoftDirty() || !isStoredTo(page)
                        ? null
                        : page + " holds " + page.content().peek() + ", and " + pte + " is not soft-dirty");
    }

    private static Invariant deviceDirtyNeverLost(Rig rig) {
        List<SecondaryMmu> devices = new ArrayList<>();
        rig.processes().forEach(process -> devices.addAll(process.devices().values()));
        List<Word> reads = new ArrayList<>(rig.inFlight());
        devices.forEach(device -> reads.addAll(device.words()));
        rig.memory()
                .pages()
                .forEach(page ->
                        reads.addAll(List.of(page.flags(), page.refCount().word())));
        return DEVICE_DIRTY_NEVER_LOST.invariant(reads, () -> {
            if (!rig.isQuiescent()) {
                return null;
            }
            for (Page page : rig.memory().pages()) {
                long flags = page.flags().peek();
                boolean stored = (flags & Page.DEVICE_STORED) != 0
                        && page.refCount().word().peek() != 0;
                boolean dirty =
                        (flags & Page.DIRTY) != 0 || devices.stream().anyMatch(device -> device.peekDirty(page.pfn()));
                if (stored && !dirty) {
                    return page + " was stored to by a device, and nothing says so";
                }
            }
            return null;
        });
    }

    private static Invariant noDirtyDataLost(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.files().forEach(file -> reads.addAll(file.words()));
        rig.memory().pages().forEach(page -> reads.addAll(List.of(page.flags(), page.content())));
        return NO_DIRTY_DATA_LOST.invariant(reads, () -> {
            if (!rig.isQuiescent()) {
                return null;
            }
            for (PageCache file : rig.files()) {
                for (int index = 0; index < file.peekSize(); index++) {
                    if (file.peekFrame(index) < 0) {
                        continue;
                    }
                    Page page = rig.memory().page(file.peekFrame(index));
                    long content = page.content().peek();
                    if ((page.flags().peek() & Page.DIRTY) == 0 && content != file.peekDisk(index)) {
                        return page + " holds " + content + " and is clean, and on the disk is " + file.peekDisk(index);
                    }
                }
            }
            return null;
        });
    }

    private static Invariant writebackHasItsPage(Rig rig) {
        List<Word> reads = new ArrayList<>();
        rig.files().forEach(file -> reads.addAll(file.writebackWords()));
        rig.memory().pages().forEach(page -> reads.add(page.refCount().word()));
        return WRITEBACK_HAS_ITS_PAGE.invariant(reads, () -> {
            for (PageCache file : rig.files()) {
                for (Page page : rig.memory().pages()) {
                    if (file.peekWriteback(page) && page.refCount().word().peek() == 0) {
                        return page + " is free and under writeback";
                    }
                }
            }
            return null;
        });
    }

    private static Invariant truncatedPageIsGone(Rig rig) {
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.files().forEach(file -> reads.addAll(file.words()));
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().words()));
        return TRUNCATED_PAGE_IS_GONE.invariant(
                reads,
                () -> firstOf(rig, (process, address) -> {
                    PageCache file = process.mm().pageCache();
                    Pte pte = process.mm().pageTable().peek(address);
                    if (file == null || address >= file.pages() || !pte.isPresent()) {
                        return null;
                    }
                    if (file.peekFrame(address) != pte.pfn()) {
                        return "the PTE of page " + address + " maps " + pte + ", which is not in the page cache";
                    }
                    return rig.isQuiescent() && address >= file.peekSize()
                            ? "the PTE of page " + address + " maps " + pte + " beyond the end of the file"
                            : null;
                }));
    }

    /** Pages begin with zeroes, and scenarios store other values. */
    private static boolean isStoredTo(Page page) {
        return page.content().peek() != 0;
    }

    private static Invariant noLeakedMemory(Rig rig) {
        PhysicalMemory memory = rig.memory();
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.processes().forEach(process -> reads.addAll(process.mm().pageTable().linkWords()));
        reads.addAll(memory.freeWords());
        memory.pages().forEach(page -> reads.add(page.refCount().word()));
        return NO_LEAKED_MEMORY.invariant(reads, () -> {
            if (!rig.isQuiescent()) {
                return null;
            }
            for (Page page : memory.pages()) {
                if (!isFree(memory, page.pfn()) && page.refCount().word().peek() == 0) {
                    return page + " has no reference and is not free";
                }
            }
            for (RigProcess process : rig.processes()) {
                PageTable.Leaf leaf = process.mm().pageTable().peekUnlinked();
                if (leaf != null) {
                    return leaf + " is neither linked nor free";
                }
            }
            return null;
        });
    }
}
