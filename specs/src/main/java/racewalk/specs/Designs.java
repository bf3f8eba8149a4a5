package racewalk.specs;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import racewalk.contpte.Contpte;
import racewalk.contpte.Hugetlb;
import racewalk.contpte.LargeFolioMm;
import racewalk.contpte.LargeTlb;
import racewalk.hmm.HairgroveTable;
import racewalk.hmm.Hmm;
import racewalk.hmm.HmmDevice;
import racewalk.hmm.HmmDifference;
import racewalk.hmm.HmmMirror;
import racewalk.hmm.HmmPtIter;
import racewalk.hmm.RangeUser;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.migrate.HmmMigrateV13;
import racewalk.migrate.HmmMigrateV13Sleeping;
import racewalk.migrate.HmmMigrateV15;
import racewalk.migrate.HmmMigrateV15Early;
import racewalk.migrate.HmmVmaMigrate;
import racewalk.migrate.HmmVmaMigrate.Repair;
import racewalk.migrate.MigratePages;
import racewalk.migrate.MigratePagesUnlocked;
import racewalk.migrate.MigrateVma;
import racewalk.migrate.Migration;
import racewalk.migrate.MovePages;
import racewalk.migrate.PageMigration;
import racewalk.mm.AddressSpace;
import racewalk.mm.ClearRefs;
import racewalk.mm.DeviceExclusive;
import racewalk.mm.Fault;
import racewalk.mm.Fault2016;
import racewalk.mm.Fault2016Unlocked;
import racewalk.mm.FaultRmapLate;
import racewalk.mm.FaultToday;
import racewalk.mm.FileFault;
import racewalk.mm.Files;
import racewalk.mm.Files.DirtyZap;
import racewalk.mm.Files.FaultLock;
import racewalk.mm.Files.IMmapLock;
import racewalk.mm.Files.UnmapFlush;
import racewalk.mm.Fork;
import racewalk.mm.ForkToday;
import racewalk.mm.GetUserPages;
import racewalk.mm.GupFast;
import racewalk.mm.GupFastGeneric;
import racewalk.mm.GupFastToday;
import racewalk.mm.GupFastX86;
import racewalk.mm.HmmRangeFault;
import racewalk.mm.Lru;
import racewalk.mm.MmuGather;
import racewalk.mm.Mprotect;
import racewalk.mm.NotifierSites;
import racewalk.mm.PageReferenced;
import racewalk.mm.PageReferencedUnflushed;
import racewalk.mm.PageTable.PtLocks;
import racewalk.mm.Reclaim;
import racewalk.mm.Reclaim2016;
import racewalk.mm.ReclaimFile;
import racewalk.mm.Truncate;
import racewalk.mm.Unmap;
import racewalk.mm.UnmapToday;
import racewalk.mm.Writeback;
import racewalk.notifier.Arcangeli;
import racewalk.notifier.ArcangeliI386;
import racewalk.notifier.ArcangeliMprotect;
import racewalk.notifier.ArcangeliPages;
import racewalk.notifier.ArcangeliRange;
import racewalk.notifier.ArcangeliUnlocked;
import racewalk.notifier.ArcangeliV9;
import racewalk.notifier.ChangingIntervals;
import racewalk.notifier.ChangingList;
import racewalk.notifier.CoreList;
import racewalk.notifier.CoreList.LeftOut;
import racewalk.notifier.Emm;
import racewalk.notifier.EmmList;
import racewalk.notifier.EmmListAllLocks;
import racewalk.notifier.EmmV1;
import racewalk.notifier.Interval;
import racewalk.notifier.InvalidateRange;
import racewalk.notifier.Lameter;
import racewalk.notifier.LameterAfterLock;
import racewalk.notifier.LameterRmap;
import racewalk.notifier.LameterRmap.Call;
import racewalk.notifier.MmuNotifierChangePte;
import racewalk.notifier.MmuNotifierCore;
import racewalk.notifier.MmuNotifierRanges;
import racewalk.notifier.MmuNotifierRanges.RmapCalls;
import racewalk.notifier.MmuNotifierSrcu;
import racewalk.notifier.Piggin;
import racewalk.notifier.PigginJuly;
import racewalk.notifier.PigginList;
import racewalk.notifier.RcuList;
import racewalk.notifier.ReleaseFirstList;
import racewalk.notifier.SecondaryTlbs;
import racewalk.notifier.SeqlockList;
import racewalk.notifier.SpinList;
import racewalk.notifier.V10List;
import racewalk.notifier.V10ReadAgain;
import racewalk.notifier.V9List;
import racewalk.secondary.Dmirror;
import racewalk.secondary.Driver;
import racewalk.secondary.Gru;
import racewalk.secondary.Gru.Lookup;
import racewalk.secondary.GruAging;
import racewalk.secondary.GruSleeping;
import racewalk.secondary.IntervalDevice;
import racewalk.secondary.Iommu;
import racewalk.secondary.Iommu.ClearFlushYoung;
import racewalk.secondary.KvmAging;
import racewalk.secondary.KvmLockless;
import racewalk.secondary.KvmLockless.Orders;
import racewalk.secondary.KvmMprotect;
import racewalk.secondary.KvmMprotect.Permissions;
import racewalk.secondary.KvmPfnCache;
import racewalk.secondary.KvmPfnCache.Refresh;
import racewalk.secondary.KvmPin;
import racewalk.secondary.KvmSeq;
import racewalk.secondary.KvmSeq.Flush;
import racewalk.secondary.KvmSeq.Increment;
import racewalk.secondary.KvmSeq.Retry;
import racewalk.secondary.KvmSlots;
import racewalk.secondary.KvmSlots.Swap;
import racewalk.secondary.Mirror;
import racewalk.secondary.Mirror.Pattern;
import racewalk.secondary.MirrorDriver;
import racewalk.secondary.NotifiedMmu;
import racewalk.secondary.Xpmem;
import racewalk.secondary.Xpmem.Difference;
import racewalk.secondary.XpmemRmap;
import racewalk.secondary.XpmemRmap.Locking;
import racewalk.specs.Design.About;
import racewalk.specs.Design.Attached;
import racewalk.specs.Design.Kind;
import racewalk.specs.Design.Trait;

/** The registry of designs. A design that stands here joins every engine. */
public final class Designs {

    private static final List<Design> ALL = new ArrayList<>();
    private static final List<RepairedPatch> REPAIRED_PATCHES = new ArrayList<>();

    private static final Set<Repair> V13_REPAIRS = EnumSet.complementOf(EnumSet.of(Repair.PUTBACK));
    private static final Set<Repair> V15_REPAIRS =
            EnumSet.of(Repair.NOT_ISOLATED, Repair.PUTBACK, Repair.UNMAP_AGAIN, Repair.DESTINATION);
    private static final Set<Repair> V15_EARLY_REPAIRS =
            EnumSet.complementOf(EnumSet.of(Repair.PUTBACK, Repair.RESTORE_SET_BACK, Repair.SOURCES));

    private static final Set<Dmirror.Difference> DMIRROR_REPAIRS = EnumSet.of(
            Dmirror.Difference.TOLD,
            Dmirror.Difference.MAPPED_BY_FAULT,
            Dmirror.Difference.OWN_READ_ONLY,
            Dmirror.Difference.EXCLUSIVE_CHECKED);

    /** {@code page_check_address} makes its quick check without the PT lock, for {@code page_mkclean_one} too. */
    private static final Files FILES_2_6_24 =
            new Files(DirtyZap.FLUSHED_UNLOCKED, IMmapLock.SPIN, FaultLock.NONE).without(Files.LeftOut.MKCLEAN_SYNC);

    private static final Files FILES_I_MMAP_SEM =
            new Files(DirtyZap.FLUSHED_UNLOCKED, IMmapLock.WRITE, FaultLock.NONE).without(Files.LeftOut.MKCLEAN_SYNC);
    private static final Files FILES_3_14 = new Files(DirtyZap.FLUSHED_UNLOCKED, IMmapLock.WRITE, FaultLock.WHOLE);
    private static final Files FILES_4_9 = new Files(DirtyZap.FLUSHED_LOCKED, IMmapLock.WRITE, FaultLock.WHOLE);
    private static final Files FILES_7_0 = new Files(DirtyZap.RMAP_DELAYED, IMmapLock.READ, FaultLock.CREATION);

