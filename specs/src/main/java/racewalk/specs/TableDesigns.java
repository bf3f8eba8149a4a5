package racewalk.specs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import racewalk.hmm.HairgroveTable;
import racewalk.hmm.HairgroveTable.Caller;
import racewalk.hmm.HmmPt.Locks;
import racewalk.hmm.HmmPtIter.Planted;
import racewalk.hmm.HmmPtV1;
import racewalk.hmm.HmmPtV1.Fini;
import racewalk.hmm.HmmPtV3;
import racewalk.specs.Design.About;
import racewalk.walk.FoldedTable;
import racewalk.walk.PtpTable;
import racewalk.walk.VptePath;
import racewalk.walk.VpteTable;

/** The walked tables: a part of the registry, {@link Designs}. */
final class TableDesigns {

    private TableDesigns() {}

    static List<Design> all() {
        List<Design> all = new ArrayList<>();
        String v1 = "Glisse, [PATCH 4/6] HMM: add HMM page table, 5 Jan 2015";
        String v3 = "Glisse, [PATCH 06/15] HMM: add HMM page table v3, 17 Jul 2015";
        String seed = "Hairgrove, Re: [PATCH 06/36] HMM: add HMM page table v2, Jun and Jul 2015 (seed 000)";
        add(
                all,
                "hmm-pt-v1",
                "HMM's page table as posted in January 2015: update, next, fault",
                v1,
                (machine, name, shape) -> HmmPtV1.make(machine, name, shape, Locks.SPLIT, Fini.AS_POSTED));
        add(
                all,
                "hmm-pt-v1-single",
                "hmm-pt-v1 where spinlock_t does not fit into struct page: one lock for all directories",
                v1,
                (machine, name, shape) -> HmmPtV1.make(machine, name, shape, Locks.SINGLE, Fini.AS_POSTED));
        add(
                all,
                "hmm-pt-v1-fini",
                "hmm-pt-v1 whose hmm_pt_fini_directory frees the child, and not the parent once for each child",
                "Glisse, changes since v2 of [PATCH 06/15], 17 Jul 2015",
                (machine, name, shape) -> HmmPtV1.make(machine, name, shape, Locks.SPLIT, Fini.REPAIRED));
        add(
                all,
                "hmm-pt-v3",
                "HMM's page table as posted in July 2015: lookup, walk, populate",
                v3,
                (machine, name, shape) -> HmmPtV3.make(machine, name, shape, EnumSet.noneOf(HmmPtV3.Repair.class)));
        add(
                all,
                "hmm-pt-v3-repaired",
                "hmm-pt-v3 that leaves the root uncounted, skips only what is empty, and ends with its range",
                "[R], of " + v3,
                (machine, name, shape) -> HmmPtV3.make(machine, name, shape, EnumSet.allOf(HmmPtV3.Repair.class)));
        for (HmmPtV3.Repair repair : HmmPtV3.Repair.values()) {
            add(
                    all,
                    "hmm-pt-v3-no-" + repair.name().toLowerCase(Locale.ROOT),
                    "hmm-pt-v3-repaired without one repair: "
                            + switch (repair) {
                                case ROOT -> "a directory of the first level drops a reference on ptd[-1]";
                                case SKIP -> "an invalid entry ends the search in its whole directory";
                                case END -> "a walk that has come to the end of its range goes on";
                            },
                    v3,
                    (machine, name, shape) ->
                            HmmPtV3.make(machine, name, shape, EnumSet.complementOf(EnumSet.of(repair))));
        }
        add(
                all,
                "hairgrove",
                "an iterator that owns the range and returns valid entries; its callers look again under the lock",
                seed,
                (machine, name, shape) -> HairgroveTable.make(machine, name, shape, Caller.LOOKS_AGAIN));
        add(
                all,
                "hairgrove-trusting",
                "hairgrove whose callers take the iterator's word for it that an entry is valid",
                "Glisse's objection in seed 000",
                (machine, name, shape) -> HairgroveTable.make(machine, name, shape, Caller.TRUSTS));
        for (Planted planted : Planted.values()) {
            String title = switch (planted) {
                case NOTHING, FINI -> null;
                case ONE_RCU_SECTION -> "reads an entry in one RCU section, and takes the reference in another";
                case GRACE_PERIOD -> "frees dead directories without synchronize_rcu";
                case RECHECK -> "clears the parent's entry without a look whether it is still its own";
                case CUR -> "computes the index of the parent's entry from the address to which it goes";
                case NOT_ZERO -> "takes a reference whatever the count is";
            };
            if (title != null) {
                add(
                        all,
                        "hmm-pt-without-"
                                + planted.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        "hmm-pt-v1-fini with a planted fault: it " + title,
                        "planted",
                        (machine, name, shape) -> HmmPtV1.without(planted, machine, name, shape));
            }
        }
        add(
                all,
                "hmm-pt-leaves-without-fini",
                "hmm-pt-v1-fini with a planted fault: who cannot allocate a directory returns without hmm_pt_iter_fini",
                "planted; hmm_mirror_fault of [PATCH 08/36] does so at -ENODEV in its second round",
                (machine, name, shape) -> HmmPtV1.without(Planted.FINI, machine, name, shape));
        all.addAll(ofProcesses());
        all.addAll(FreedTableDesigns.all());
        return all;
    }

