package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import racewalk.specs.Design.Kind;
import racewalk.specs.TableCost.Counts;
import racewalk.specs.TableCost.What;
import racewalk.walk.TableShape;

/** What was argued over: a directory with one valid entry, at its end. */
class TableCostTest {

    private static final int ENTRIES = 64;

    private static Design.Table design(String id) {
        return (Design.Table) Designs.find(Kind.TABLE, id).orElseThrow();
    }

    private static Counts count(String design, int levels, What what) {
        TableShape shape = new TableShape(levels, ENTRIES, 1, levels);
        return TableCost.count(design(design), shape, 1, address -> address == shape.span() - 1, what);
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

    /** Dense, sparse, at the end, and huge pages: what it is worth that nothing is read twice. */
    @Test
    void flatIteratorNeverCostsMoreThanARecursiveWalk() {
        for (TableShape shape : List.of(
                new TableShape(2, ENTRIES, 1, 2),
                new TableShape(3, 8, 4, 63),
                new TableShape(4, 8, 4, 63, false, List.of(1)),
                new TableShape(4, 8, 4, 63, false, List.of(2)))) {
            for (What what : What.values()) {
                for (int pages = 1; pages <= shape.entries() && pages * shape.entries() <= shape.span(); pages *= 8) {
                    int size = pages;
                    for (IntPredicate valid : List.<IntPredicate>of(
                            _ -> true, address -> address % 32 == 0, address -> address == shape.span() - size)) {
                        Counts flat = TableCost.count(design("vpte-iter"), shape, pages, valid, what);
                        for (String id : new String[] {"ptp-walk-repaired", "pagewalk"}) {
                            Counts recursive = TableCost.count(design(id), shape, pages, valid, what);
                            assertTrue(
                                    flat.steps() <= recursive.steps(),
                                    id + " " + shape + " " + what + recursive + flat);
                            assertTrue(
                                    flat.locks() <= recursive.locks(),
                                    id + " " + shape + " " + what + recursive + flat);
                        }
                    }
                }
            }
        }
    }

    @Test
    void walkThatMissesEntriesIsNotCounted() {
        assertThrows(IllegalStateException.class, () -> count("hmm-pt-v3-no-skip", 3, What.WALK));
        assertTrue(count("hmm-pt-v3-no-end", 3, What.WALK).seen() == 1);
    }
}