    static {
        ALL.add(new Design.Mm(
                        new About(
                                "linux-2.6.24",
                                "munmap, MADV_DONTNEED, mprotect and the page fault of January 2008",
                                "mm/memory.c, mm/mmap.c, mm/mprotect.c, asm-generic/tlb.h of 2.6.24"),
                        Unmap::new)
                .mapping(FILES_2_6_24));
        ALL.add(new Design.Mm(
                        new About(
                                "i-mmap-sem",
                                "linux-2.6.24 with a semaphore, i_mmap_sem, in place of i_mmap_lock",
                                "Lameter, [patch 04/10] emm: Convert i_mmap_lock to i_mmap_sem, 4 Apr 2008"),
                        Unmap::new)
                .mapping(FILES_I_MMAP_SEM));
        ALL.add(new Design.Mm(
                new About(
                        "rmap-after-cow",
                        "linux-2.6.24 whose copy-on-write removes the old page's rmap after the new entry is set",
                        "Piggin, [patch] mm: fix race in COW logic, 22 Jun 2008"),
                Unmap::new,
                FaultRmapLate::new,
                Fork::new));
        ALL.add(new Design.Mm(
                new About(
                        "young-unflushed",
                        "linux-2.6.24 that clears the accessed bit of a PTE and flushes no TLB for it",
                        "Li, x86/mm: In the PTE swapout page reclaim case clear the accessed bit [...], 2014"),
                Unmap::new,
                Fault::new,
                Fork::new,
                PageReferencedUnflushed::new,
                PtLocks.SPLIT));
        ALL.add(new Design.Mm(
                new About(
                        "one-ptlock",
                        "linux-2.6.24 with one PT lock for all leaf tables",
                        "linux-2.6.24 for fewer CPUs than CONFIG_SPLIT_PTLOCK_CPUS"),
                Unmap::new,
                Fault::new,
                Fork::new,
                PageReferenced::new,
                PtLocks.ONE));

        ALL.add(migration(
                        "linux-4.9",
                        "the page fault of December 2016, and move_pages",
                        "mm/memory.c, mm/migrate.c, mm/rmap.c, mm/swap.c of 4.9",
                        MigratePages::new)
                .mapping(FILES_4_9));
        ALL.add(new Design.Mm(
                new About(
                        "reuse-unlocked",
                        "linux-4.9 whose copy-on-write asks for a page's mapcount without its lock",
                        "a planted fault"),
                Unmap::new,
                Fault2016Unlocked::new,
                Fork::new,
                PageReferenced::new,
                PtLocks.SPLIT,
                MigratePages::new,
                GupFastX86::new));
        ALL.add(migration(
                "move-unlocked",
                "linux-4.9 whose move_pages does not lock the page",
                "a planted fault",
                MigratePagesUnlocked::new));
        hmm("hmm-v13", "Nov 2016: [HMM v13 16/18] mm/hmm/migrate", HmmMigrateV13::new, V13_REPAIRS);
        ALL.add(migration(
                "sleeping-v13",
                "hmm-v13-repaired that waits for the page lock where it can only try it",
                "a planted fault",
                (mm, notifier) -> new HmmMigrateV13Sleeping(mm, notifier, V13_REPAIRS)));
        hmm("hmm-v15", "6 Jan 2017: [HMM v15 13/16] mm/hmm/migrate", HmmMigrateV15::new, V15_REPAIRS);
        hmm("hmm-v15-early", "the same, and [HMM v15 14/16]", HmmMigrateV15Early::new, V15_EARLY_REPAIRS);

        ALL.add(today("linux-7.0", "the page fault, fork and migrate_vma_setup of today", Set.of())
                .mapping(FILES_7_0));
        ALL.add(today(
                "linux-7.0-flush-late",
                "linux-7.0 that flushes the TLBs for collected pages after it has dropped the PT lock",
                EnumSet.of(MigrateVma.LeftOut.FLUSH_LOCKED)));
        ALL.add(today(
                        "linux-7.0-dirty-dropped",
                        "linux-7.0 that forgets the dirty bits of collected entries",
                        EnumSet.of(MigrateVma.LeftOut.DIRTY))
                .mapping(FILES_7_0));
        ALL.add(today(
                "linux-7.0-no-try-share",
                "linux-7.0 that leaves pages exclusive while they migrate, and does not ask whether they are pinned",
                EnumSet.of(MigrateVma.LeftOut.TRY_SHARE)));
        ALL.add(today(
                "linux-7.0-no-counts",
                "linux-7.0 that does not look at the references of an unmapped page",
                EnumSet.of(MigrateVma.LeftOut.COUNTS)));
        ALL.add(today(
                "linux-7.0-pins-ignored",
                "linux-7.0-no-try-share that does not look at the references either",
                EnumSet.of(MigrateVma.LeftOut.TRY_SHARE, MigrateVma.LeftOut.COUNTS)));
        ALL.add(today(
                "linux-7.0-child-first",
                "linux-7.0 whose remove_migration_ptes comes to the child of a fork before its parent",
                EnumSet.of(MigrateVma.LeftOut.PARENT_FIRST)));
        ALL.add(today(
                "linux-7.0-wait-referenced",
                "linux-7.0 whose faults take a reference until they sleep for a migration, as until 2021",
                FaultToday.WaitsWithReference::new,
                Set.of()));
        ALL.add(today(
                "device-fault-unreferenced",
                "linux-7.0 whose faults have no reference on a device-private page, nor its lock, as until 2022",
                FaultToday.DeviceUnreferenced::new,
                Set.of()));
        ALL.add(today(
                "device-fault-unlocked",
                "linux-7.0 whose faults do not lock a device-private page, as from 2022 to 2025",
                FaultToday.DeviceUnlocked::new,
                Set.of()));
        ALL.add(today(
                "device-fault-unchecked",
                "linux-7.0 whose faults do not look again whether there is a device-private entry still",
                FaultToday.DeviceUnchecked::new,
                Set.of()));

        ALL.add(munmap(
                "munmap-zap-first",
                "linux-7.0 whose munmap zaps with the mmap lock held for read, and detaches the VMAs then",
                UnmapToday.Phases.ZAPPED_FIRST));
        ALL.add(munmap(
                "munmap-downgrade-first",
                "linux-7.0 whose munmap holds the mmap lock only for read when it detaches the VMAs",
                UnmapToday.Phases.DOWNGRADED_FIRST));

        ALL.add(exclusiveFault(
                "exclusive-fault-unreferenced",
                "linux-7.0 whose faults have no reference on the page of a device-exclusive entry, as until 2023",
                DeviceExclusive.LeftOut.REFERENCE));
        ALL.add(exclusiveFault(
                "exclusive-fault-untold",
                "linux-7.0 whose faults on a device-exclusive entry tell no device",
                DeviceExclusive.LeftOut.NOTIFIER));
        ALL.add(exclusiveFault(
                "exclusive-fault-unchecked",
                "linux-7.0 whose faults do not look again whether there is a device-exclusive entry still",
                DeviceExclusive.LeftOut.RECHECK));
        ALL.add(exclusiveFork(
                "exclusive-fork-waits",
                "linux-7.0 whose fork waits where the page of a device-exclusive entry is locked",
                ForkToday.OnExclusive.RESTORE_AND_WAIT));
        ALL.add(exclusiveFork(
                "exclusive-fork-copies",
                "linux-7.0 whose fork copies a device-exclusive entry as it is",
                ForkToday.OnExclusive.COPY));

        ALL.add(movePages("move-pages", "linux-7.0 whose 'migrate' is move_pages", Set.of()));
        ALL.add(movePages(
                "exclusive-move-writable",
                "move-pages that makes a writable migration entry of a device-exclusive one",
                EnumSet.of(MigrateVma.LeftOut.EXCLUSIVE_READ_ONLY)));

        ALL.add(migration(
                "gup-flush-without-interrupt",
                "linux-4.9 on a machine whose TLBs are flushed without an interrupt",
                "arch/x86/mm/gup.c of 4.9, which did not run there",
                MigratePages::new,
                GupFastX86.FlushedWithoutInterrupt::new));
        ALL.add(migration(
                "gup-generic",
                "the same with the GUP-fast that reads an entry twice",
                "mm/gup.c under CONFIG_HAVE_GENERIC_RCU_GUP",
                MigratePages::new,
                GupFastGeneric::new));
        ALL.add(gupToday(
                "gup-no-reread",
                "linux-7.0 whose GUP-fast does not look again at the entry of the page that it has grabbed",
                GupFastToday.LeftOut.PTE_REREAD));
        ALL.add(gupToday(
                "gup-no-pmd-reread",
                "linux-7.0 whose GUP-fast looks again at the entry alone, and not at the one above it",
                GupFastToday.LeftOut.PMD_REREAD));
        ALL.add(gupToday(
                "gup-no-seq",
                "linux-7.0 whose GUP-fast does not ask for write_protect_seq",
                GupFastToday.LeftOut.WRITE_PROTECT_SEQ));
        ALL.add(gupToday(
                "gup-tables-at-once",
                "linux-7.0 that frees a page table as soon as the TLBs are flushed",
                GupFastToday.LeftOut.TABLE_RCU));
        ALL.add(today(
                "gup-count-first",
                "linux-7.0 that looks whether a page is pinned, and clears its entry then",
                EnumSet.of(MigrateVma.LeftOut.COUNTS, MigrateVma.LeftOut.CLEARED_FIRST)));

        file(
                "file-zap-flush-late",
                "linux-4.9 whose zap flushes the TLBs for a dirty page when it has dropped the PT lock, as 3.14",
                "mm/memory.c before 1cf35d47712d, \"mm: split 'tlb_flush_mmu()' [...]\", 2014",
                FILES_3_14);
        file("file-no-mkclean", "linux-7.0 whose writeback leaves the PTEs as they are", Files.LeftOut.MKCLEAN);
        file(
                "file-mkclean-unflushed",
                "linux-7.0 whose page_mkclean flushes no TLB",
                "Zijlstra, \"fix page_mkclean_one()\", 20 Dec 2006, without it",
                FILES_7_0.without(Files.LeftOut.MKCLEAN_FLUSH));
        file(
                "file-mkclean-unsynced",
                "linux-7.0 whose page_mkclean passes over a PTE that is none without the PT lock",
                Files.LeftOut.MKCLEAN_SYNC);
        file(
                "file-fault-unchecked",
                "linux-7.0 whose fault maps a page without a look whether it is in the page cache still",
                Files.LeftOut.FAULT_MAPPING);
        file(
                "file-size-unchecked",
                "linux-7.0 whose fault does not look at the size of the file again when it has locked the page",
                Files.LeftOut.FAULT_SIZE);
        file(
                "file-mkwrite-unchecked",
                "linux-7.0 whose page_mkwrite does not look whether the page is in the page cache still",
                Files.LeftOut.MKWRITE_MAPPING);
        file(
                "file-truncate-unwaited",
                "linux-7.0 whose truncation does not wait for the writeback of a page",
                Files.LeftOut.TRUNCATE_WAIT);
        file(
                "file-truncate-mapped",
                "linux-7.0 whose truncation does not unmap again the page that it has locked",
                Files.LeftOut.TRUNCATE_UNMAP);

        file(
                "file-migrate-written",
                "linux-4.9 whose move_pages moves a page that is under writeback",
                "a planted fault",
                FILES_4_9.without(Files.LeftOut.MIGRATE_WAIT));
        file("file-migrate-clean", "linux-7.0 whose migrations leave PG_dirty behind", Files.LeftOut.MIGRATE_DIRTY);
        file(
                "file-reclaim-clean-late",
                "linux-7.0 whose reclaim defers the flush of the TLBs for a page if its PTE was clean",
                "Gorman, \"mm: send one IPI per CPU to TLB flush all entries after unmapping pages\", 2015",
                FILES_7_0.with(UnmapFlush.DEFERRED_IF_CLEAN));
        file(
                "file-reclaim-flush-locked",
                "linux-7.0 whose reclaim flushes the TLBs before it unlocks the page",
                "a repair of shrink_folio_list; nobody wrote it",
                FILES_7_0.with(UnmapFlush.BEFORE_UNLOCK));

        ALL.add(new Design.Notifier(
                new About("none", "nobody is told", "Linux 2.6.24", Set.of(Trait.FILES)),
                _ -> new Attached(NotifierSites.NONE, _ -> {})));
        ALL.add(notifier(
                new About(
                        "arcangeli",
                        "under the PT lock, after the PTE is cleared, before the page reference is dropped",
                        "Arcangeli, Re: [patch 1/6] mmu_notifier: Core code, 17 Feb 2008",
                        Set.of(Trait.FILES)),
                Arcangeli::new,
                Arcangeli::register,
                changing(SpinList<Arcangeli.Ops>::new, Arcangeli::new)));
        ALL.add(notifier(
                new About(
                        "arcangeli-i386",
                        "arcangeli where the architecture has its own ptep_clear_flush_young: no age_page",
                        "the same, and include/asm-x86/pgtable_32.h of 2.6.24"),
                ArcangeliI386::new,
                ArcangeliI386::register));
        ALL.add(notifier(
                new About(
                        "arcangeli-pages",
                        "arcangeli with one invalidate_pages for a leaf table in a zap, not one call for each PTE",
                        "what seed 001 says of invalidate_pages; the patch has it in mprotect and fork alone"),
                ArcangeliPages::new,
                ArcangeliPages::register));
        ALL.add(notifier(
                new About(
                        "arcangeli-range",
                        "arcangeli with one invalidate_pages for a zap's whole range, under the last table's PT lock",
                        "a planted fault: what Lameter, Re: [PATCH] mmu notifiers #v5, 31 Jan 2008, took it for"),
                ArcangeliRange::new,
                ArcangeliRange::register));
        ALL.add(notifier(
                new About(
                        "lameter",
                        "range begin and end around the operation, the end after the pages are released",
                        "Lameter, [patch 1/6] and [patch 2/6] mmu_notifier, 8 Feb 2008",
                        Set.of(Trait.FILES)),
                Lameter::new,
                Lameter::register,
                changing(RcuList<Lameter.Ops>::new, Lameter::new)));
        ALL.add(notifier(
                new About(
                        "lameter-no-rcu",
                        "lameter that walks the list outside RCU",
                        "what the patch says: We can sleep if atomic == 0; nobody posted it",
                        Set.of(Trait.FILES)),
                _ -> Lameter.outsideRcu(),
                Lameter::register));
        ALL.add(notifier(
                new About(
                        "lameter-after-lock",
                        "lameter-no-rcu that tells of a file that is cut when i_mmap_lock has been dropped",
                        "Arcangeli, Re: [patch 1/6] mmu_notifier: Core code, 17 Feb 2008; nobody posted it",
                        Set.of(Trait.FILES)),
                _ -> new LameterAfterLock(),
                LameterAfterLock::register));
        ALL.add(piggin(
                Piggin.Callbacks.BOTH,
                new About(
                        "piggin",
                        "unmap after each PTE is cleared, invalidate_range beside the flushes of the TLB",
                        "Piggin, [patch] my mmu notifiers, 19 Feb 2008",
                        Set.of(Trait.FILES))));
        ALL.add(piggin(
                Piggin.Callbacks.UNMAP,
                new About(
                        "piggin-unmap",
                        "the same patch for a device that has unmap alone, as its sample driver",
                        "Piggin, [patch] my mmu notifiers, and its sample driver, 19 Feb 2008")));
        ALL.add(notifier(
                new About(
                        "piggin-july",
                        "invalidate_range alone, before tlb_finish_mmu and in ptep_clear_flush_notify",
                        "Piggin, MMU notifiers review and some proposals, 24 Jul 2008"),
                PigginJuly::new,
                PigginJuly::register));

        ALL.add(notifier(
                new About(
                        "arcangeli-v9",
                        "begin and end around operations on ranges, invalidate_page under the PT lock at a copy",
                        "Arcangeli, mmu notifiers #v9, 3 Mar 2008, by Piggin, [patch] mmu-v8: demacro, same day",
                        Set.of(Trait.FILES)),
                ArcangeliV9::new,
                ArcangeliV9::register,
                changing(V9List<ArcangeliV9.Ops>::new, ArcangeliV9::new)));
        ALL.add(notifier(
                new About(
                        "arcangeli-v9-unlocked",
                        "arcangeli-v9 with invalidate_page after the PT lock is dropped; methods may sleep",
                        "Arcangeli, [PATCH] 2/4 and 3/4 (#v9 was 1/4), 7 Mar 2008",
                        Set.of(Trait.FILES)),
                ArcangeliUnlocked::new,
                ArcangeliUnlocked::register,
                changing(SeqlockList<ArcangeliV9.Ops>::new, ArcangeliUnlocked::new)));
        ALL.add(notifier(
                new About(
                        "emm",
                        "one function, called at the start and the end of every operation",
                        "Lameter, [RFC] Notifier for Externally Mapped Memory (EMM), 3 Mar 2008",
                        Set.of(Trait.FILES)),
                _ -> new Emm(),
                Emm::register,
                changing(EmmList::new, Emm::new)));
        ALL.add(notifier(
                new About(
                        "emm-v1",
                        "emm in which every start has its end, that of a zap after the pages are released",
                        "Lameter, Notifier for Externally Mapped Memory (EMM) V1, 5 Mar 2008",
                        Set.of(Trait.FILES)),
                _ -> new EmmV1(),
                EmmV1::register));
        ALL.add(notifier(
                new About(
                        "v17",
                        "start and end inside unmap_vmas and around other ranges, invalidate_page at a copy; as merged",
                        "Arcangeli, [PATCH 001/001] mmu-notifier-core v17, 9 May 2008; Linux 2.6.27",
                        Set.of(Trait.FILES)),
                MmuNotifierCore::new,
                MmuNotifierCore::register,
                core(LeftOut.NOTHING)));
        ALL.add(notifier(
                new About(
                        "srcu",
                        "v17 with start and end around a copy, outside the PT lock; methods may sleep",
                        "Grimberg, Eran, [PATCH V2 1/2] mm: Move all mmu notifier invocations [...], 6 Sep 2012"),
                MmuNotifierSrcu::new,
                MmuNotifierSrcu::register,
                changing(
                        (machine, count) -> new CoreList<MmuNotifierCore.Ops>(
                                machine, count, machine.srcu("srcu"), LeftOut.NOTHING),
                        MmuNotifierSrcu::new)));
        ALL.add(lameterRmap(
                "lameter-rmap",
                "lameter, and a list for reclaim that knows the page and holds its lock alone, but for RCU",
                "Lameter, [patch 5/6] mmu_notifier: Support for drivers with revers maps, 8 Feb 2008",
                Call.AFTER_IN_RCU));
        ALL.add(lameterRmap(
                "lameter-rmap-no-rcu",
                "lameter-rmap that walks the list outside RCU, so that its methods may sleep",
                "what the comments in that patch say; nobody posted it",
                Call.AFTER));
        ALL.add(lameterRmap(
                "lameter-rmap-first",
                "lameter-rmap-no-rcu called before the rmap is walked",
                "Documentation/mmu_notifier/README in [patch 1/6] mmu_notifier: Core code, 8 Feb 2008",
                Call.BEFORE));
        ALL.add(notifier(
                new About(
                        "arcangeli-v10",
                        "arcangeli-v9 without RCU: a walk that a registration overtakes is done again",
                        "Arcangeli, [PATCH 1 of 8] Core of mmu notifiers (#v10), 2 Apr 2008"),
                ArcangeliV9::new,
                ArcangeliV9::register,
                changing(V10List<ArcangeliV9.Ops>::new, ArcangeliV9::new)));
        ALL.add(notifier(
                new About(
                        "arcangeli-v10-read-again",
                        "arcangeli-v10 that reads the seqlock's number in each round anew",
                        "what #v10 must have meant"),
                ArcangeliV9::new,
                ArcangeliV9::register,
                changing(V10ReadAgain<ArcangeliV9.Ops>::new, ArcangeliV9::new)));
        ALL.add(notifier(
                new About(
                        "emm-all-locks",
                        "emm whose registration takes the locks of the rmap too, by mm_take_all_locks of v17",
                        "what Arcangeli, Re: [patch 1/9] EMM Notifier, 3 Apr 2008, asks for; nobody posted it"),
                _ -> new Emm(),
                Emm::register,
                changing(EmmListAllLocks::new, Emm::new)));
        ALL.add(notifier(
                new About(
                        "v17-change-pte",
                        "v17 whose copy-on-write calls change_pte when the new entry is set, and nothing before",
                        "Eidus, ksm: add mmu_notifier set_pte_at_notify(); Linux 2.6.32 to 3.6"),
                MmuNotifierChangePte::new,
                MmuNotifierChangePte::register));
        ALL.add(v17(
                "v17-register-unlocked",
                "v17 whose registration takes neither the mmap lock nor the locks of the rmap",
                "a planted fault",
                core(LeftOut.ALL_LOCKS)));
        ALL.add(v17(
                "v17-register-mmap",
                "v17 whose registration takes the mmap lock alone, as those before it",
                "mm_take_all_locks left out",
                core(LeftOut.RMAP_LOCKS)));
        ALL.add(v17(
                "v17-unregister-no-wait",
                "v17 whose mmu_notifier_unregister does not wait for a grace period",
                "a planted fault",
                core(LeftOut.WAIT_OF_UNREGISTER)));
        ALL.add(v17(
                "v17-release-no-wait",
                "v17 whose mmu_notifier_release does not wait for a grace period",
                "a planted fault",
                core(LeftOut.WAIT_OF_RELEASE)));
        ALL.add(v17(
                "v17-release-first",
                "v17 that calls release before it unlinks the notifier",
                "Xiao, [PATCH] mm: mmu_notifier: fix freed page still mapped in secondary MMU, 3 Jul 2012",
                releaseFirst(false)));
        ALL.add(v17(
                "v17-release-first-init",
                "v17-release-first whose mmu_notifier_unregister may find the notifier unlinked",
                "Xiao, [PATCH RESEND] mm: mmu_notifier: re-fix freed page still mapped in secondary MMU, 6 May 2013",
                releaseFirst(true)));
        ALL.add(new Design.Notifier(
                new About(
                        "interval",
                        "start and end of ranges, before the flush and the release; intervals with collision-retry",
                        "mm/mmu_notifier.c of Linux 7.0-rc6",
                        Set.of(Trait.DEVICE_MEMORY)),
                machine -> attached(new Interval(machine)),
                interval(LeftOut.NOTHING)));
        ALL.add(new Design.Notifier(
                new About(
                        "register-mmap-interval",
                        "interval whose registration of a whole process takes the mmap lock alone",
                        "mm_take_all_locks left out"),
                machine -> attached(new Interval(machine)),
                interval(LeftOut.RMAP_LOCKS)));
        ALL.add(intervals(
                "remove-unlocked-interval",
                "interval whose removal waits for a change of the sequence without looking at it under the lock",
                "mm/mmu_notifier.c before Popple, [...] Fix race in mmu_interval_notifier_remove(), Apr 2022",
                ChangingIntervals.Difference.UNLOCKED_WAIT));
        ALL.add(intervals(
                "deferred-first-interval",
                "remove-unlocked-interval whose last end makes the sequence even when it has changed the tree",
                "Popple, [PATCH] mm/mmu_notifier.c: Fix race in mmu_interval_notifier_remove(), 14 Apr 2022",
                ChangingIntervals.Difference.DEFERRED_FIRST));
        ALL.add(intervals(
                "remove-no-wait-interval",
                "interval whose removal does not wait for the end of the invalidation that it collides with",
                "a planted fault",
                ChangingIntervals.Difference.NO_WAIT));
        ALL.add(intervals(
                "insert-idle-interval",
                "interval whose insertion does not look whether a range is being invalidated",
                "a planted fault",
                ChangingIntervals.Difference.AS_IF_IDLE));
        ALL.add(intervals(
                "insert-even-interval",
                "interval whose insertion leaves the sequence even while a range is being invalidated",
                "a planted fault",
                ChangingIntervals.Difference.EVEN));
        ALL.add(intervals(
                "insert-unlocked-interval",
                "interval whose first insertion sets has_itree without a lock",
                "a planted fault",
                ChangingIntervals.Difference.NO_LOCKS));
        ALL.add(new Design.Notifier(
                new About(
                        "interval-first-end",
                        "interval whose sequence is even again after the first end, though other ranges are active",
                        "a planted fault"),
                machine -> attached(new Interval(machine) {
                    @Override
                    protected boolean othersActive(boolean active) {
                        return false;
                    }
                })));
        ALL.add(notifier(
                new About(
                        "invalidate-range",
                        "invalidate_range after a gather's flush, at a copy, and at the end of ranges",
                        "include/linux/mmu_notifier.h, Documentation/mm/mmu_notifier.rst of 2014 to 2023"),
                _ -> new InvalidateRange(),
                InvalidateRange::register));
        ALL.add(notifier(
                new About(
                        "secondary-tlbs",
                        "arch_invalidate_secondary_tlbs in each flush of the TLBs, and nowhere else",
                        "Popple, mmu_notifiers: Call invalidate_range() when invalidating TLBs, Jul 2023"),
                _ -> new SecondaryTlbs(),
                SecondaryTlbs::register));
        ALL.add(notifier(
                new About(
                        "arcangeli-mprotect",
                        "arcangeli with mprotect_pages instead of invalidate_pages in mprotect",
                        "Arcangeli, Re: [patch] my mmu notifiers, 19 Feb 2008 (seed 001); nobody posted it"),
                ArcangeliMprotect::new,
                ArcangeliMprotect::register));

        ALL.add(kvm(
                KvmPin.GfnToPage.WRITE_BY_FORCE,
                new About(
                        "kvm-pin",
                        "KVM whose sptes hold page references, without a check for invalidations during the fault",
                        "Arcangeli, [PATCH] KVM swapping with MMU Notifiers V7, 16 Feb 2008")));
        ALL.add(kvm(
                KvmPin.GfnToPage.AS_WANTED,
                new About(
                        "kvm-pin-wanted",
                        "kvm-pin if it asked for a page as the guest wants it, with read-only sptes for reads",
                        "an example in Arcangeli, [PATCH 01 of 11] mmu-notifier-core, 2 May 2008; no KVM did so")));
        ALL.add(kvmSeq(
                "kvm-seq",
                "KVM whose fault retries if a range is being invalidated, or one has been; sptes hold references",
                "virt/kvm/kvm_main.c, arch/x86/kvm/mmu.c of 2.6.27",
                new KvmSeq.Variant(Retry.COUNT_AND_SEQ, Increment.IN_TIME, Flush.AFTER_UNLOCK, true)));
        ALL.add(kvmSeq(
                "kvm-seq-nopin",
                "kvm-seq whose sptes hold no references",
                "Eidus, [PATCH 1/3] kvm: dont hold pagecount reference for mapped sptes pages, 31 Mar 2009",
                new KvmSeq.Variant(Retry.COUNT_AND_SEQ, Increment.IN_TIME, Flush.AFTER_UNLOCK, false)));
        ALL.add(kvmSeq(
                "kvm-seq-flush",
                "kvm-seq-nopin that flushes the guest's TLB under mmu_lock",
                "virt/kvm/kvm_main.c since 2012",
                new KvmSeq.Variant(Retry.COUNT_AND_SEQ, Increment.IN_TIME, Flush.LOCKED, false)));
        ALL.add(kvmSeq(
                "kvm-seq-no-recheck",
                "kvm-seq whose fault does not look whether it must retry",
                "a planted fault",
                new KvmSeq.Variant(Retry.NOTHING, Increment.IN_TIME, Flush.AFTER_UNLOCK, true)));
        ALL.add(kvmSeq(
                "kvm-seq-no-count",
                "kvm-seq that looks at the sequence alone",
                "a planted fault",
                new KvmSeq.Variant(Retry.SEQ, Increment.IN_TIME, Flush.AFTER_UNLOCK, true)));
        ALL.add(kvmSeq(
                "kvm-seq-no-seq",
                "kvm-seq that looks at the count alone",
                "a planted fault",
                new KvmSeq.Variant(Retry.COUNT, Increment.IN_TIME, Flush.AFTER_UNLOCK, true)));
        ALL.add(kvmSeq(
                "kvm-seq-early",
                "kvm-seq that increments the sequence at the start of a range and not at its end",
                "a planted fault",
                new KvmSeq.Variant(Retry.COUNT_AND_SEQ, Increment.AT_START, Flush.AFTER_UNLOCK, true)));
        ALL.add(kvmSeq(
                "kvm-seq-late",
                "kvm-seq that increments the sequence when it has dropped mmu_lock",
                "what the comment in kvm_mmu_notifier_invalidate_page of 2.6.27 says would be unsafe",
                new KvmSeq.Variant(Retry.COUNT_AND_SEQ, Increment.AFTER_UNLOCK, Flush.AFTER_UNLOCK, true)));
        ALL.add(kvmAging(
                "age-kvm-ept-old",
                "kvm-seq on hardware whose sptes have no accessed bit: it says old",
                "arch/x86/kvm/mmu.c until 2010: always return old for EPT",
                Flush.AFTER_UNLOCK,
                KvmAging.Way.ALWAYS_OLD));
        ALL.add(kvmAging(
                "age-kvm-ept-unmap",
                "kvm-seq on such hardware: it says whether there was an spte, and drops it",
                "arch/x86/kvm/mmu.c since 2010: emulate the accessed bit for EPT",
                Flush.AFTER_UNLOCK,
                KvmAging.Way.UNMAP));
        ALL.add(kvmAging(
                "age-kvm-ept-locked",
                "age-kvm-ept-unmap that flushes the guest's TLB under mmu_lock",
                "the same, and virt/kvm/kvm_main.c since 2012",
                Flush.LOCKED,
                KvmAging.Way.UNMAP));
        ALL.add(kvmAging(
                "age-kvm-unflushed",
                "kvm-seq-flush that clears the accessed bit and does not flush the guest's TLB",
                "kvm_mmu_notifier_clear_young since 2015; CONFIG_KVM_ELIDE_TLB_FLUSH_IF_YOUNG",
                Flush.LOCKED,
                KvmAging.Way.NO_FLUSH));
        ALL.add(kvmAging(
                "age-kvm-ept-unflushed",
                "kvm-seq-flush without an accessed bit, which drops the spte and does not flush the guest's TLB",
                "what the comment in kvm_mmu_notifier_clear_young says of hardware before Haswell",
                Flush.LOCKED,
                KvmAging.Way.UNMAP_NO_FLUSH));
        ALL.add(gruAging(
                "age-gru-young",
                "gru-lockless-rule-active that says young whenever it is asked",
                "Steiner, Re: [PATCH 01 of 11] mmu-notifier-core, 5 May 2008",
                GruAging.Way.ALWAYS_YOUNG));
        ALL.add(gruAging(
                "age-gru-flush",
                "gru-lockless-rule-active that says whether it had a translation, and drops it",
                "the comment of mmu_notifier_age_page, Arcangeli, 17 Feb 2008; no driver did so",
                GruAging.Way.FLUSH));
        ALL.add(kvmLockless(
                "kvm-lockless",
                "KVM whose fault looks whether it must retry without mmu_lock: the count, then the sequence",
                "mmu_notifier_retry of include/linux/kvm_host.h since 2012, for Book3S HV",
                Orders.AS_WRITTEN));
        ALL.add(kvmLockless(
                "kvm-lockless-count-first",
                "kvm-lockless whose end drops the count before it moves the sequence",
                "what the hardware may do without the smp_wmb() of the end",
                Orders.END_COUNT_FIRST));
        ALL.add(kvmLockless(
                "kvm-lockless-seq-first",
                "kvm-lockless whose fault looks at the sequence before the count",
                "what the hardware may do without the smp_rmb() of the fault",
                Orders.RETRY_SEQ_FIRST));
        dmirrors();
        dmirrorsUnlocked();
        dmirrorsOfSnapshots();
        ALL.add(mirror("mirror", "a device that mirrors the page table by the pattern of hmm.rst", Pattern.WHOLE));
        ALL.add(mirror("mirror-no-retry", "mirror without mmu_interval_read_retry", Pattern.NO_RETRY));
        ALL.add(mirror(
                "mirror-unlocked-retry",
                "mirror whose mmu_interval_read_retry comes before the driver's lock is taken",
                Pattern.UNLOCKED_RETRY));
        ALL.add(mirror("mirror-no-set-seq", "mirror whose callback forgets mmu_interval_set_seq", Pattern.NO_SET_SEQ));
        hmm2015();
        ALL.add(xpmem(
                "xpmem",
                "XPMEM, which pins pages and whose callbacks sleep, as posted",
                "Lameter, [patch 8/9] XPMEM: The device driver, 1 Apr 2008",
                Xpmem.asPosted()));
        ALL.add(xpmem(
                "xpmem-repaired",
                "xpmem without its four weaknesses; that recalls are blocked is all that holds over a fault",
                "repaired",
                Set.of()));
        for (Difference difference : Difference.values()) {
            ALL.add(xpmem(
                    "xpmem-" + difference.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    "xpmem-repaired, but " + difference.sentence(),
                    Xpmem.asPosted().contains(difference)
                            ? "Lameter, [patch 8/9] XPMEM: The device driver, 1 Apr 2008"
                            : "a variant of it",
                    Set.of(difference)));
        }
        ALL.add(xpmem(
                "xpmem-defers-atomic-array",
                "xpmem-defers-atomic that does not look the PTE up again",
                "what Lameter, Re: [patch 2/6], 27 Feb 2008, says can be done; nobody wrote it",
                Set.of(Difference.DEFERS_ATOMIC, Difference.PAGE_ARRAY)));
        ALL.add(xpmem(
                "xpmem-end-only-array",
                "xpmem-end-only that does not look the PTE up again",
                "an argument of seed 001, and a comment in xpmem_fill_in_PFNtable",
                Set.of(Difference.END_ONLY, Difference.PAGE_ARRAY)));
        ALL.add(xpmemRmap(
                "xpmem-rmap",
                "xpmem-repaired that exports pages to the rmap notifier, with the page locked",
                Locking.PAGE_LOCK_FIRST));
        ALL.add(xpmemRmap(
                "xpmem-rmap-checked",
                "xpmem-rmap that looks, with the page locked, whether the PTE has been made clean",
                Locking.PAGE_LOCK_CHECKED));
        ALL.add(xpmemRmap(
                "xpmem-rmap-blocked",
                "xpmem-rmap that locks the page when it has blocked recalls",
                Locking.PAGE_LOCK_LAST));
        ALL.add(xpmemRmap(
                "xpmem-rmap-unlocked",
                "xpmem-rmap that does not lock the page, as Holt's mmu_rmap_export_page of 30 Jan 2008 allowed",
                Locking.NONE));
        ALL.add(iommu(
                "iommu",
                "a device whose IOMMU walks the CPUs' page tables",
                "drivers/iommu/iommu-sva.c; Popple, [RFC PATCH v2 0/3], 7 Jul 2023",
                Iommu.Entry.DROPPED,
                ClearFlushYoung.NONE));
        ALL.add(iommu(
                "iommu-keeps",
                "iommu that keeps an entry though it does not permit the access",
                "drivers/iommu/iommu-sva.c; Popple, [RFC PATCH v2 0/3], 7 Jul 2023",
                Iommu.Entry.KEPT,
                ClearFlushYoung.NONE));
        ALL.add(iommu(
                "iommu-flush-young",
                "iommu whose driver flushes the page in clear_flush_young, and says that it is old",
                "mn_clear_flush_young of drivers/iommu/amd/iommu_v2.c until 2023",
                Iommu.Entry.DROPPED,
                ClearFlushYoung.FLUSH));
        ALL.add(pfnCache(
                "kvm-pfn-cache",
                "KVM's gfn-to-pfn cache, refreshed by the count of active invalidations and the sequence",
                "kvm_gpc_refresh of virt/kvm/pfncache.c",
                Refresh.AS_FIXED));
        ALL.add(pfnCache(
                "kvm-pfn-cache-2021",
                "kvm-pfn-cache that looks at the counts of the sptes, and without the cache's lock",
                "Christopherson, [PATCH v2 6/8] KVM: Fix multiple races in gfn=>pfn cache refresh, Apr 2022: before it",
                Refresh.AS_IN_2021));
        ALL.add(pfnCache(
                "kvm-pfn-cache-in-progress",
                "kvm-pfn-cache by the count that is raised after the caches are invalidated",
                "what a comment in mmu_notifier_retry_cache says cannot be used",
                Refresh.IN_PROGRESS));
        ALL.add(pfnCache(
                "kvm-pfn-cache-unlocked",
                "kvm-pfn-cache that looks before it takes the cache's lock again",
                "a planted fault",
                Refresh.UNLOCKED));
        ALL.add(slots(
                "kvm-slots",
                "KVM whose notifier looks at memslots first, and whose memslots change while no invalidation is active",
                "kvm_handle_hva_range, kvm_swap_active_memslots of virt/kvm/kvm_main.c since 2021",
                Swap.WAITS));
        ALL.add(slots(
                "kvm-slots-at-once",
                "kvm-slots whose memslots change at any time",
                "what KVM: Block memslot updates across range_start() and range_end() prevents",
                Swap.AT_ONCE));
        ALL.add(mprotectPages(
                "kvm-mprotect-vma",
                "KVM whose sptes get what the mapping allows from mprotect_pages",
                Permissions.OF_THE_VMA));
        ALL.add(mprotectPages(
                "kvm-mprotect-pte",
                "KVM whose sptes get what the PTE allows from mprotect_pages",
                Permissions.OF_THE_PTE));
        for (Lookup lookup : Lookup.values()) {
            for (boolean rule : new boolean[] {false, true}) {
                for (boolean active : new boolean[] {false, true}) {
                    ALL.add(gru(new Gru.Variant(lookup, rule, active, false)));
                }
            }
        }
        ALL.add(gru(new Gru.Variant(Lookup.FOLLOW_PAGE, true, true, true)));
        ALL.add(gru(new Gru.Variant(Lookup.PT_LOCK, true, true, true)));
        ALL.add(new Design.Secondary(
                new About(
                        "sleeping-gru",
                        "gru-lockless-rule-active whose callbacks take a mutex",
                        "no driver did so; XPMEM's callbacks sleep"),
                (name, mm, gup) ->
                        new GruSleeping(name, mm, gup, new Gru.Variant(Lookup.LOCKLESS, true, true, false))));
        ALL.addAll(TableDesigns.all());
        ALL.addAll(ContpteDesigns.all());
    }

