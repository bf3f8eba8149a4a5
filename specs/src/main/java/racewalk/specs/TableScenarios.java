package racewalk.specs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import racewalk.machine.LiveMachine;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.specs.Design.Kind;
import racewalk.specs.Operation.OfTable;
import racewalk.walk.CopiedTable;
import racewalk.walk.LocklessTable;
import racewalk.walk.ProtectedTable;
import racewalk.walk.TableShape;
import racewalk.walk.WalkedTable;

/** Reads the scenarios that have walked tables: a part of {@link ScenarioReader}. */
final class TableScenarios {

    private static final int MAX_LEVELS = 5;
    private static final int MAX_DIRECTORIES = 16;

    private TableScenarios() {}

    static Scenario read(Path file, String id, YamlNode root, YamlNode.Fields fields) {
        for (String other : List.of("memory", "processes", "symmetric", "results")) {
            fields.optional(other).ifPresent(node -> {
                throw node.malformed("a scenario with a 'table' has no '" + other + "'");
            });
        }
        if (ContpteScenarios.isOne(fields.require("table"))) {
            return ContpteScenarios.read(file, id, root, fields);
        }
        Scenario.Tables tables = tables(fields.require("table"));
        Scenario scenario = read(
                file,
                id,
                fields,
                tables,
                (node, actor) -> parse(node, actor, tables),
                Design.Table.class,
                Invariants.ofTables());
        check(root, fields, scenario);
        return scenario;
    }

    /**
     * What all scenarios with a table have.
     *
     * @param parse reads an operation of an actor
     * @param invariants those that are checked if the scenario names none
     */
    static Scenario read(
            Path file,
            String id,
            YamlNode.Fields fields,
            Scenario.Tables tables,
            BiFunction<YamlNode, String, Operation> parse,
            Class<? extends Design.OfTable> type,
            List<Invariants> invariants) {
        Map<String, List<Operation>> actors = ScenarioReader.actors(fields.require("actors"), parse);
        return new Scenario(
                file,
                id,
                fields.require("title").text("a title"),
                ScenarioReader.tier(fields),
                null,
                Processes.single(tables.entries()),
                fields.optional("boot")
                        .map(node -> ScenarioReader.boot(node, actors.keySet(), parse))
                        .orElse(List.of()),
                actors,
                List.of(),
                cells(fields.require("designs"), type),
                fields.optional("invariants").map(ScenarioReader::invariants).orElse(invariants),
                fields.optional("reaches").map(ScenarioReader::reaches).orElse(List.of()),
                ScenarioReader.expectations(fields.require("expect")),
                Scenario.Scope.FULL,
                false,
                tables,
                Map.of());
    }

    /** All operations of a scenario, with those of the boot. */
    static Stream<Operation> operations(Scenario scenario) {
        return Stream.concat(
                scenario.boot().stream().map(Scenario.Step::operation),
                scenario.actors().values().stream().flatMap(List::stream));
    }

    /** A scenario names only invariants that hold {@code where} it is. */
    static void checkInvariants(YamlNode root, Scenario scenario, String where, List<Invariants> known) {
        if (!known.containsAll(scenario.invariants())) {
            throw root.malformed(where + " only these invariants hold: "
                    + known.stream().map(Invariants::title).collect(Collectors.joining(", ")));
        }
    }

    private static void check(YamlNode root, YamlNode.Fields fields, Scenario scenario) {
        boolean finishes =
                scenario.actors().values().stream().flatMap(List::stream).anyMatch(OfTable.Finish.class::isInstance);
        if (finishes && scenario.actors().size() > 1) {
            throw root.malformed("'finish' is of a table that nobody uses any more: of a scenario with one actor");
        }
        checkInvariants(root, scenario, "of a table", Invariants.ofTables());
        ScenarioReader.checkExpectations(fields, scenario);
        if (scenario.boot().stream().anyMatch(step -> step.operation() instanceof OfTable.Copy)) {
            throw fields.require("boot").malformed("'copy' is no operation of the boot");
        }
        for (Cell cell : scenario.cells()) {
            WalkedTable table = table(cell, scenario);
            operations(scenario)
                    .filter(operation -> !isOffered((OfTable) operation, table))
                    .findFirst()
                    .ifPresent(operation -> {
                        throw fields.require("designs")
                                .malformed(cell + " has no '" + TableOperations.show((OfTable) operation) + "'");
                    });
            if (scenario.tables().shape().mayFail() && table instanceof ProtectedTable) {
                throw fields.require("designs").malformed("that allocations fail is not modelled of " + cell);
            }
        }
    }

