package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import racewalk.specs.Operation.OfTable;
import racewalk.specs.TableSpecification.Entries;
import racewalk.walk.TableShape;

/** What the specification of walked tables accepts, and what it rejects. */
class TableSpecificationTest {

    private static final Scenario.Tables TABLES = new Scenario.Tables(new TableShape(2, 2, 2, 2), 2);

    /** A walk of the first table; a clear of its entries 0 and 1, then 5 into entry 0; a walk of both tables. */
    private static final List<List<Operation>> ACTORS = List.of(
            List.of(new OfTable.Walk(0, 4)),
            List.of(new OfTable.Clear(0, 2), new OfTable.Populate(0, 5)),
            List.of(new OfTable.Lockstep(1, 2)));

    /** At boot entry 0 holds 1, entry 1 holds 2, and entry 5, which is entry 1 of the other table, 3. */
    private final TableSpecification specification = new TableSpecification(
            TABLES,
            List.of(new OfTable.Populate(0, 1), new OfTable.Populate(1, 2), new OfTable.Populate(5, 3)),
            ACTORS);

    private final int[] next = new int[ACTORS.size()];
    private Entries state = specification.initial();

    private TableSpecificationTest invoke(int actor) {
        state = specification.invoked(state, actor, next[actor]);
        return this;
    }

    private TableSpecificationTest respond(int actor, long result) {
        state = specification.responded(state, actor, next[actor]++, result);
        return this;
    }

    private boolean accepts() {
        return specification.complaint(state) == null;
    }

    private static long seen(int... entriesAndValues) {
        long seen = 0;
        for (int i = 0; i < entriesAndValues.length; i += 2) {
            seen = TableSpecification.with(seen, entriesAndValues[i], entriesAndValues[i + 1]);
        }
        return seen;
    }

    @Test
    void walkAloneSeesWhatIsThere() {
        assertTrue(invoke(0).respond(0, seen(0, 1, 1, 2)).accepts());
    }

    @Test
    void walkThatMissesAnEntryIsRejected() {
        assertFalse(invoke(0).respond(0, seen(0, 1)).accepts());
    }

    @Test
    void walkThatSeesAnEntryThatNeverWasIsRejected() {
        assertFalse(invoke(0).respond(0, seen(0, 1, 1, 2, 2, 7)).accepts());
    }

    @Test
    void clearIsSeenHalfDone() {
        assertTrue(invoke(0).invoke(1).respond(0, seen(1, 2)).respond(1, 0).accepts());
    }

    @Test
    void entriesOfOneWalkMayBeOfDifferentTimes() {
        // Entry 1 before the clear, entry 0 after all: no single moment has both.
        invoke(0).invoke(1).respond(1, 0).invoke(1).respond(1, 0);
        assertTrue(respond(0, seen(0, 5, 1, 2)).accepts());
    }

    @Test
    void entryThatWasClearedBeforeTheWalkBeganIsRejected() {
        assertFalse(invoke(1).respond(1, 0).invoke(0).respond(0, seen(1, 2)).accepts());
    }

    @Test
    void entryThatIsPopulatedAfterTheWalkHasEndedIsRejected() {
        assertFalse(invoke(1).respond(1, 0).invoke(0).respond(0, seen(0, 5)).accepts());
    }

    @Test
    void lockstepIsOfTheSameAddressesOfAllTables() {
        assertTrue(invoke(2).respond(2, seen(1, 2, 5, 3)).accepts());
    }

    @Test
    void lockstepThatMissesTheOtherTableIsRejected() {
        assertFalse(invoke(2).respond(2, seen(1, 2)).accepts());
    }

    @Test
    void complaintStays() {
        assertFalse(invoke(0).respond(0, 0).invoke(1).respond(1, 0).accepts());
    }

    @Test
    void statesAreEqualIfTheirContentIs() {
        Entries one = invoke(0).invoke(1).state;
        state = specification.initial();
        Entries other = invoke(1).invoke(0).state;
        assertEquals(one, other);
        assertEquals(one.hash(7), other.hash(7));
        assertFalse(one.equals(specification.initial()));
    }

    /** Whether entry 0, which could not be populated, may be seen as {@code then} afterwards. */
    private static boolean acceptsRefusal(boolean mayFail, long then) {
        TableSpecification of = new TableSpecification(
                new Scenario.Tables(new TableShape(2, 2, 2, 2, mayFail, List.of()), 1),
                List.of(),
                List.of(List.of(new OfTable.Populate(0, 5), new OfTable.Walk(0, 4))));
        Entries entries = of.responded(of.invoked(of.initial(), 0, 0), 0, 0, Operation.OUT_OF_MEMORY);
        return of.complaint(of.responded(of.invoked(entries, 0, 1), 0, 1, then)) == null;
    }

    @Test
    void populateWithoutMemoryHasNoEffect() {
        assertTrue(acceptsRefusal(true, seen()));
        assertFalse(acceptsRefusal(true, seen(0, 5)));
    }

    @Test
    void populateThatIsRefusedWhereAllocationsSucceedIsRejected() {
        assertFalse(acceptsRefusal(false, seen()));
        assertFalse(acceptsRefusal(false, seen(0, 5)));
    }
}