    private Designs() {}

    private static Design.Notifier piggin(Piggin.Callbacks callbacks, About about) {
        return notifier(
                about,
                machine -> new Piggin(machine, callbacks),
                Piggin::register,
                changing(PigginList<Piggin.Ops>::new, list -> new Piggin(list, callbacks)));
    }

    /** A driver with an rmap of its own is on the global list, too. */
    private static Design.Notifier lameterRmap(String id, String title, String source, Call call) {
        About about = new About(id, title, source, Set.of(Trait.FILES));
        return notifier(about, machine -> new LameterRmap(machine, call), (notifier, device) -> {
            notifier.register(device);
            if (device instanceof LameterRmap.RmapOps ops) {
                notifier.registerRmap(ops);
            }
        });
    }

    /** A list that changes while the tasks run, and the calls that go through it. */
    private static <L extends ChangingList<? super NotifiedMmu>> BiFunction<Machine, Integer, Attached> changing(
            BiFunction<Machine, Integer, L> makeList, Function<L, NotifierSites> makeSites) {
        return (machine, count) -> {
            L list = makeList.apply(machine, count);
            return new Attached(makeSites.apply(list), list);
        };
    }

    private static BiFunction<Machine, Integer, Attached> core(LeftOut leftOut) {
        return changing(
                (machine, count) -> new CoreList<MmuNotifierCore.Ops>(machine, count, machine.rcu("rcu"), leftOut),
                MmuNotifierCore::new);
    }

