package racewalk.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import racewalk.machine.LiveMachine;

class PteTest {

    private final PhysicalMemory memory = new PhysicalMemory(LiveMachine.spinning(options -> 0), 4);

    @Test
    void partsAreReadAsTheyWereWritten() {
        Pte pte = Pte.make(memory.page(3)).makeWritable().makeDirty();
        assertEquals(3, pte.pfn());
        assertTrue(pte.isPresent() && pte.isWritable() && pte.isDirty());
        assertEquals(pte, new Pte(pte.bits()));
        assertEquals("page3 rw dirty", pte.toString());
    }

    @Test
    void privateMappingIsNeverWritableAfterAProtectionChange() {
        Pte pte = Pte.make(memory.page(1)).makeWritable().makeDirty();
        for (Protection protection : Protection.values()) {
            assertFalse(pte.modify(protection).isWritable());
            assertTrue(pte.modify(protection).isDirty());
            assertEquals(1, pte.modify(protection).pfn());
        }
    }

    @Test
    void protNoneIsPresentForTheKernelAndNotForTheHardware() {
        Pte pte = Pte.make(memory.page(1)).modify(Protection.NONE);
        assertTrue(pte.isPresent());
        assertFalse(pte.permits(false));
        assertEquals(Pte.make(memory.page(1)), pte.modify(Protection.READ));
    }

    @Test
    void widerMeansAnythingMore() {
        Pte readOnly = Pte.make(memory.page(1));
        assertFalse(readOnly.isWiderThan(readOnly.makeWritable()));
        assertTrue(readOnly.makeWritable().isWiderThan(readOnly));
        assertTrue(readOnly.isWiderThan(Pte.make(memory.page(2))));
        assertTrue(readOnly.isWiderThan(Pte.NONE));
        assertFalse(Pte.NONE.isWiderThan(readOnly));
    }
}
