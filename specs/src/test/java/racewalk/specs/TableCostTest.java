package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import racewalk.specs.Design.Kind;
import racewalk.specs.TableCost.Counts;
import racewalk.specs.TableCost.What;
import racewalk.walk.TableShape;

/** What was argued over: a directory with one valid entry, at its end. */
class TableCostTest {

    private static final int ENTRIES = 64;

    private static Counts count(String design, int levels, What what) {
        TableShape shape = new TableShape(levels, ENTRIES, 1, levels);
        return TableCost.count(
                (Design.Table) Designs.find(Kind.TABLE, design).orElseThrow(),
                shape,
                address -> address == shape.span() - 1,
                what);
    }

    @Test
    void directoryOfPagesIsEnteredOnceByAll() {
        for (String design : new String[] {"hmm-pt-v1", "hmm-pt-v3-repaired", "hairgrove"}) {
            assertEquals(1, count(design, 2, What.WALK).sections(), design);
            assertEquals(2, count(design, 2, What.CLEAR).locks(), design);
        }
    }

    @Test
    void v1EntersADirectoryOfDirectoriesAnewForEachEntry() {
        Counts v1 = count("hmm-pt-v1", 3, What.WALK);
        assertEquals(2 * ENTRIES, v1.sections());
        assertEquals(ENTRIES + 1, v1.references());
    }

    @Test
    void v3AndHairgroveKeepIt() {
        for (String design : new String[] {"hmm-pt-v3-repaired", "hairgrove"}) {
            Counts counts = count(design, 3, What.WALK);
            assertEquals(ENTRIES + 1, counts.sections(), design);
            assertEquals(2, counts.references(), design);
        }
    }

    @Test
    void walkThatMissesEntriesIsNotCounted() {
        assertThrows(IllegalStateException.class, () -> count("hmm-pt-v3-no-skip", 3, What.WALK));
        assertTrue(count("hmm-pt-v3-no-end", 3, What.WALK).seen() == 1);
    }
}