    private static BiFunction<Machine, Integer, Attached> releaseFirst(boolean delInit) {
        return changing(
                (machine, count) -> new ReleaseFirstList<MmuNotifierCore.Ops>(
                        machine, count, machine.rcu("rcu"), delInit, LeftOut.NOTHING),
                MmuNotifierCore::new);
    }

    /** Today's list of those who are told of a whole process; a device with interval notifiers inserts those. */
    private static BiFunction<Machine, Integer, Attached> interval(
            LeftOut leftOut, ChangingIntervals.Difference... differences) {
        return (machine, count) -> {
            var list = new ReleaseFirstList<Lameter.Ops>(machine, count, machine.srcu("srcu"), true, leftOut);
            var sites = new ChangingIntervals(machine, list, Set.of(differences));
            Driver.Maker ofList = new Attached(sites, list).drivers();
            return new Attached(
                    sites,
                    list::register,
                    (name, device, mm) -> device instanceof Mirror mirror
                            ? new MirrorDriver(name, mirror, sites, mm)
                            : ofList.make(name, device, mm));
        };
    }

    /** A variant of interval that differs in the insertion and the removal of intervals alone. */
    private static Design.Notifier intervals(
            String id, String title, String source, ChangingIntervals.Difference... differences) {
        return new Design.Notifier(
                new About(id, title, source),
                machine -> attached(new Interval(machine)),
                interval(LeftOut.NOTHING, differences));
    }

