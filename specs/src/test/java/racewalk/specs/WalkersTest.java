package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import racewalk.machine.Action;
import racewalk.machine.BrokenRule;
import racewalk.machine.LiveMachine;
import racewalk.machine.Task;
import racewalk.specs.Design.Kind;
import racewalk.walk.CopiedTable;
import racewalk.walk.PtEntry;
import racewalk.walk.TableShape;

/**
 * Each walker of a process's page tables does what an array of values does, on every small table: of each shape, with
 * each level folded or not, with leaves of each order, holes, and tables with nothing in them; each operation on each
 * range. And on large ones, drawn at random.
 */
class WalkersTest {

    private static final int PAGES = 40;

    private static Design.Table design(String id) {
        return (Design.Table) Designs.find(Kind.TABLE, id).orElseThrow();
    }

    /** Those that nothing but other CPUs can refute. */
    private static List<Design.Table> walkers() {
        return List.of("pagewalk", "ptp-walk", "ptp-walk-repaired", "vpte-iter").stream()
                .map(WalkersTest::design)
                .toList();
    }

    /** Every way to fold levels so that {@code depth} are left. */
    private static List<TableShape> shapes(int depth, int entries, int root) {
        List<TableShape> shapes = new ArrayList<>();
        for (int levels = depth; levels <= 5; levels++) {
            for (int bits = 0; bits < 1 << levels; bits++) {
                List<Integer> folded = new ArrayList<>();
                for (int level = 0; level < levels; level++) {
                    if ((bits >> level & 1) != 0) {
                        folded.add(level);
                    }
                }
                boolean possible = (bits & 1) == 0 && bits >> levels - 1 == 0 && folded.size() == levels - depth;
                if (possible) {
                    shapes.add(new TableShape(levels, entries, root, PAGES, false, folded));
                }
            }
        }
        return shapes;
    }

    @Example
    void levelsAreFoldedInEveryWay() {
        assertEquals(1 + 1 + 1 + 1, shapes(2, 2, 2).size());
        assertEquals(1 + 2 + 3, shapes(3, 2, 2).size());
        assertEquals(1 + 3, shapes(4, 2, 2).size());
    }

    @Example
    void everyWalkerDoesWhatAnArrayDoesOnEverySmallTable() {
        for (Design.Table design : walkers()) {
            for (TableShape shape : shapes(2, 2, 2)) {
                assertNull(complaint(design, shape, 1), design.id());
            }
            for (TableShape shape : shapes(3, 2, 1)) {
                assertNull(complaint(design, shape, 1), design.id());
            }
            assertNull(complaint(design, new TableShape(2, 4, 1, PAGES), 1), design.id());
        }
    }

    @Example
    void everyWalkerDoesWhatAnArrayDoesOnSomeTablesOfFourLevels() {
        for (Design.Table design : walkers()) {
            for (TableShape shape : shapes(4, 2, 1)) {
                assertNull(complaint(design, shape, 389), design.id());
            }
        }
    }

    @Example
    void faultsAreFoundWithoutAnotherCpu() {
        TableShape whole = new TableShape(2, 2, 2, PAGES);
        TableShape folded = new TableShape(3, 2, 2, PAGES, false, List.of(1));
        assertNotNull(complaint(design("vpte-iter-order-from-value"), whole, 1));
        assertNotNull(complaint(design("vpte-iter-sideways-first"), whole, 1));
        assertNotNull(complaint(design("vpte-iter-uncollapsed"), folded, 1));
        assertNull(complaint(design("vpte-iter-uncollapsed"), whole, 1));
    }

    /** Null if each operation on each range of each content, or of one of so many, gives what it should. */
    private static String complaint(Design.Table design, TableShape shape, int every) {
        Contents contents = new Contents(shape);
        for (int content = 0; content < contents.count(); content += every) {
            for (int start = 0; start < shape.span(); start++) {
                for (int end = start + 1; end <= shape.span(); end++) {
                    for (What what : What.values()) {
                        Tables tables = new Tables(design, shape);
                        try {
                            contents.make(content, tables);
                            if (what != What.COPY || tables.isWhole(start, end)) {
                                tables.perform(what, start, end, 3);
                            }
                        } catch (BrokenRule | IllegalStateException e) {
                            return shape + " " + content + " " + what + " " + start + ".." + end + ": "
                                    + e.getMessage();
                        }
                    }
                }
            }
        }
        return null;
    }

    private enum What {
        WALK,
        CLEAR,
        PROTECT,
        POPULATE,
        COPY
    }

    /** A table and another one to copy it to, and arrays of what should be in them. */
    private static final class Tables {

        private final LiveMachine machine;
        private final Task task;
        private final TableShape shape;
        private final CopiedTable[] tables = new CopiedTable[2];
        private final long[][] expected;

        /** The order of the leaf that maps a page. */
        private final int[] sizes;

        Tables(Design.Table design, TableShape shape) {
            this.machine = LiveMachine.alone(options -> options - 1);
            this.shape = shape;
            for (int i = 0; i < 2; i++) {
                tables[i] = (CopiedTable) design.maker().make(machine, "pt" + i, shape);
            }
            this.task = machine.task("cpu0");
            this.expected = new long[2][shape.span()];
            this.sizes = new int[shape.span()];
            Arrays.fill(sizes, 1);
        }