    private static boolean isOffered(OfTable operation, WalkedTable table) {
        return switch (operation) {
            case OfTable.Copy _ -> table instanceof CopiedTable;
            case OfTable.Protect _ -> table instanceof ProtectedTable;
            case OfTable.Pin _ -> table instanceof LocklessTable.Pinned;
            case OfTable.Load _ -> table instanceof LocklessTable.HardwareWalked;
            case OfTable.Collapse _ -> table instanceof LocklessTable.Collapsed;
            case OfTable.Retract _ -> table instanceof LocklessTable.Retracted;
            default -> true;
        };
    }

    private static WalkedTable table(Cell cell, Scenario scenario) {
        return ((Design.Table) cell.table())
                .maker()
                .make(LiveMachine.alone(_ -> 0), "pt", scenario.tables().shape());
    }

    private static Operation parse(YamlNode node, String actor, Scenario.Tables tables) {
        if (!Scenario.isCpu(actor)) {
            throw node.malformed(
                    "the actors of a scenario with a 'table' are called cpu0, cpu1, …, not '" + actor + "'");
        }
        return TableOperations.parse(node, tables);
    }

    private static Scenario.Tables tables(YamlNode node) {
        YamlNode.Fields fields = node.fields(
                "the table", Set.of("levels", "entries", "root", "directories", "folded", "count", "allocations"));
        int levels = fields.require("levels").number("the number of levels", 2, MAX_LEVELS);
        YamlNode entriesNode = fields.require("entries");
        int entries = entriesNode.number("the number of entries of a directory", 2, TableSpecification.MAX_ENTRIES);
        if (Integer.bitCount(entries) != 1) {
            throw entriesNode.malformed("a directory has a power of two of entries, not " + entries);
        }
        Allocations allocations = ScenarioReader.allocations(fields);
        if (allocations == Allocations.DMA_MAY_FAIL) {
            throw node.malformed("nothing of a table is mapped for DMA");
        }
        TableShape shape = new TableShape(
                levels,
                entries,
                fields.optional("root")
                        .map(root -> root.number("the number of entries of the root", 1, entries))
                        .orElse(entries),
                fields.require("directories").number("the number of pages for directories", 1, MAX_DIRECTORIES),
                allocations == Allocations.MAY_FAIL,
                fields.optional("folded").map(list -> folded(list, levels)).orElse(List.of()));
        int count = fields.optional("count")
                .map(tables -> tables.number("the number of tables", 1, TableSpecification.MAX_ENTRIES))
                .orElse(1);
        Scenario.Tables tables = new Scenario.Tables(shape, count);
        if (tables.entries() > TableSpecification.MAX_ENTRIES) {
            throw node.malformed("the tables have at most " + TableSpecification.MAX_ENTRIES + " entries in all, not "
                    + tables.entries());
        }
        return tables;
    }

    private static List<Integer> folded(YamlNode node, int levels) {
        return node.elements().stream()
                .map(level -> level.number("a level that can be folded", 1, levels - 2))
                .toList();
    }

    /** The cells, of designs of one type. */
    static List<Cell> cells(YamlNode node, Class<? extends Design.OfTable> type) {
        List<Cell> cells = new ArrayList<>();
        for (YamlNode element : node.elements()) {
            YamlNode.Fields kinds = element.fields("the designs", Set.of(Kind.TABLE.key()));
            for (Design design : ScenarioReader.designs(Kind.TABLE, kinds.require(Kind.TABLE.key()))) {
                if (!type.isInstance(design)) {
                    throw element.malformed("'" + design.id() + "' is of tables of another kind");
                }
                Cell cell = new Cell(type.cast(design));
                if (!cells.contains(cell)) {
                    cells.add(cell);
                }
            }
        }
        return cells;
    }
}