    /** A variant of v17 that differs in the list alone, where that changes. */
    private static Design.Notifier v17(
            String id, String title, String source, BiFunction<Machine, Integer, Attached> changing) {
        return notifier(new About(id, title, source), MmuNotifierCore::new, MmuNotifierCore::register, changing);
    }

    private static Design.Secondary kvm(KvmPin.GfnToPage gfnToPage, About about) {
        return new Design.Secondary(about, (name, mm, gup) -> new KvmPin(name, mm, gup, gfnToPage));
    }

    /** The memory management of 2016, with a way to migrate pages. */
    private static Design.Mm migration(
            String id, String title, String source, BiFunction<AddressSpace, NotifierSites, Migration> migration) {
        return migration(id, title, source, migration, GupFastX86::new);
    }

    private static Design.Mm migration(
            String id,
            String title,
            String source,
            BiFunction<AddressSpace, NotifierSites, Migration> migration,
            Function<AddressSpace, GupFast> gupFast) {
        return new Design.Mm(
                new About(id, title, source),
                Unmap::new,
                Fault2016::new,
                Fork::new,
                PageReferenced::new,
                PtLocks.SPLIT,
                migration,
                gupFast);
    }

    /** Makes a version of {@code hmm_vma_migrate}. */
    @FunctionalInterface
    private interface HmmMaker {
        Migration make(AddressSpace mm, NotifierSites notifier, Set<Repair> repairs);
    }

