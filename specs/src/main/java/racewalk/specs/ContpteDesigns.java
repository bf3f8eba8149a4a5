package racewalk.specs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import racewalk.contpte.Bbm;
import racewalk.contpte.Contpte;
import racewalk.contpte.LeftOut;
import racewalk.contpte.Ptes;
import racewalk.specs.Design.About;

/** The leaf tables whose entries may be contiguous: a part of the registry, {@link Designs}. */
final class ContpteDesigns {

    private static final String ARM64 = "arch/arm64/mm/contpte.c and arch/arm64/include/asm/pgtable.h of Linux 7.0-rc";
    private static final String BBML2 =
            "Lenczewski, arm64/mm: Elide tlbi in contpte_convert() under BBML2, 2025, 83bbd6be7d17";

    private ContpteDesigns() {}

    static List<Design> all() {
        List<Design> all = new ArrayList<>();
        all.add(new Design.Contiguous(
                new About(
                        "ptes",
                        "entries each of which is by itself, as x86 has them",
                        "arch/arm64/include/asm/pgtable.h without CONFIG_ARM64_CONTPTE"),
                (table, tlbs, _) -> new Ptes(table, tlbs),
                Bbm.LEVEL_0,
                Set.of()));
        all.add(contpte("contpte", "arm64's contiguous entries, with break-before-make", ARM64, Bbm.LEVEL_0, Set.of()));
        all.add(contpte(
                "contpte-bbml2",
                "contpte on hardware with BBML2 and no conflict abort: a block is rewritten without a flush between",
                BBML2,
                Bbm.LEVEL_2_NO_ABORT,
                Set.of()));
        for (LeftOut left : LeftOut.values()) {
            all.add(contpte(
                    "contpte-no-" + left.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    "contpte that " + left.sentence(),
                    switch (left) {
                        case RAW_ENTRIES ->
                            ARM64 + " before \"arm64: contpte: fix set_access_flags() no-op check for SMMU/ATS"
                                    + " faults\", Jaroszynski, 5 March 2026";
                        case RESPECT_WRITE ->
                            "mm/rmap.c before \"mm/rmap: fix incorrect pte restoration for lazyfree folios\", Jain,"
                                    + " 3 March 2026";
                        case OWN_PAGES ->
                            "mm/mprotect.c of cac1db8c3aad before Jain's fix of 6 August 2025: the first page of the"
                                    + " folio for that of the batch";
                        case HUGE_PTE_LOCK ->
                            "mm/gup.c before \"mm/hugetlb: fix races when looking up a CONT-PTE/PMD size hugetlb"
                                    + " page\", Wang, September 2022, fac35ba763ed";
                        default -> "a planted fault";
                    },
                    Bbm.LEVEL_0,
                    EnumSet.of(left)));
        }
        return all;
    }

    private static Design contpte(String id, String title, String source, Bbm bbm, Set<LeftOut> leftOut) {
        return new Design.Contiguous(new About(id, title, source), Contpte::new, bbm, leftOut);
    }
}
