package racewalk.specs;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import racewalk.contpte.Arm64Pte;
import racewalk.contpte.Bbm;
import racewalk.contpte.LargeTlb;
import racewalk.contpte.LeafTable;
import racewalk.machine.Invariant;

/** The {@link Invariants} of contiguous entries, on a {@link ContpteRig}. */
final class ContpteInvariants {

    private final ContpteRig rig;
    private final LeafTable table;

    private ContpteInvariants(ContpteRig rig) {
        this.rig = rig;
        this.table = rig.table();
    }

    /** The invariant, of one rig. */
    static Invariant of(Invariants id, ContpteRig rig) {
        ContpteInvariants all = new ContpteInvariants(rig);
        Supplier<String> check = switch (id) {
            case NEVER_TWO_TRANSLATIONS -> () -> all.first(table(rig), all::twoTranslations);
            case NO_STALE_TRANSLATION -> () -> all.whileNothingIsInFlight(table(rig), all::staleTranslation);
            case STORED_FOLIO_IS_DIRTY -> () -> all.whileNothingIsInFlight(table(rig), all::lostDirty);
            case ACCESSED_PAGE_IS_YOUNG -> () -> all.whileNothingIsInFlight(table(rig), all::lostAccess);
            case CHILD_KEEPS_ITS_PAGES -> () -> all.first(rig.table().frames(), all::changedUnderChild);
            default -> throw new IllegalArgumentException(id.title() + " is no invariant of contiguous entries");
        };
        return new Invariant(id.title(), rig.words(), check);
    }

    private static int table(ContpteRig rig) {
        return rig.table().count();
    }

    private String first(int count, IntFunction<String> complaint) {
        for (int i = 0; i < count; i++) {
            String wrong = complaint.apply(i);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private String whileNothingIsInFlight(int count, IntFunction<String> complaint) {
        return rig.isQuiescent() ? first(count, complaint) : null;
    }

    private String twoTranslations(int page) {
        if (rig.tlbs().bbm() != Bbm.LEVEL_0) {
            return null;
        }
        for (LargeTlb tlb : rig.tlbs().all()) {
            List<Arm64Pte> translations = tlb.peek(page);
            if (translations.size() > 1) {
                return tlb + " translates page " + page + " to " + translations.getFirst() + " and to "
                        + translations.getLast();
            }
        }
        return null;
    }

    private String staleTranslation(int page) {
        Arm64Pte pte = table.peek(page);
        for (LargeTlb tlb : rig.tlbs().all()) {
            for (Arm64Pte entry : tlb.peek(page)) {
                boolean stale = !pte.isValid() || pte.pfn() != entry.pfn() || entry.isWrite() && !pte.isWrite();
                if (stale) {
                    return tlb + " translates page " + page + " to " + entry + ", its entry is " + pte;
                }
            }
        }
        return null;
    }

    /** Dirtiness is the folio's: any of its entries may tell of it, or its flag. Copies are folios of their own. */
    private String lostDirty(int page) {
        Arm64Pte pte = table.peek(page);
        if (!pte.isValid() || table.frame(pte.pfn()).peek() == 0) {
            return null;
        }
        boolean ofFolio = pte.pfn() < table.count();
        boolean dirty = pte.isDirty() || ofFolio && rig.mm().peekDirty();
        for (int i = 0; ofFolio && i < table.count(); i++) {
            Arm64Pte other = table.peek(i);
            dirty |= other.isValid() && other.pfn() < table.count() && other.isDirty();
        }
        return dirty ? null : "page" + pte.pfn() + " was stored to, and nothing says that its folio is dirty";
    }

    /** An entry of a contiguous block is young if any of the block is. */
    private String lostAccess(int page) {
        Arm64Pte pte = table.peek(page);
        boolean young = pte.isYoung() || rig.mm().peekReferenced();
        for (int i = 0; pte.isCont() && i < table.contPtes(); i++) {
            young |= table.peek(table.alignDown(page) + i).isYoung();
        }
        return table.touched(page).peek() == 0 || !pte.isValid() || young
                ? null
                : "page " + page + " was accessed, and is not young";
    }

    private String changedUnderChild(int pfn) {
        long child = rig.mm().shared(pfn).peek();
        long content = table.frame(pfn).peek();
        return child == 0 || child == content + 1
                ? null
                : "page" + pfn + " held " + (child - 1) + " when the child was forked, and holds " + content;
    }
}