    /** HMM's mirrors of 2015 and the notifier that they were posted on. */
    private static void hmm2015() {
        ALL.add(ranges(
                "ranges",
                "start and end with the event, and a list of active ranges; invalidate_page after the PT lock",
                "Glisse, [PATCH 01/36] and [PATCH 02/36] mmu_notifier, 21 May 2015",
                RmapCalls.PAGE));
        ALL.add(ranges(
                "ranges-rmap",
                "ranges with start and end around what the rmap walk of reclaim and migration changes, too",
                "Glisse, [PATCH 02/13] mm/rmap: update to new mmu_notifier semantic, Aug 2017, put into 2015",
                RmapCalls.RANGE));
        String mail = "Glisse, [PATCH 07/36] and [PATCH 08/36] HMM, 21 May 2015";
        ALL.add(hmm2015(
                "hmm-2015",
                "HMM's mirrors as posted, and a driver by Hairgrove's table",
                mail,
                HmmDifference.asPosted()));
        ALL.add(hmm2015("hmm-2015-repaired", "hmm-2015 with every repair", mail, Set.of()));
        for (HmmDifference difference : HmmDifference.values()) {
            if (!difference.isOfDma()) {
                ALL.add(hmm2015(
                        "hmm-2015-" + difference.id(),
                        "hmm-2015-repaired that " + difference.sentence(),
                        difference.isPosted() ? mail : "a variant of it",
                        Set.of(difference)));
            }
        }
        ALL.add(hmm2015(
                "hmm-2015-shared-table-write-by-fault",
                "hmm-2015-write-by-fault with one table for all mirrors",
                "a variant of it",
                EnumSet.of(HmmDifference.SHARED_TABLE_LATE, HmmDifference.WRITE_BY_FAULT)));
        ALL.add(hmm2015(
                "hmm-2015-shared-table-asked",
                "hmm-2015-asks-table with one table for all mirrors",
                "a variant of it",
                EnumSet.of(HmmDifference.SHARED_TABLE_LATE, HmmDifference.ASKS_TABLE)));
        hmm2015Dma();
        ALL.add(rangeUser(
                "ranges-goto-again",
                "a driver by the comment of mmu_notifier_range_wait_valid",
                "Glisse, [PATCH 02/15] mmu_notifier: keep track of active invalidation ranges v4, 17 Jul 2015",
                RangeUser.Form.GOTO_AGAIN));
        ALL.add(rangeUser(
                "ranges-eagain",
                "ranges-goto-again that drops its lock, and begins anew",
                "Hairgrove, Re: [PATCH 02/15] [...] ranges v4, 31 Aug 2015",
                RangeUser.Form.RETURN_EAGAIN));
    }

    /** HMM's mirrors when they map pages for DMA. */
    private static void hmm2015Dma() {
        String mail =
                "Glisse, [PATCH 10/36] and [PATCH 13/36] HMM: DMA map memory on behalf of device driver, 21 May 2015";
        ALL.add(hmm2015Dma(
                "hmm-2015-dma",
                "hmm-2015 that maps pages for DMA, as posted, and finds them in the CPU's table",
                mail,
                HmmDifference.asPosted()));
        ALL.add(hmm2015Dma("hmm-2015-dma-repaired", "hmm-2015-dma with every repair", mail, Set.of()));
        ALL.add(hmm2015Dma(
                "hmm-2015-dma-shared-table",
                "hmm-2015-dma-repaired with one table for all mirrors",
                "a variant of it",
                Set.of(HmmDifference.SHARED_TABLE_LATE)));
        ALL.add(hmm2015Dma(
                "hmm-2015-dma-failure-changes-table",
                "hmm-2015-dma-repaired that " + HmmDifference.FAILURE_CHANGES_TABLE.sentence(),
                mail,
                Set.of(HmmDifference.FAILURE_CHANGES_TABLE)));
        for (HmmDifference difference : HmmDifference.values()) {
            if (difference.isOfDma()) {
                ALL.add(hmm2015Dma(
                        "hmm-2015-" + difference.id(),
                        "hmm-2015-dma-repaired that " + difference.sentence(),
                        difference.isPosted() ? mail : "a variant of it",
                        Set.of(difference)));
            }
        }
    }

    private static Design.Secondary hmm2015Dma(String id, String title, String source, Set<HmmDifference> differences) {
        return new Design.Secondary(
                new About(id, title, source, Set.of(Trait.ACTIVE_RANGES)),
                (name, mm, gup) -> new HmmDevice(name, mm, gup, differences, HmmDevice.Addresses.DMA));
    }

    private static Design.Notifier ranges(String id, String title, String source, RmapCalls rmapCalls) {
        return notifier(
                new About(id, title, source, Set.of(Trait.ACTIVE_RANGES)),
                machine -> new MmuNotifierRanges(machine, rmapCalls),
                (notifier, device) -> {
                    if (device instanceof MmuNotifierRanges.User user) {
                        user.registerWith(notifier);
                    } else {
                        notifier.registerWithoutEvents(device);
                    }
                });
    }

    private static Design.Secondary hmm2015(String id, String title, String source, Set<HmmDifference> differences) {
        return new Design.Secondary(
                new About(id, title, source, Set.of(Trait.ACTIVE_RANGES)),
                (name, mm, gup) -> new HmmDevice(name, mm, gup, differences, HmmDevice.Addresses.PFN));
    }