    /** The page tables of a process. */
    private static List<Design> ofProcesses() {
        List<Design> all = new ArrayList<>();
        String ptp = "Shutemov, Proof-of-concept: better(?) page-table manipulation API, 24 Apr 2018";
        String vpte = "Wilcox, Re: [LSF/MM/BPF TOPIC] Page table manipulation primitives, Feb 2020 (seed 003)";
        add(
                all,
                "pagewalk",
                "a function for each level, those that are folded included: today's walks and copy_page_range",
                "mm/pagewalk.c, mm/memory.c, include/asm-generic/pgtable-nop4d.h, Linux 7.0",
                FoldedTable::make);
        add(
                all,
                "ptp-walk",
                "pointers and values with their level; whoever has not come to the bottom calls himself; as posted",
                ptp,
                (machine, name, shape) -> PtpTable.make(machine, name, shape, EnumSet.noneOf(PtpTable.Repair.class)));
        add(
                all,
                "ptp-walk-repaired",
                "ptp-walk that frees the table it did not need, and copies the table of a huge page that was split",
                "[R], of " + ptp,
                (machine, name, shape) -> PtpTable.make(machine, name, shape, EnumSet.allOf(PtpTable.Repair.class)));
        for (PtpTable.Repair repair : PtpTable.Repair.values()) {
            add(
                    all,
                    "ptp-walk-no-" + repair.name().toLowerCase(Locale.ROOT),
                    "ptp-walk-repaired without one repair: "
                            + switch (repair) {
                                case FREE -> "ptp_free takes its page for a swap entry, and does not free it";
                                case ROOT -> "ptp_walk_alloc reads the root's first entry as the pointer to the root";
                                case SPLIT -> "a huge page that is split before the locks are held is -ENOMEM";
                            },
                    ptp,
                    (machine, name, shape) ->
                            PtpTable.make(machine, name, shape, EnumSet.complementOf(EnumSet.of(repair))));
        }
        add(
                all,
                "ptp-walk-trusts-value",
                "ptp-walk-repaired with a planted fault: it believes a value and level read without the lock",
                "planted",
                PtpTable::trustingValue);
        add(
                all,
                "vpte-iter",
                "a flat iterator that keeps the order: up before sideways, then down as far as it needs to",
                vpte + "; [R] where that leaves it open",
                VpteTable::make);
        for (VptePath.Planted planted : VptePath.Planted.values()) {
            String title = switch (planted) {
                case NOTHING -> null;
                case ORDER_FROM_VALUE -> "asks the value for its order, which is the same on all levels";
                case UNCOLLAPSED -> "computes the index of each level as if none were folded";
                case SIDEWAYS_FIRST -> "goes sideways without a look whether the table ends";
                case KEEPS_ORDER -> "keeps the order of a huge page though it reads the value again under the lock";
                case ALLOCATES_LOCKED -> "allocates memory for a swap entry under the two locks";
                case SOURCE_FIRST -> "takes the two locks in the other order when it has dropped them";
            };
            if (title != null) {
                add(
                        all,
                        "vpte-iter-" + planted.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        "vpte-iter with a planted fault: it " + title,
                        "planted",
                        (machine, name, shape) -> VpteTable.with(planted, machine, name, shape));
            }
        }
        return all;
    }

    private static void add(List<Design> all, String id, String title, String source, Design.TableMaker maker) {
        all.add(new Design.Table(new About(id, title, source), maker));
    }
}
