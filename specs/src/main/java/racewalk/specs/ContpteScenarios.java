package racewalk.specs;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
        Scenario scenario = TableScenarios.read(
                file,
                id,
                fields,
                tables,
                (node, actor) -> ContpteOperations.parse(node, actor, tables.entries()),
                Design.Contiguous.class,
                Invariants.ofContpte());
        check(root, scenario);
        ScenarioReader.checkExpectations(fields, scenario);
        return scenario;
    }

    private static void check(YamlNode root, Scenario scenario) {
        List<Operation> all = TableScenarios.operations(scenario).toList();
        if (all.stream().anyMatch(ContpteOperations::isOfHugetlb)
                && !all.stream().allMatch(ContpteOperations::isOfHugetlb)) {
            throw root.malformed("'pin', 'unpin' and 'migrate' are of hugetlb's pages, of which the others are not");
        }
        TableScenarios.checkInvariants(root, scenario, "where entries are contiguous", Invariants.ofContpte());
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