        /** Whether no huge page is cut by the range: a VMA's end would have split it. */
        boolean isWhole(int start, int end) {
            return start / sizes[start] * sizes[start] == start && end % sizes[end - 1] == 0;
        }

        void mapped(int start, int size) {
            Arrays.fill(sizes, start, start + size, size);
        }

        void perform(What what, int start, int end, long value) {
            machine.run(task, new Action(what.name(), Long::toString, () -> {
                long[][] seen = new long[2][shape.span()];
                switch (what) {
                    case WALK -> tables[0].walk(start, end, (table, page, of) -> seen[table][page] = of);
                    case CLEAR -> tables[0].clear(start, end);
                    case PROTECT -> tables[0].protect(start, end);
                    case POPULATE -> tables[0].populate(start, end, value);
                    case COPY ->
                        tables[0].copyRange(tables[1], start, end, (table, page, of) -> seen[table][page] = of);
                }
                if (what == What.WALK || what == What.COPY) {
                    check(seen[0], Arrays.copyOfRange(expected[0], start, end), start);
                }
                for (int page = start; page < end; page++) {
                    long readOnly = expected[0][page] & ~PtEntry.WRITE;
                    expected[0][page] = switch (what) {
                        case WALK -> expected[0][page];
                        case CLEAR -> 0;
                        case PROTECT, COPY -> readOnly;
                        case POPULATE -> value;
                    };
                    expected[1][page] = what == What.COPY ? readOnly : expected[1][page];
                }
                return 0;
            }));
            for (int table = 0; table < 2; table++) {
                long[] seen = new long[shape.span()];
                tables[table].walk(0, shape.span(), (_, page, of) -> seen[page] = of);
                check(seen, expected[table], 0);
            }
        }

        private static void check(long[] seen, long[] expected, int start) {
            long[] all = new long[seen.length];
            System.arraycopy(expected, 0, all, start, expected.length);
            if (!Arrays.equals(all, seen)) {
                throw new IllegalStateException(Arrays.toString(seen) + ", not " + Arrays.toString(all));
            }
        }
    }

    /** All contents of tables of a shape: an entry is none, a leaf, or points to a table, with whatever is in that. */
    private static final class Contents {

        private final TableShape shape;
        private final int[] ofLevel;

        Contents(TableShape shape) {
            this.shape = shape;
            this.ofLevel = new int[shape.depth()];
            ofLevel[0] = 2;
            for (int level = 1; level < shape.depth(); level++) {
                ofLevel[level] = 2 + power(ofLevel[level - 1], shape.entries());
            }
        }

        private static int power(int base, int exponent) {
            int power = 1;
            for (int i = 0; i < exponent; i++) {
                power *= base;
            }
            return power;
        }

        int count() {
            return power(ofLevel[shape.depth() - 1], shape.root());
        }

        void make(int number, Tables tables) {
            table(number, shape.depth() - 1, shape.root(), 0, tables);
        }

        private void table(int number, int level, int entries, int base, Tables tables) {
            int left = number;
            for (int entry = 0; entry < entries; entry++) {
                int size = power(shape.entries(), level);
                entry(left % ofLevel[level], level, base + entry * size, size, tables);
                left /= ofLevel[level];
            }
        }

        private void entry(int number, int level, int base, int size, Tables tables) {
            switch (number) {
                case 0 -> {}
                case 1 -> {
                    tables.perform(
                            What.POPULATE, base, base + size, 1 + base % 7 + (base % 2 == 0 ? PtEntry.WRITE : 0));
                    tables.mapped(base, size);
                }
                default -> {
                    tables.perform(What.POPULATE, base, base + 1, 1);
                    tables.perform(What.CLEAR, base, base + 1, 0);
                    table(number - 2, level - 1, shape.entries(), base, tables);
                }
            }
        }
    }

    @Property(tries = 300)
    void everyWalkerDoesWhatAnArrayDoesOnLargeTables(@ForAll long seed) {
        Random random = new Random(seed);
        int depth = 2 + random.nextInt(3);
        int entries = depth == 2 ? 1 << 1 + random.nextInt(9) : depth == 3 ? 1 << 1 + random.nextInt(4) : 4;
        List<TableShape> shapes = shapes(depth, entries, 1 + random.nextInt(Math.min(entries, 4)));
        TableShape shape = shapes.get(random.nextInt(shapes.size()));
        for (Design.Table design : walkers()) {
            Tables tables = new Tables(design, shape);
            Random operations = new Random(seed);
            for (int i = 0; i < 12; i++) {
                int start = operations.nextInt(shape.span());
                int end = start + 1 + operations.nextInt(Math.min(shape.span() - start, 1 << operations.nextInt(12)));
                What what = What.values()[operations.nextInt(What.values().length - 1)];
                long value = 1 + operations.nextInt(7) + (operations.nextBoolean() ? PtEntry.WRITE : 0);
                tables.perform(what, start, end, value);
            }
            tables.perform(What.COPY, 0, shape.span(), 0);
        }
    }
}