    private static Design.Secondary rangeUser(String id, String title, String source, RangeUser.Form form) {
        return new Design.Secondary(
                new About(id, title, source, Set.of(Trait.ACTIVE_RANGES)),
                (name, mm, gup) -> new RangeUser(name, mm, gup, form));
    }

    /** A version of {@code hmm_vma_migrate} as posted, with all repairs, and without each of them. */
    private static void hmm(String id, String source, HmmMaker maker, Set<Repair> repairs) {
        String mail = "Glisse, " + source;
        ALL.add(migration(id, "hmm_vma_migrate as posted", mail, (mm, notifier) -> maker.make(mm, notifier, Set.of())));
        ALL.add(migration(
                id + "-repaired",
                id + " with every repair",
                mail,
                (mm, notifier) -> maker.make(mm, notifier, repairs)));
        Map<Repair, String> without = new EnumMap<>(Repair.class);
        for (Repair left : repairs) {
            Set<Repair> others = EnumSet.copyOf(repairs);
            others.remove(left);
            without.put(left, id + "-but-" + left.id());
            ALL.add(migration(
                    without.get(left),
                    id + "-repaired but for one repair, " + left.id(),
                    mail,
                    (mm, notifier) -> maker.make(mm, notifier, others)));
        }
        REPAIRED_PATCHES.add(new RepairedPatch(id, id + "-repaired", without));
    }

    private static Design.Mm today(String id, String title, Set<MigrateVma.LeftOut> leftOut) {
        return today(id, title, FaultToday::new, leftOut);
    }

    private static Design.Mm today(
            String id,
            String title,
            BiFunction<AddressSpace, NotifierSites, Fault> fault,
            Set<MigrateVma.LeftOut> leftOut) {
        return today(id, title, fault, ForkToday::new, leftOut, Set.of());
    }

    private static Design.Mm munmap(String id, String title, UnmapToday.Phases phases) {
        return today(id, title, Set.of()).unmapping((mm, notifier) -> new UnmapToday(mm, notifier, phases));
    }

    private static Design.Mm movePages(String id, String title, Set<MigrateVma.LeftOut> leftOut) {
        Design.Mm today = today(id, title, Set.of());
        return today.migrating((mm, notifier) -> new MovePages(mm, notifier, leftOut));
    }

    private static Design.Mm exclusiveFault(String id, String title, DeviceExclusive.LeftOut leftOut) {
        return today(id, title, (mm, notifier) -> new FaultToday(mm, notifier, EnumSet.of(leftOut)), Set.of());
    }

    private static Design.Mm exclusiveFork(String id, String title, ForkToday.OnExclusive onExclusive) {
        Design.Forker fork =
                (parent, notifier, child, exit) -> new ForkToday(parent, notifier, child, exit, onExclusive);
        return today(id, title, FaultToday::new, fork, Set.of(), Set.of());
    }

    /** The memory management of today. Of MADV_DONTNEED and mprotect what matters here is as it was. */
    private static Design.Mm today(
            String id,
            String title,
            BiFunction<AddressSpace, NotifierSites, Fault> fault,
            Design.Forker fork,
            Set<MigrateVma.LeftOut> leftOut,
            Set<GupFastToday.LeftOut> leftOutOfGup) {
        return new Design.Mm(
                new About(
                        id,
                        title,
                        "mm/migrate_device.c, mm/memory.c, mm/migrate.c, mm/rmap.c, mm/gup.c, mm/vma.c of Linux 7.0-rc",
                        Set.of(Trait.DEVICE_MEMORY)),
                UnmapToday::new,
                fault,
                fork,
                PageReferenced::new,
                PtLocks.SPLIT,
                (mm, notifier) -> new MigrateVma(mm, notifier, leftOut),
                mm -> new GupFastToday(mm, leftOutOfGup));
    }

    /** A variant of linux-7.0, or of 4.9 for what was before, in what it does to pages of files. */
    private static void file(String id, String title, String source, Files files) {
        Design.Mm mm = files.zap() == DirtyZap.RMAP_DELAYED
                ? today(id, title, Set.of())
                : migration(id, title, source, MigratePages::new);
        ALL.add(mm.mapping(new About(id, title, source), files));
    }

    private static void file(String id, String title, Files.LeftOut leftOut) {
        file(id, title, "a planted fault", FILES_7_0.without(leftOut));
    }

    private static Design.Mm gupToday(String id, String title, GupFastToday.LeftOut leftOut) {
        return today(id, title, FaultToday::new, ForkToday::new, Set.of(), EnumSet.of(leftOut));
    }

