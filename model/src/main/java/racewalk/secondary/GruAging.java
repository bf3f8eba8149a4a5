package racewalk.secondary;

import racewalk.machine.Mark;
import racewalk.mm.AddressSpace;
import racewalk.mm.GetUserPages;

/**
 * A GRU that answers when a page is aged. Its hardware has no accessed bit, and the merged driver has not set {@code
 * clear_flush_young}.
 */
public final class GruAging extends Gru {

    /** Branches of the ageing. */
    public enum Marks implements Mark {
        /** There was a TLB entry to drop. */
        FLUSHED
    }

    /** What {@code clear_flush_young} does. */
    public enum Way {
        /** {@code return 1}: Steiner, "Re: [PATCH 01 of 11] mmu-notifier-core", 5 May 2008. */
        ALWAYS_YOUNG,
        /**
         * "If no young bitflag is supported by the hardware, ->age_page can unmap the address and return 1 or 0
         * depending if the mapping previously existed or not": the comment of Arcangeli's and of Lameter's patches. No
         * GRU driver did so, nor has it a way to learn what its TLB holds [R].
         */
        FLUSH
    }

    private final Way way;

    /** A GRU context of the process {@code mm}, for the device {@code name}. */
    public GruAging(String name, AddressSpace mm, GetUserPages gup, Variant variant, Way way) {
        super(name, mm, gup, variant);
        this.way = way;
    }

    @Override
    public boolean age(int address) {
        if (way == Way.ALWAYS_YOUNG) {
            return true;
        }
        boolean young = flushTlbPage(address);
        if (young) {
            machine.reach(Marks.FLUSHED);
        }
        return young;
    }
}
