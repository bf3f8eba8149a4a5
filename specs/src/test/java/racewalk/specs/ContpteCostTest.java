package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static racewalk.specs.ContpteCost.CONT_PTES;

import org.junit.jupiter.api.Test;
import racewalk.specs.ContpteCost.Counts;
import racewalk.specs.ContpteCost.What;
import racewalk.specs.Design.Kind;

/** What it costs to change entries of a block of 16, or of none: accesses to entries, and TLB flushes. */
class ContpteCostTest {

    private static Counts cost(String id, What what) {
        return ContpteCost.count(
                (Design.Contiguous) Designs.find(Kind.TABLE, id).orElseThrow(), what);
    }

    /** An entry whose neighbours are nothing to it: what x86 does, who pays nothing for blocks. */
    @Test
    void entriesByThemselvesCostNoMoreThanOneOfThem() {
        assertEquals(new Counts(4, 1), cost("ptes", What.ONE));
        assertEquals(new Counts(4, 1), cost("ptes", What.ONE_BY_ITSELF));
        assertEquals(new Counts(4, 1), cost("ptes", What.LAST_TO_MATCH));
        assertEquals(new Counts(1 + 3 * CONT_PTES, 1), cost("ptes", What.ALL));
    }

    /** The 16 entries are cleared and written anew, with a flush of their own between. */
    @Test
    void changeOfOneOfABlockCostsTheBlock() {
        assertEquals(new Counts(70, 2), cost("contpte", What.ONE));
        assertEquals(new Counts(70, 1), cost("contpte-bbml2", What.ONE));
    }

    /** All of it keeps its bit: nothing is unfolded, nothing flushed between. */
    @Test
    void changeOfAllOfABlockCostsNoFlushMore() {
        assertEquals(1, cost("contpte", What.ALL).flushes());
    }

    /** What arm64 pays where nothing is contiguous: a look before each change. */
    @Test
    void entryByItselfCostsTwoLooksMore() {
        assertEquals(new Counts(6, 1), cost("contpte", What.ONE_BY_ITSELF));
    }

    /** The last entry of what comes to be a block pays for the fold. */
    @Test
    void foldCostsAFlushMore() {
        assertEquals(2, cost("contpte", What.LAST_TO_MATCH).flushes());
        assertEquals(1, cost("contpte-bbml2", What.LAST_TO_MATCH).flushes());
    }
}
