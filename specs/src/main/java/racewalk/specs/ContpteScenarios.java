package racewalk.specs;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import racewalk.walk.TableShape;

/** Reads the scenarios whose table has contiguous entries: a part of {@link TableScenarios}. */
final class ContpteScenarios {

    private static final int MAX_ENTRIES = 4;

    private ContpteScenarios() {}

    /** Whether a table is one with contiguous entries. */
    static boolean isOne(YamlNode table) {
        return table.entries("the table").keySet().stream()
                .anyMatch(key -> key.text("a key").equals("contiguous"));
    }

    static Scenario read(Path file, String id, YamlNode root, YamlNode.Fields fields) {
        Scenario.Tables tables = tables(fields.require("table"));
        BiFunction<YamlNode, String, Operation> parse =
                (node, actor) -> ContpteOperations.parse(node, actor, tables.entries());
        Map<String, List<Operation>> actors = ScenarioReader.actors(fields.require("actors"), parse);
        Scenario scenario = new Scenario(
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
                TableScenarios.cells(fields.require("designs"), Design.Contiguous.class),
                fields.optional("invariants").map(ScenarioReader::invariants).orElseGet(Invariants::ofContpte),
                fields.optional("reaches").map(ScenarioReader::reaches).orElse(List.of()),
                ScenarioReader.expectations(fields.require("expect")),
                Scenario.Scope.FULL,
                false,
                tables,
                Map.of());
        check(root, scenario);
        ScenarioReader.checkExpectations(fields, scenario);
        return scenario;
    }

    private static void check(YamlNode root, Scenario scenario) {
        List<Operation> all = Stream.concat(
                        scenario.boot().stream().map(Scenario.Step::operation),
                        scenario.actors().values().stream().flatMap(List::stream))
                .toList();
        if (all.stream().anyMatch(ContpteOperations::isOfHugetlb)
                && !all.stream().allMatch(ContpteOperations::isOfHugetlb)) {
            throw root.malformed("'pin', 'unpin' and 'migrate' are of hugetlb's pages, of which the others are not");
        }
        if (!Invariants.ofContpte().containsAll(scenario.invariants())) {
            throw root.malformed("where entries are contiguous only these invariants hold: "
                    + String.join(
                            ", ",
                            Invariants.ofContpte().stream()
                                    .map(Invariants::title)
                                    .toList()));
        }
    }

    private static Scenario.Tables tables(YamlNode node) {
        YamlNode.Fields fields = node.fields("the table", Set.of("entries", "contiguous"));
        int entries = power(fields.require("entries"), "the number of entries", MAX_ENTRIES);
        int contiguous = power(fields.require("contiguous"), "the number of entries of a contiguous block", entries);
        return new Scenario.Tables(new TableShape(2, entries, 1, 1), 1, contiguous);
    }

    private static int power(YamlNode node, String what, int high) {
        int number = node.number(what, 2, high);
        if (Integer.bitCount(number) != 1) {
            throw node.malformed(what + " is a power of two, not " + number);
        }
        return number;
    }
}
