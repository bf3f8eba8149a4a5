package racewalk.specs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import racewalk.specs.Design.About;
import racewalk.specs.Design.TableMaker;
import racewalk.walk.CollapsedTable;
import racewalk.walk.CollapsedTable.Repair;
import racewalk.walk.ReclaimedTable;
import racewalk.walk.RetractedTable;
import racewalk.walk.SharedTable;
import racewalk.walk.UnmappedTable;

/** The page tables that are freed while others walk: a part of the registry, {@link Designs}. */
final class FreedTableDesigns {

    private static final String MAP = "mm/pgtable-generic.c of Linux 7.0";
    private static final String PT_RECLAIM = "Qi Zheng, mm: pgtable: reclaim empty PTE page in madvise(MADV_DONTNEED),"
            + " 6375e95f381e; mm/pt_reclaim.c of Linux 6.14";
    private static final String KHUGEPAGED = "mm/khugepaged.c of Linux 7.0";
    private static final String RIGHT_LOCKS =
            "Horn, mm/khugepaged: take the right locks for page table retraction, 8d3c106e19e8, 2022";
    private static final String MMU_GATHER = "mm/mmu_gather.c of Linux 7.0";

    private final List<Design> all = new ArrayList<>();

    private FreedTableDesigns() {}

    static List<Design> all() {
        FreedTableDesigns designs = new FreedTableDesigns();
        designs.reclaimed();
        designs.retracted();
        designs.unmapped();
        designs.collapsed();
        designs.shared();
        return designs.all;
    }

    private void add(String id, String title, String source, TableMaker maker) {
        all.add(new Design.Table(new About(id, title, source), maker));
    }

    private void reclaimed() {
        add(
                "pt-reclaim",
                "MADV_DONTNEED frees the leaf tables that it empties; walkers look at the PMD again under the PT lock",
                PT_RECLAIM,
                ReclaimedTable::today);
        for (ReclaimedTable.LeftOut leftOut : ReclaimedTable.LeftOut.values()) {
            switch (leftOut) {
                case NOTHING -> {}
                case FALLBACK ->
                    addReclaimed(
                            leftOut,
                            "pt-reclaim-no-fallback",
                            "pt-reclaim as merged: a table is freed unseen though the PT lock was dropped on the way",
                            "Qi Zheng, mm: pgtable: fix incorrect reclaim of non-empty PTE pages, 11 Feb 2025");
                case EMPTY_CHECK ->
                    addReclaimed(
                            leftOut,
                            "pt-reclaim-no-empty-check",
                            "pt-reclaim that does not look again whether a table is empty under both locks",
                            "planted");
                case PT_LOCK ->
                    addReclaimed(
                            leftOut,
                            "pt-reclaim-no-pt-lock",
                            "pt-reclaim that looks again whether a table is empty under the PMD's lock alone",
                            "planted");
            }
        }
        add(
                "pt-reclaim-semi-rcu",
                "pt-reclaim by the tlb_remove_table of before: a table without a batch is freed after an IPI",
                "Qi Zheng, cover letter of the same series: IPI cannot be synchronized with rcu_read_lock(), 2024",
                ReclaimedTable::semiRcu);
        add("pt-reclaim-at-once", "pt-reclaim that waits for nobody", "planted", ReclaimedTable::freedAtOnce);
        add(
                "pt-map-no-recheck",
                "pt-reclaim whose pte_offset_map_lock does not look at the PMD again",
                MAP,
                ReclaimedTable::withoutRecheck);
        add(
                "pt-map-no-rcu",
                "pt-reclaim whose pte_offset_map_lock enters no RCU read section",
                MAP,
                ReclaimedTable::withoutRcu);
        add(
                "pt-map-no-null-check",
                "pt-reclaim whose callers take pte_offset_map_lock to succeed always",
                MAP,
                ReclaimedTable::withoutNullCheck);
        add(
                "pt-map-2022",
                "pt-reclaim with the pte_offset_map_lock of before 2023, which takes the PMD to stay as it is",
                "include/linux/mm.h of Linux 6.0",
                ReclaimedTable::mappedAsIn2022);
    }

    private void addReclaimed(ReclaimedTable.LeftOut leftOut, String id, String title, String source) {
        add(id, title, source, (machine, name, shape) -> ReclaimedTable.without(leftOut, machine, name, shape));
    }

