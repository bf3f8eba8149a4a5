package racewalk.specs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import racewalk.machine.Invariant;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.mm.Cpu;
import racewalk.mm.Page;
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
            Invariants::noFreePageWithReference);

    private final String title;
    private final String sentence;
    private final Function<Rig, Invariant> maker;

    Invariants(String title, String sentence, Function<Rig, Invariant> maker) {
        this.title = title;
        this.sentence = sentence;
        this.maker = maker;
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
        AddressSpace mm = rig.mm();
        List<Word> reads = new ArrayList<>();
        mm.cpus().forEach(cpu -> reads.addAll(cpu.tlb().words()));
        rig.devices().values().forEach(device -> reads.addAll(device.words()));
        mm.memory().pages().forEach(page -> reads.add(page.refCount().word()));
        return NO_TRANSLATION_OUTLIVES_ITS_PAGE.invariant(reads, () -> {
            for (int address = 0; address < mm.pageTable().span(); address++) {
                for (Cpu cpu : mm.cpus()) {
                    Pte entry = cpu.tlb().peek(address);
                    if (reachesUnreferencedPage(mm, entry)) {
                        return cpu.task() + " has a TLB entry of page " + address + " for " + entry
                                + ", which has no reference";
                    }
                }
                for (Map.Entry<String, SecondaryMmu> device : rig.devices().entrySet()) {
                    for (Pte entry : device.getValue().peek(address)) {
                        if (reachesUnreferencedPage(mm, entry)) {
                            return device.getKey() + " translates page " + address + " to " + entry
                                    + ", which has no reference";
                        }
                    }
                }
            }
            return null;
        });
    }

    private static boolean reachesUnreferencedPage(AddressSpace mm, Pte entry) {
        return entry.permits(false)
                && mm.memory().page(entry.pfn()).refCount().word().peek() == 0;
    }

    private static Invariant secondaryNeverWiderThanPrimary(Rig rig) {
        AddressSpace mm = rig.mm();
        List<Word> reads = new ArrayList<>(mm.pageTable().words());
        reads.addAll(rig.inFlight());
        rig.devices().values().forEach(device -> reads.addAll(device.words()));
        return SECONDARY_NEVER_WIDER_THAN_PRIMARY.invariant(reads, () -> {
            for (int address = 0; address < mm.pageTable().span(); address++) {
                for (Map.Entry<String, SecondaryMmu> device : rig.devices().entrySet()) {
                    for (Pte entry : device.getValue().peek(address)) {
                        if (entry.isWiderThan(mm.pageTable().peek(address)) && !rig.isNarrowing(address)) {
                            return device.getKey() + " translates page " + address + " to " + entry + ", its PTE is "
                                    + mm.pageTable().peek(address);
                        }
                    }
                }
            }
            return null;
        });
    }

    private static Invariant tlbNeverWiderThanPageTable(Rig rig) {
        AddressSpace mm = rig.mm();
        List<Word> reads = new ArrayList<>(mm.pageTable().words());
        reads.addAll(rig.inFlight());
        mm.cpus().forEach(cpu -> reads.addAll(cpu.tlb().words()));
        return TLB_NEVER_WIDER_THAN_PAGE_TABLE.invariant(reads, () -> {
            for (int address = 0; address < mm.pageTable().span(); address++) {
                for (Cpu cpu : mm.cpus()) {
                    Pte entry = cpu.tlb().peek(address);
                    if (entry.isWiderThan(mm.pageTable().peek(address)) && !rig.isNarrowing(address)) {
                        return cpu.task() + " has a TLB entry of page " + address + " for " + entry + ", its PTE is "
                                + mm.pageTable().peek(address);
                    }
                }
            }
            return null;
        });
    }

    private static Invariant refcountIsHoldersPlusMappings(Rig rig) {
        AddressSpace mm = rig.mm();
        List<Word> reads = new ArrayList<>(rig.inFlight());
        rig.devices().values().forEach(device -> reads.addAll(device.words()));
        for (Page page : mm.memory().pages()) {
            reads.add(page.refCount().word());
            reads.add(page.mapCount());
        }
        return REFCOUNT_IS_HOLDERS_PLUS_MAPPINGS.invariant(reads, () -> {
            boolean quiescent = rig.isQuiescent();
            for (Page page : mm.memory().pages()) {
                long held = page.mapCount().peek();
                for (SecondaryMmu device : rig.devices().values()) {
                    held += device.peekPins(page.pfn());
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
        AddressSpace mm = rig.mm();
        List<Word> reads = new ArrayList<>(mm.pageTable().words());
        reads.add(mm.memory().free());
        for (Page page : mm.memory().pages()) {
            reads.add(page.refCount().word());
            reads.add(page.mapCount());
        }
        return NO_FREE_PAGE_WITH_REFERENCE.invariant(reads, () -> {
            for (Page page : mm.memory().pages()) {
                if ((mm.memory().free().peek() & 1L << page.pfn()) == 0) {
                    continue;
                }
                if (page.refCount().word().peek() != 0 || page.mapCount().peek() != 0) {
                    return page + " is free with a refcount of "
                            + page.refCount().word().peek() + " and a mapcount of "
                            + page.mapCount().peek();
                }
            }
            for (int address = 0; address < mm.pageTable().span(); address++) {
                Pte pte = mm.pageTable().peek(address);
                if (pte.isPresent() && (mm.memory().free().peek() & 1L << pte.pfn()) != 0) {
                    return "the PTE of page " + address + " maps " + pte + ", which is free";
                }
            }
            return null;
        });
    }
}
