package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import racewalk.specs.Design.Kind;
import racewalk.specs.MirrorCost.Has;

/** What a page table for each mirror saves: nothing, unless somebody looks into it. */
class MirrorCostTest {

    private static final int MIRRORS = 4;

    private static MirrorCost.Counts count(String design, Has has) {
        return MirrorCost.count(
                (Design.Secondary) Designs.find(Kind.SECONDARY, design).orElseThrow(), has, MIRRORS);
    }

    @Test
    void asPostedEveryDriverIsToldOfEverything() {
        for (Has has : Has.values()) {
            assertEquals(MIRRORS, count("hmm-2015", has).callbacks(), has.name());
            assertEquals(MIRRORS, count("hmm-2015-shared-table-late", has).callbacks(), has.name());
        }
        assertEquals(MIRRORS - 1, count("hmm-2015", Has.ONE).inVain());
    }

    @Test
    void whoAsksTheMirrorsOwnTableTellsNobodyInVain() {
        assertEquals(MIRRORS, count("hmm-2015-asks-table", Has.ALL).callbacks());
        assertEquals(1, count("hmm-2015-asks-table", Has.ONE).callbacks());
        assertEquals(0, count("hmm-2015-asks-table", Has.NONE).callbacks());
    }

    @Test
    void whoAsksATableOfAllMirrorsTellsAllOfWhatOneHas() {
        assertEquals(MIRRORS, count("hmm-2015-shared-table-asked", Has.ONE).callbacks());
        assertEquals(0, count("hmm-2015-shared-table-asked", Has.NONE).callbacks());
    }

    /** A planted fault: of drivers that leave a translation the costs are not counted. */
    @Test
    void driverThatLeavesATranslationIsNotCounted() {
        assertThrows(IllegalStateException.class, () -> count("hmm-2015-driver-reads-at-migrate", Has.ALL));
    }
}
