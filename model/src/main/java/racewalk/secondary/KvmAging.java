package racewalk.secondary;

import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;

/**
 * {@link KvmSeq} that ages otherwise than by the accessed bit of sptes and a flush, as KVM did on hardware whose nested
 * page tables (EPT) have no such bit, and as it does today where accuracy is not asked for.
 */
public final class KvmAging extends KvmSeq {

    /** How {@code kvm_age_rmapp} answers, and what is flushed. */
    public enum Way {
        /** "always return old for EPT": {@code arch/x86/kvm/mmu.c} until 2010. */
        ALWAYS_OLD,
        /**
         * "In case of absence of EPT Access and Dirty Bits supports, emulate the accessed bit for EPT, by checking if
         * this page has an EPT mapping, and clearing it if it does": since 2010. The guest faults again.
         */
        UNMAP,
        /**
         * The accessed bit without a flush: {@code clear_young} since 2015, and {@code clear_flush_young} with {@code
         * CONFIG_KVM_ELIDE_TLB_FLUSH_IF_YOUNG}.
         */
        NO_FLUSH,
        /**
         * {@link #UNMAP} without a flush, as {@code clear_young} would be on such hardware, whose comment says that it
         * has "to tear down EPT tables instead" [R]: then an invalidation finds no spte, and does not flush either.
         */
        UNMAP_NO_FLUSH
    }

    private final Way way;

    /** The guest {@code name}, whose memory is the whole of {@code mm}. */
    public KvmAging(String name, AddressSpace mm, GetUserPages gup, Variant variant, Way way) {
        super(name, mm, gup, variant);
        this.way = way;
    }

    @Override
    boolean setsAccessedBit() {
        return way == Way.NO_FLUSH && super.setsAccessedBit();
    }

    @Override
    boolean kvmAgeRmapp(int address) {
        return switch (way) {
            case ALWAYS_OLD -> false;
            case NO_FLUSH -> super.kvmAgeRmapp(address);
            case UNMAP, UNMAP_NO_FLUSH -> kvmUnmapHva(address);
        };
    }

    @Override
    void flushAged() {
        if (way == Way.UNMAP) {
            super.flushAged();
        }
    }
}
