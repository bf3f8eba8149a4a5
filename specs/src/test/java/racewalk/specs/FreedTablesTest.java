package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.specs.Design.Kind;
import racewalk.specs.Operation.OfTable;
import racewalk.walk.LocklessTable;
import racewalk.walk.PtEntry;
import racewalk.walk.TableShape;
import racewalk.walk.WalkedTable;

/**
 * Page tables that are freed under walkers, with one actor: whatever is done, one after the other, is what it would do
 * to an array, and the invariants hold. All designs but one are right alone, the racy ones, too.
 */
class FreedTablesTest {

    private static final int OPERATIONS = 10;

    /** A table that is made for nothing but to be asked what it offers. */
    private static WalkedTable table(Design.Table design, TableShape shape) {
        return design.maker().make(LiveMachine.alone(_ -> 0), "pt", shape);
    }

    @Provide
    Arbitrary<Design.Table> designs() {
        TableShape shape = new TableShape(2, 2, 2, 4);
        return Arbitraries.of(Designs.of(Kind.TABLE).stream()
                .filter(Design.Table.class::isInstance)
                .map(Design.Table.class::cast)
                .filter(design -> table(design, shape) instanceof LocklessTable)
                .filter(design -> !design.id().startsWith("pt-share")) // entries of two processes are one there
                .filter(design -> !design.id().equals("pt-unmap-no-invalidate")) // one CPU alone meets its freed table
                .toList());
    }

    @Property(tries = 600)
    void everySequenceRefinesAnArray(@ForAll("designs") Design.Table design, @ForAll long seed) {
        Random random = new Random(seed);
        TableShape shape = new TableShape(2 + random.nextInt(2), 2, 1 + random.nextInt(2), 16);
        WalkedTable offers = table(design, shape);
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++) {
            operations.add(operation(offers, shape, random));
        }
        Scenario scenario = TableRefinementTest.scenario(new Scenario.Tables(shape, 1), operations);
        LiveMachine machine = LiveMachine.alone(random::nextInt);
        Program program = new TableRig(machine, scenario, new Cell(design)).program();
        long[] values = new long[shape.span()];
        for (int i = 0; i < operations.size(); i++) {
            long result = machine.run(
                    program.actors().getFirst().task(),
                    program.actors().getFirst().actions().get(i));
            String done = operations.subList(0, i + 1).toString();
            assertEquals(effect((OfTable) operations.get(i), values), result, done);
            for (Invariant invariant : program.invariants()) {
                assertEquals(null, invariant.check().get(), () -> invariant.name() + " after " + done);
            }
        }
    }

    private static Operation operation(WalkedTable offers, TableShape shape, Random random) {
        int start = random.nextInt(shape.span());
        int end = start + 1 + random.nextInt(shape.span() - start);
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new OfTable.Populate(start, 1 + random.nextInt(2) + (int) PtEntry.WRITE);
            case 3 -> new OfTable.Clear(start, end);
            case 4 -> new OfTable.Protect(start, end);
            case 5 -> new OfTable.Pin(start, start + 1);
            case 6 ->
                switch (offers) {
                    case LocklessTable.HardwareWalked _ -> new OfTable.Load(start, start + 1);
                    case LocklessTable.Collapsed _ -> new OfTable.Collapse(start, end);
                    case LocklessTable.Retracted _ -> new OfTable.Retract(start / 2 * 2, (end + 1) / 2 * 2);
                    default -> new OfTable.Walk(start, end);
                };
            default -> new OfTable.Walk(0, shape.span());
        };
    }

    /** What an operation does to an array, and its result. */
    private static long effect(OfTable operation, long[] values) {
        long result = 0;
        for (int entry = operation.start(); entry < operation.end(); entry++) {
            switch (operation) {
                case OfTable.Populate populate -> values[entry] = populate.value();
                case OfTable.Clear _, OfTable.Retract _ -> values[entry] = 0;
                case OfTable.Protect _ -> values[entry] &= ~PtEntry.WRITE;
                case OfTable.Collapse _ -> {}
                default -> result = TableSpecification.with(result, entry, values[entry]);
            }
        }
        return result;
    }
}
