package racewalk.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import racewalk.machine.LiveMachine;
import racewalk.machine.Word;

/** What the hardware does with stale entries and dirty bits. */
class TlbTest {

    private AddressSpace mm;
    private Cpu cpu;
    private Word pte;
    private Page page;

    @BeforeEach
    void onePageIsMappedWritableAndClean() {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        mm = new AddressSpace(machine, new PhysicalMemory(machine, 3), 1, 1, 506);
        cpu = mm.addCpu("cpu0");
        page = mm.memory().allocZeroedPage();
        pte = mm.pageTable().pte(mm.pageTable().allocLeaf(0), 0);
        pte.writeOnce(Pte.make(page).makeWritable().bits());
    }

    private Pte entry() {
        return new Pte(pte.peek());
    }

    @Test
    void firstAccessFillsAndTheNextHits() {
        assertEquals(Tlb.Outcome.FILLED, cpu.tlb().load(0).outcome());
        assertEquals(new Tlb.Result(Tlb.Outcome.HIT, 0), cpu.tlb().load(0));
    }

    @Test
    void firstStoreThroughACleanEntrySetsTheDirtyBitOfThePte() {
        cpu.tlb().load(0);
        assertFalse(entry().isDirty());
        assertEquals(Tlb.Outcome.HIT, cpu.tlb().store(0, 7).outcome());
        assertTrue(entry().isDirty());
        assertEquals(7, page.content().peek());
    }

    @Test
    void firstStoreThroughACleanEntryFaultsIfThePteHasGone() {
        cpu.tlb().load(0);
        pte.writeOnce(Pte.NONE.bits());
        assertEquals(Tlb.Outcome.FAULT, cpu.tlb().store(0, 7).outcome());
        assertEquals(0, page.content().peek());
        assertEquals(Pte.NONE, entry());
    }

    @Test
    void storeThroughADirtyEntryTouchesOnlyThePageThoughThePteHasGone() {
        cpu.tlb().load(0);
        cpu.tlb().store(0, 6);
        pte.writeOnce(Pte.NONE.bits());
        assertEquals(Tlb.Outcome.HIT, cpu.tlb().store(0, 7).outcome());
        assertEquals(7, page.content().peek());
        assertEquals(Pte.NONE, entry());
    }

    @Test
    void staleEntryEndsWithTheFlush() {
        cpu.tlb().load(0);
        pte.writeOnce(Pte.NONE.bits());
        assertEquals(Tlb.Outcome.HIT, cpu.tlb().load(0).outcome());
        new TlbFlush(mm).flushTlbMm();
        assertEquals(Tlb.Outcome.FAULT, cpu.tlb().load(0).outcome());
    }

    @Test
    void faultDropsTheEntryThatDidNotPermitTheAccess() {
        pte.writeOnce(Pte.make(page).bits());
        cpu.tlb().load(0);
        assertEquals(Tlb.Outcome.FAULT, cpu.tlb().store(0, 7).outcome());
        assertEquals(Pte.NONE, cpu.tlb().peek(0));
    }
}