    private void retracted() {
        add(
                "pt-retract",
                "khugepaged retracts tables of a file under the PMD's and the PT lock, and frees them by RCU",
                KHUGEPAGED,
                RetractedTable::today);
        add(
                "pt-retract-ipi",
                "pt-retract that frees a table after an IPI, as in 2022",
                "planted",
                RetractedTable::todayWithIpi);
        add(
                "pt-retract-2022-walkers",
                "pt-retract with the pte_offset_map_lock of before 2023",
                "planted",
                RetractedTable::todayWithOldWalkers);
        add(
                "pt-retract-2022",
                "khugepaged retracts tables of a file under the mmap lock alone, and frees them at once",
                "collapse_pte_mapped_thp before " + RIGHT_LOCKS,
                RetractedTable::of2022);
        add(
                "pt-retract-2022-locks",
                "pt-retract-2022 that holds the file's i_mmap_rwsem for writing, too",
                RIGHT_LOCKS,
                RetractedTable::rightLocks);
        add(
                "pt-retract-2022-locks-ipi",
                "pt-retract-2022-locks that sends an IPI before it frees a table",
                "Horn, mm/khugepaged: fix GUP-fast interaction by sending IPI, 2ba99c5e0881, 2022",
                RetractedTable::rightLocksAndIpi);
    }

    private void unmapped() {
        add(
                "pt-unmap",
                "munmap invalidates the walk caches, and frees tables by RCU, or after an IPI if there is no batch",
                MMU_GATHER,
                UnmappedTable::today);
        add(
                "pt-unmap-ipi",
                "pt-unmap on a kernel without RCU freeing, whose TLB flush is an IPI: tables are freed after it",
                MMU_GATHER,
                UnmappedTable::byIpi);
        add(
                "pt-unmap-at-once",
                "pt-unmap-ipi where TLBs are flushed without an interrupt, and nothing else is waited for",
                "planted",
                UnmappedTable::atOnce);
        add(
                "pt-unmap-no-invalidate",
                "pt-unmap that does not invalidate what hardware walks remember of the levels above",
                "before Zijlstra, mm/tlb, x86/mm: Support invalidating TLB caches for RCU_TABLE_FREE, d86564a2f085,"
                        + " 2018 [R]",
                UnmappedTable::withoutInvalidation);
    }

    private void collapsed() {
        String recheck = "Shi, mm: gup: fix the fast GUP race against THP collapse, 70cbc3cc78a9, 2022";
        String ipi = "Horn, mm/khugepaged: fix GUP-fast interaction by sending IPI, 2ba99c5e0881, 2022";
        addCollapsed(
                "pt-collapse",
                "khugepaged collapses anonymous pages: GUP-fast looks at the PMD again, and an IPI is sent",
                KHUGEPAGED,
                EnumSet.allOf(Repair.class));
        addCollapsed(
                "pt-collapse-no-repair",
                "pt-collapse where GUP-fast looks again at the PTE only, and the TLB flush is no IPI",
                "before " + recheck,
                EnumSet.noneOf(Repair.class));
        addCollapsed(
                "pt-collapse-recheck",
                "pt-collapse where GUP-fast looks at the PMD again, and no IPI is sent",
                recheck,
                EnumSet.of(Repair.PMD_RECHECK));
        addCollapsed(
                "pt-collapse-ipi",
                "pt-collapse where GUP-fast looks again at the PTE only, and an IPI is sent",
                ipi + ", without 70cbc3cc78a9",
                EnumSet.of(Repair.IPI));
    }

    private void addCollapsed(String id, String title, String source, EnumSet<Repair> repairs) {
        add(id, title, source, (machine, name, shape) -> CollapsedTable.make(repairs, machine, name, shape));
    }

    private void shared() {
        String fix = "Horn, mm/hugetlb: fix huge_pmd_unshare() vs GUP-fast race, 1013af4f585f, 2025";
        add(
                "pt-share",
                "hugetlb gives up a table that another process uses, too, and sends an IPI before that is its own",
                fix,
                SharedTable::today);
        add("pt-share-no-ipi", "pt-share that waits for nobody", "before " + fix, SharedTable::withoutIpi);
    }
}