    private static Design.Secondary kvmSeq(String id, String title, String source, KvmSeq.Variant variant) {
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new KvmSeq(name, mm, gup, variant));
    }

    private static Design.Secondary kvmAging(String id, String title, String source, Flush flush, KvmAging.Way way) {
        KvmSeq.Variant variant = new KvmSeq.Variant(Retry.COUNT_AND_SEQ, Increment.IN_TIME, flush, false);
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new KvmAging(name, mm, gup, variant, way));
    }

    private static Design.Secondary gruAging(String id, String title, String source, GruAging.Way way) {
        Gru.Variant variant = new Gru.Variant(Lookup.LOCKLESS, true, true, false);
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new GruAging(name, mm, gup, variant, way));
    }

    private static Design.Secondary kvmLockless(String id, String title, String source, Orders orders) {
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new KvmLockless(name, mm, gup, orders));
    }

    private static Design.Secondary mirror(String id, String title, Pattern pattern) {
        String source = pattern == Pattern.WHOLE
                ? "Documentation/mm/hmm.rst, lib/test_hmm.c, mm/hmm.c of Linux 7.0-rc6"
                : "a planted fault";
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new Mirror(name, mm, gup, pattern));
    }

    /** The device of lib/test_hmm.c as it is, repaired, without each repair, and with planted faults. */
    private static void dmirrors() {
        String source = "lib/test_hmm.c of Linux 6.15, as in 7.0 but for huge pages";
        ALL.add(dmirror("dmirror", "the device of the kernel's own test of HMM", source, Set.of()));
        ALL.add(dmirror("dmirror-repaired", "dmirror with every repair", source, DMIRROR_REPAIRS));
        ALL.add(dmirrorBut("told", source, Dmirror.Difference.TOLD));
        ALL.add(dmirrorBut("mapped-by-fault", source, Dmirror.Difference.MAPPED_BY_FAULT));
        ALL.add(dmirrorBut("own-read-only", source, Dmirror.Difference.OWN_READ_ONLY));
        ALL.add(dmirrorBut("exclusive-checked", source, Dmirror.Difference.EXCLUSIVE_CHECKED));
        ALL.add(dmirror(
                "dmirror-erase-locked",
                "dmirror that erases the entry of a page that is brought back under its mutex",
                source,
                EnumSet.of(Dmirror.Difference.ERASE_LOCKED)));
        ALL.add(dmirror(
                "dmirror-erase-late",
                "dmirror-erase-locked that does so when the content has been copied",
                "a planted fault",
                EnumSet.of(Dmirror.Difference.ERASE_LOCKED, Dmirror.Difference.ERASE_LATE)));
        ALL.add(dmirror(
                "dmirror-no-erase",
                "dmirror that does not erase the entry of a page that is brought back",
                "a planted fault",
                EnumSet.of(Dmirror.Difference.NO_ERASE)));
        Set<Dmirror.Difference> ignoring = EnumSet.copyOf(DMIRROR_REPAIRS);
        ignoring.add(Dmirror.Difference.IGNORES_OTHERS);
        Set<Dmirror.Difference> leaking = EnumSet.copyOf(DMIRROR_REPAIRS);
        leaking.add(Dmirror.Difference.EXCLUSIVE_LEAKED);
        ALL.add(dmirror(
                "dmirror-ignores-others",
                "dmirror-repaired that does nothing when any device migrates a page",
                "a planted fault",
                ignoring));
        ALL.add(dmirror(
                "dmirror-exclusive-told",
                "dmirror that maps what is made exclusive for it if nothing was invalidated, and takes that for one",
                "what a comment in make_device_exclusive says: the caller must filter this event out",
                EnumSet.of(Dmirror.Difference.EXCLUSIVE_CHECKED, Dmirror.Difference.EXCLUSIVE_TOLD)));
        ALL.add(dmirror(
                "dmirror-exclusive-leaked",
                "dmirror-repaired that leaves a page locked that was invalidated while it was made exclusive",
                "Hildenbrand, nouveau/svm: fix missing folio unlock + put [...], Jan 2025: before it",
                leaking));
    }

    /** The device whose snapshots are made with something left out. */
    private static void dmirrorsOfSnapshots() {
        ALL.add(dmirror(
                "dmirror-snapshot-unchecked",
                "dmirror that does not look whether a page was invalidated while it made a snapshot",
                "a planted fault",
                EnumSet.of(Dmirror.Difference.SNAPSHOT_UNCHECKED)));
        ALL.add(dmirror(
                "dmirror-snapshot-own-notifier",
                "dmirror that makes snapshots with the notifier that passes over its own migrations",
                "a planted fault",
                EnumSet.of(Dmirror.Difference.SNAPSHOT_OWN_NOTIFIER)));
    }

    /** The device that unlocks a page before it maps it, as it is and with every repair. */
    private static void dmirrorsUnlocked() {
        Set<Dmirror.Difference> repaired = EnumSet.copyOf(DMIRROR_REPAIRS);
        repaired.add(Dmirror.Difference.EXCLUSIVE_UNLOCKED);
        ALL.add(dmirror(
                "dmirror-exclusive-unlocked",
                "dmirror that unlocks a page which was made exclusive before it maps it",
                "a planted fault",
                EnumSet.of(Dmirror.Difference.EXCLUSIVE_UNLOCKED)));
        ALL.add(dmirror(
                "dmirror-repaired-exclusive-unlocked",
                "dmirror-repaired that unlocks a page which was made exclusive before it maps it",
                "a variant of it",
                repaired));
    }

    private static Design.Secondary dmirrorBut(String id, String source, Dmirror.Difference left) {
        Set<Dmirror.Difference> others = EnumSet.copyOf(DMIRROR_REPAIRS);
        others.remove(left);
        return dmirror("dmirror-but-" + id, "dmirror-repaired but for one repair, " + id, source, others);
    }

    private static Design.Secondary dmirror(
            String id, String title, String source, Set<Dmirror.Difference> differences) {
        return new Design.Secondary(
                new About(id, title, source, Set.of(Trait.DEVICE_MEMORY)),
                (name, mm, gup) -> new Dmirror(name, mm, gup, differences));
    }

    /** Whether a device is told at all: one of 2015 has no mirror with a notifier of another time. */
    static boolean isTold(Design.Notifier notifier, Design.Secondary secondary) {
        return notifier.has(Trait.ACTIVE_RANGES) || !secondary.has(Trait.ACTIVE_RANGES);
    }

    /** Whether a cell's designs know of a device beside the mapping of a file. */
    static boolean hasDeviceOfFile(Cell cell) {
        return cell.mm().files().isOf2008() && cell.notifier().has(Trait.FILES);
    }

    /** Whether a notifier tells of soft-dirty bits that are cleared. */
    static boolean hasClearRefs(Design.Notifier notifier) {
        return notifier.has(Trait.ACTIVE_RANGES);
    }

    /** Whether a cell's designs know of memory that is a device's own. */
    static boolean hasDeviceMemory(Cell cell) {
        return cell.mm().has(Trait.DEVICE_MEMORY)
                && cell.notifier().has(Trait.DEVICE_MEMORY)
                && cell.secondary() != null
                && cell.secondary().has(Trait.DEVICE_MEMORY);
    }

    private static Design.Secondary xpmem(String id, String title, String source, Set<Difference> differences) {
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new Xpmem(name, mm, gup, differences));
    }

    private static Design.Secondary xpmemRmap(String id, String title, Locking locking) {
        return new Design.Secondary(
                new About(
                        id,
                        title,
                        switch (locking) {
                            case PAGE_LOCK_LAST -> "a planted fault";
                            case PAGE_LOCK_CHECKED -> "a repair of xpmem-rmap; nobody wrote it";
                            default -> "Lameter, [patch 6/6] mmu_rmap_notifier: Skeleton [...], 8 Feb 2008; not posted";
                        }),
                (name, mm, gup) -> new XpmemRmap(name, mm, gup, locking));
    }

    private static Design.Secondary iommu(
            String id, String title, String source, Iommu.Entry unfit, ClearFlushYoung young) {
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new Iommu(name, mm, gup, unfit, young));
    }

    private static Design.Secondary pfnCache(String id, String title, String source, Refresh refresh) {
        return new Design.Secondary(
                new About(id, title, source), (name, mm, gup) -> new KvmPfnCache(name, mm, gup, refresh));
    }

    private static Design.Secondary slots(String id, String title, String source, Swap swap) {
        return new Design.Secondary(new About(id, title, source), (name, mm, gup) -> new KvmSlots(name, mm, gup, swap));
    }

    private static Design.Secondary mprotectPages(String id, String title, Permissions permissions) {
        return new Design.Secondary(
                new About(id, title, "seed 001; nobody wrote it"),
                (name, mm, gup) -> new KvmMprotect(name, mm, gup, permissions));
    }

    /** A device with interval notifiers has those, any other is told of the start and the end of ranges. */
    private static <N extends NotifierSites> Design.Notifier notifier(
            About about, Function<Machine, N> make, BiConsumer<N, NotifiedMmu> register) {
        return new Design.Notifier(about, machine -> {
            N notifier = make.apply(machine);
            return new Attached(notifier, device -> register.accept(notifier, device));
        });
    }

    /** The same, whose list may change while the tasks run. */
    private static <N extends NotifierSites> Design.Notifier notifier(
            About about,
            Function<Machine, N> make,
            BiConsumer<N, NotifiedMmu> register,
            BiFunction<Machine, Integer, Attached> changing) {
        return new Design.Notifier(about, notifier(about, make, register).attach(), changing);
    }

    private static Attached attached(Interval notifier) {
        return new Attached(notifier, device -> {
            if (device instanceof IntervalDevice intervals) {
                intervals.insert(notifier);
            } else {
                notifier.register(device);
            }
        });
    }

    private static Design.Secondary gru(Gru.Variant variant) {
        String lookup = switch (variant.lookup()) {
            case LOCKLESS -> "lockless";
            case FOLLOW_PAGE -> "follow";
            case PT_LOCK -> "ptlock";
        };
        String id = (variant.hardIrq() ? "irq-gru-" : "gru-")
                + lookup
                + (variant.dropinRule() ? "-rule" : "")
                + (variant.rangeActive() ? "-active" : "");
        String reads = switch (variant.lookup()) {
            case LOCKLESS -> "GRU whose miss handler reads the PTE without a lock";
            case FOLLOW_PAGE -> "GRU whose miss handler reads the PTE under the PT lock, dropped before the drop-in";
            case PT_LOCK -> "GRU whose miss handler holds the PT lock until after the drop-in";
        };
        String title = reads
                + (variant.hardIrq() ? ", in the interrupt" : "")
                + (variant.dropinRule() ? "; late drop-ins are ignored" : "")
                + (variant.rangeActive() ? "; refuses during active ranges" : "");
        String source = switch (variant.lookup()) {
            case LOCKLESS -> "drivers/misc/sgi-gru/grufault.c, grutlbpurge.c as merged in 2008";
            case FOLLOW_PAGE ->
                "Steiner, Re: [patch] my mmu notifiers, 22 Feb 2008"
                        + (variant.hardIrq() ? ", as posted" : ", but in a thread");
            case PT_LOCK -> "one reading of seed 001; no driver did so";
        };
        return new Design.Secondary(new About(id, title, source), (name, mm, gup) -> new Gru(name, mm, gup, variant));
    }

    /** Every mark of the code that the designs are made of: each must be reached by some cell of the gate. */
    public static List<Mark> marks() {
        return Stream.<Mark[]>of(
                        Fault.Marks.values(),
                        Fault2016.Marks.values(),
                        Unmap.Marks.values(),
                        Mprotect.Marks.values(),
                        ClearRefs.Marks.values(),
                        Lru.Marks.values(),
                        PageMigration.Marks.values(),
                        HmmVmaMigrate.Marks.values(),
                        MigratePages.Marks.values(),
                        MigrateVma.Marks.values(),
                        MovePages.Marks.values(),
                        FaultToday.Marks.values(),
                        DeviceExclusive.Marks.values(),
                        ForkToday.Marks.values(),
                        FileFault.Marks.values(),
                        ReclaimFile.Marks.values(),
                        Writeback.Marks.values(),
                        Truncate.Marks.values(),
                        Reclaim2016.Marks.values(),
                        Fork.Marks.values(),
                        GetUserPages.Marks.values(),
                        MmuGather.Marks.values(),
                        PageReferenced.Marks.values(),
                        Gru.Marks.values(),
                        GruAging.Marks.values(),
                        HmmRangeFault.Marks.values(),
                        ChangingList.Marks.values(),
                        Reclaim.Marks.values(),
                        Interval.Marks.values(),
                        ChangingIntervals.Marks.values(),
                        LameterRmap.Marks.values(),
                        KvmLockless.Marks.values(),
                        KvmSeq.Marks.values(),
                        Mirror.Marks.values(),
                        MmuNotifierRanges.Marks.values(),
                        Hmm.Marks.values(),
                        HmmMirror.Marks.values(),
                        HmmDevice.Marks.values(),
                        RangeUser.Marks.values(),
                        Dmirror.Marks.values(),
                        KvmPin.Marks.values(),
                        Xpmem.Marks.values(),
                        XpmemRmap.Marks.values(),
                        Iommu.Marks.values(),
                        KvmPfnCache.Marks.values(),
                        KvmMprotect.Marks.values(),
                        KvmSlots.Marks.values(),
                        HmmPtIter.Marks.values(),
                        HairgroveTable.Marks.values(),
                        Contpte.Marks.values(),
                        LargeTlb.Marks.values(),
                        LargeFolioMm.Marks.values(),
                        Hugetlb.Marks.values())
                .flatMap(Stream::of)
                .toList();
    }

    /** Every design. */
    public static List<Design> all() {
        return List.copyOf(ALL);
    }

    /** The patches that are here as posted, repaired, and without each repair, in the order of the registry. */
    public static List<RepairedPatch> repairedPatches() {
        return List.copyOf(REPAIRED_PATCHES);
    }

    /** The designs of a kind. */
    public static List<Design> of(Kind kind) {
        return ALL.stream().filter(design -> design.kind() == kind).toList();
    }

    /** The design of a kind with that id. */
    public static Optional<Design> find(Kind kind, String id) {
        return of(kind).stream().filter(design -> design.id().equals(id)).findFirst();
    }
}
