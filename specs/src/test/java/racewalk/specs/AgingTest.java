package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import racewalk.mm.Protection;

/** What flat memory says of the ageing of a page. */
class AgingTest {

    private static final Operation AGE = new Operation.Age(0);
    private static final Operation LOAD = new Operation.Load(0);
    private static final long MAPPED = FlatMemory.with(FlatMemory.aging(0), 0, Protection.READ_WRITE, 0);

    private static long after(long memory, Operation... operations) {
        for (Operation operation : operations) {
            memory = FlatMemory.effect(operation, memory).memory();
        }
        return memory;
    }

    @Test
    void accessMakesThePageYoungAndTheNextAgeingOld() {
        assertFalse(FlatMemory.isYoung(MAPPED, 0));
        for (Operation access : List.of(LOAD, new Operation.Store(0, 7))) {
            long young = after(MAPPED, access);
            assertTrue(FlatMemory.isYoung(young, 0));
            assertEquals(Operation.YOUNG, FlatMemory.effect(AGE, young).result());
            assertFalse(FlatMemory.isYoung(after(young, AGE), 0));
            assertEquals(FlatMemory.value(young, 0), FlatMemory.value(after(young, AGE), 0));
        }
    }

    @Test
    void refusedAccessLeavesThePageOld() {
        long denied = FlatMemory.with(MAPPED, 0, Protection.NONE, 0);
        assertFalse(FlatMemory.isYoung(after(denied, LOAD, new Operation.Store(0, 7)), 0));
    }

    @Test
    void whatUnmapsThePageMakesItOldAndWhatProtectsItDoesNot() {
        long young = after(MAPPED, LOAD);
        assertFalse(FlatMemory.isYoung(after(young, new Operation.Dontneed(0, 1)), 0));
        assertFalse(FlatMemory.isYoung(after(young, new Operation.Munmap(0, 1)), 0));
        assertTrue(FlatMemory.isYoung(after(young, new Operation.Mprotect(0, 1, Protection.NONE)), 0));
    }

    @Test
    void noAccountIsKeptWhereNothingAges() {
        long memory = FlatMemory.with(0, 0, Protection.READ_WRITE, 0);
        assertEquals(memory, after(memory, LOAD, AGE));
    }

    /** One actor loads, then another ages twice. */
    private static String complaint(long first, long second) {
        Linearizability history =
                new Linearizability(MAPPED, List.of("cpu0", "cpu1"), List.of(List.of(LOAD), List.of(AGE, AGE)));
        Linearizability.Explanations state = history.responded(history.invoked(history.initial(), 0, 0), 0, 0, 0);
        state = history.responded(history.invoked(state, 1, 0), 1, 0, first);
        return history.complaint(history.responded(history.invoked(state, 1, 1), 1, 1, second));
    }

    @Test
    void oldIsNoAnswerAfterAnAccessAndYoungAlwaysIsOne() {
        assertNotNull(complaint(Operation.OLD, Operation.OLD));
        assertNotNull(complaint(Operation.OLD, Operation.YOUNG));
        assertNull(complaint(Operation.YOUNG, Operation.OLD));
        assertNull(complaint(Operation.YOUNG, Operation.YOUNG));
    }
}
