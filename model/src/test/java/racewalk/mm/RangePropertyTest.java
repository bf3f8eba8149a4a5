package racewalk.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntBinaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import racewalk.machine.LiveMachine;

/** The walks over leaves and VMAs come to every page of a range once, and stop where a leaf or a VMA ends. */
class RangePropertyTest {

    private static final int PAGES = Vmas.MAX_PAGES;

    /** A range of pages that is not empty. */
    record Range(int start, int end) {}

    @Provide
    Arbitrary<Range> ranges() {
        Arbitrary<Integer> pages = Arbitraries.integers().between(0, PAGES - 1);
        return Combinators.combine(pages, pages).as((a, b) -> new Range(Math.min(a, b), Math.max(a, b) + 1));
    }

    @Property
    void walkOverTheLeavesCutsTheRangeAtTheirEnds(
            @ForAll("ranges") Range range, @ForAll @IntRange(min = 1, max = 8) int perLeaf) {
        PageTable table = table(perLeaf);
        assertCut(range, perLeaf, table::leafEnd);
    }

    private static PageTable table(int perLeaf) {
        int leaves = (PAGES + perLeaf - 1) / perLeaf;
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        return new PageTable(machine, new PhysicalMemory(machine, 1), "", leaves, perLeaf, PageTable.PtLocks.SPLIT);
    }

    private static void assertCut(Range range, int perLeaf, IntBinaryOperator leafEnd) {
        int[] visits = new int[PAGES];
        for (int address = range.start; address < range.end; ) {
            int next = leafEnd.applyAsInt(address, range.end);
            assertTrue(address < next && next <= range.end, address + " to " + next + " in " + range);
            assertEquals(address / perLeaf, (next - 1) / perLeaf, "one leaf");
            assertTrue(next == range.end || next % perLeaf == 0, "stops at " + next);
            for (int page = address; page < next; page++) {
                visits[page]++;
            }
            address = next;
        }
        for (int page = 0; page < PAGES; page++) {
            assertEquals(range.start <= page && page < range.end ? 1 : 0, visits[page], "page " + page);
        }
    }

    @Example
    void walkThatStepsOverAPageAtTheEndOfALeafIsFound() {
        assertThrows(
                AssertionError.class,
                () -> assertCut(new Range(1, 7), 4, (address, end) -> Math.min(end, (address / 4 + 1) * 4 + 1)));
    }

    @Example
    void walkThatComesToALeafTwiceIsFound() {
        assertThrows(AssertionError.class, () -> assertCut(new Range(1, 7), 4, (address, end) -> end));
    }

    /** A protection that was set for a range. */
    record Change(Range range, Protection protection) {}

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(ranges(), Arbitraries.of(Protection.class))
                .as(Change::new)
                .list()
                .ofMaxSize(12);
    }

    @Property
    void vmasHoldWhatWasSetLast(@ForAll("changes") List<Change> changes) {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        AddressSpace mm = new AddressSpace(machine, new PhysicalMemory(machine, 1), 1, PAGES, 1);
        Protection[] expected = new Protection[PAGES];
        Arrays.fill(expected, Protection.UNMAPPED);
        mm.mmapLock().downWrite();
        for (Change change : changes) {
            mm.vmas().set(change.range.start, change.range.end, change.protection);
            Arrays.fill(expected, change.range.start, change.range.end, change.protection);
        }
        for (int page = 0; page < PAGES; page++) {
            assertEquals(expected[page], mm.vmas().find(page), "page " + page);
        }
        assertMaximalVmas(mm.vmas().read(0, PAGES), expected);
        mm.mmapLock().upWrite();
    }

    /** Walks as the callers do: each VMA is of one protection and not a part of a larger one. */
    private static void assertMaximalVmas(long tree, Protection[] expected) {
        Protection before = null;
        for (int address = 0; address < PAGES; ) {
            int end = Vmas.vmaEnd(tree, address, PAGES);
            assertTrue(address < end && end <= PAGES, address + " to " + end);
            for (int page = address; page < end; page++) {
                assertEquals(expected[address], expected[page], "one VMA");
            }
            assertTrue(expected[address] != before, "two VMAs of one protection meet at " + address);
            assertEquals(expected[address] == Protection.UNMAPPED, Vmas.isHole(tree, address, end));
            before = expected[address];
            address = end;
        }
    }

    @Property
    void partOfTheTreeIsTheTreeOfThePart(@ForAll("changes") List<Change> changes, @ForAll("ranges") Range part) {
        LiveMachine machine = LiveMachine.spinning(options -> 0);
        AddressSpace mm = new AddressSpace(machine, new PhysicalMemory(machine, 1), 1, PAGES, 1);
        mm.mmapLock().downWrite();
        changes.forEach(change -> mm.vmas().set(change.range.start, change.range.end, change.protection));
        assertPart(mm.vmas().read(part.start, part.end), mm.vmas().read(0, PAGES), part);
        mm.mmapLock().upWrite();
    }

    private static void assertPart(long read, long tree, Range part) {
        for (int page = 0; page < PAGES; page++) {
            boolean inside = part.start <= page && page < part.end;
            assertEquals(inside ? Vmas.at(tree, page) : Protection.UNMAPPED, Vmas.at(read, page), "page " + page);
        }
    }

    @Example
    void partThatIsReadOnePageShortIsFound() {
        long tree = (1L << 2 * PAGES) - 1; // every page readable and writable
        assertPart(tree & 0b111111, tree, new Range(0, 3));
        assertThrows(AssertionError.class, () -> assertPart(tree & 0b1111, tree, new Range(0, 3)));
    }

    @Example
    void treeWithAHoleInTheMiddleOfAVmaIsFound() {
        long tree = 0; // every page unmapped
        Protection[] expected = new Protection[PAGES];
        Arrays.fill(expected, Protection.UNMAPPED);
        assertMaximalVmas(tree, expected);
        expected[3] = Protection.READ;
        assertThrows(AssertionError.class, () -> assertMaximalVmas(tree, expected));
    }
}
