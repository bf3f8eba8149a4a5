package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import racewalk.contpte.LargeFolioMm;
import racewalk.contpte.LeafTable;
import racewalk.contpte.Ptes;
import racewalk.contpte.Tlbs;
import racewalk.machine.Access;
import racewalk.machine.Action;
import racewalk.machine.LiveMachine;
import racewalk.machine.Task;
import racewalk.machine.Witness;
import racewalk.machine.Word;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;

/** What it costs to change entries of a block of 16, or of none: accesses to entries, and TLB flushes. */
class ContpteCostTest {

    private static final int CONT_PTES = 16;

    /** What an operation took, alone. */
    private record Cost(int entries, int flushes) {}

    private static final class Counter implements Witness {

        private int entries;
        private int flushes;

        @Override
        public void begins(Task task) {
            // What it is comes after it.
        }

        @Override
        public void accessed(Task task, Word word, Access access, long before, long told) {
            entries += word.name().startsWith("pte[") ? 1 : 0;
        }

        @Override
        public void stepped(Task task, String unit, String what) {
            flushes += what.equals("tlbi") ? 1 : 0;
        }
    }

    private static Cost cost(String id, Consumer<LargeFolioMm> before, Consumer<LargeFolioMm> operation) {
        Design.Contiguous design =
                (Design.Contiguous) Designs.find(Kind.TABLE, id).orElseThrow();
        Counter counter = new Counter();
        LiveMachine machine = LiveMachine.monitors(_ -> 0, counter);
        LeafTable table = new LeafTable(machine, CONT_PTES, CONT_PTES);
        Tlbs tlbs = new Tlbs(table, design.bbm());
        Task cpu = machine.task("cpu0");
        tlbs.add(cpu);
        Ptes ptes = design.ptes().make(table, tlbs, design.leftOut());
        LargeFolioMm mm = new LargeFolioMm(table, ptes, design.leftOut());
        mm.boot();
        before.accept(mm);
        counter.entries = 0;
        counter.flushes = 0;
        machine.run(cpu, new Action("operation", () -> {
            operation.accept(mm);
            return 0;
        }));
        return new Cost(counter.entries, counter.flushes);
    }

    private static Cost protect(String id, int start, int end) {
        return cost(id, _ -> {}, mm -> mm.mprotect(start, end, Protection.READ));
    }

    /** An entry whose neighbours are nothing to it: what x86 does, who pays nothing for blocks. */
    @Test
    void entriesByThemselvesCostNoMoreThanOneOfThem() {
        for (int page = 0; page < CONT_PTES; page++) {
            assertEquals(new Cost(4, 1), protect("ptes", page, page + 1));
        }
        assertEquals(new Cost(1 + 3 * CONT_PTES, 1), protect("ptes", 0, CONT_PTES));
    }

    /** The 16 entries are cleared and written anew, with a flush of their own between. */
    @Test
    void changeOfOneOfABlockCostsTheBlock() {
        assertEquals(new Cost(70, 2), protect("contpte", 3, 4));
        assertEquals(new Cost(70, 1), protect("contpte-bbml2", 3, 4));
    }

    /** All of it keeps its bit: nothing is unfolded, nothing flushed between. */
    @Test
    void changeOfAllOfABlockCostsNoFlushMore() {
        assertEquals(1, protect("contpte", 0, CONT_PTES).flushes());
    }

    /** What arm64 pays where nothing is contiguous: a look before each change. */
    @Test
    void entryByItselfCostsTwoLooksMore() {
        Consumer<LargeFolioMm> unfold = mm -> mm.mprotect(3, 4, Protection.READ);
        Consumer<LargeFolioMm> again = mm -> mm.mprotect(3, 4, Protection.READ_WRITE);
        assertEquals(new Cost(6, 1), cost("contpte", unfold, again));
        assertEquals(new Cost(4, 1), cost("ptes", unfold, again));
    }

    /** The last entry of what comes to be a block pays for the fold. */
    @Test
    void foldCostsAFlushMore() {
        Consumer<LargeFolioMm> unfold = mm -> mm.mprotect(CONT_PTES - 1, CONT_PTES, Protection.READ);
        Consumer<LargeFolioMm> fold = mm -> mm.mprotect(CONT_PTES - 1, CONT_PTES, Protection.READ_WRITE);
        assertEquals(2, cost("contpte", unfold, fold).flushes());
        assertEquals(1, cost("contpte-bbml2", unfold, fold).flushes());
        assertEquals(new Cost(4, 1), cost("ptes", unfold, fold));
    }
}
