package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code racewalk bench --quick}: that the tables are whole. What the figures are is nobody's business here. */
class BenchTest {

    /** Columns in which a row may have nothing to say. */
    private static final Set<String> OPTIONAL = Set.of(
            "moved",
            "replaced early",
            "replaced by rmap",
            "in vain",
            "rmap walks",
            "CPUs' TLB flushes",
            "bytes/state",
            "states saved",
            "transitions saved",
            "runs",
            "runs/s",
            "times lincheck",
            "times spin",
            "seconds to fault",
            "RCU",
            "device's lock",
            "device's TLB flushes");

    /** What a walk may do without, and what may serve its purpose. */
    private static final Set<String> COUNTS_FROM_ZERO =
            Set.of("locks", "RCU sections", "references", "callbacks", "in vain");

    private static final Command COMMAND = Command.run("bench", "--quick", "--json");

    private static final JsonNode REPORT = JsonMapper.builder().build().readTree(COMMAND.out());

    private static JsonNode section(String title) {
        for (JsonNode section : REPORT.get("sections")) {
            if (section.get("title").asString().startsWith(title)) {
                return section;
            }
        }
        throw new AssertionError("no section " + title + " in " + COMMAND.out());
    }

    private static Set<String> values(String title, String column) {
        Set<String> values = new HashSet<>();
        section(title).get("rows").forEach(row -> values.add(row.get(column).asString()));
        return values;
    }

    @Test
    void nothingDiffersThatMustAgree() {
        assertEquals(ExitCode.AS_EXPECTED, COMMAND.code(), COMMAND.out() + COMMAND.err());
        REPORT.get("sections")
                .forEach(section -> assertTrue(section.get("differences").isEmpty(), section.toString()));
    }

    @Test
    void machineIsNamedWithoutPathsOrHosts() {
        JsonNode machine = REPORT.get("machine");
        for (String field : List.of("cpus", "load before", "architecture", "system", "jdk", "heap", "flags")) {
            assertTrue(machine.has(field), field);
        }
        assertFalse(machine.toString().contains("/"), machine.toString());
    }

    @Test
    void everyCellOfEveryTableIsFilled() {
        for (JsonNode section : REPORT.get("sections")) {
            for (JsonNode row : section.get("rows")) {
                for (JsonNode column : section.get("columns")) {
                    JsonNode value = row.get(column.asString());
                    assertTrue(
                            !value.isNull() || OPTIONAL.contains(column.asString()),
                            () -> "no " + column + " in " + row);
                    assertTrue(
                            !value.isNumber() || value.asDouble() > 0 || COUNTS_FROM_ZERO.contains(column.asString()),
                            () -> column + " in " + row);
                }
            }
        }
    }

    @Test
    void enginesAreSideBySide() {
        assertEquals(Set.of("naive", "sleep", "persistent"), values("With a table", "engine"));
        assertEquals(
                Set.of("naive, no table", "sleep, no table", "source-dpor, no table"),
                values("Without a table", "engine"));
        assertEquals(3, values("With a table", "program").size());
        assertEquals(3, values("Without a table", "program").size());
        assertEquals(
                Runtime.getRuntime().availableProcessors(),
                values("Scaling", "workers").size());
        assertEquals(Set.of("sleep", "persistent"), values("The largest scope", "engine"));
    }

    @Test
    void oneTargetIsShownForEachEngineOfTheScope() {
        assertEquals(2, section("Targets").get("rows").size());
    }

    @Test
    void partAloneIsMeasuredAlone() {
        Command command = Command.run("bench", "--quick", "scaling");
        assertEquals(ExitCode.AS_EXPECTED, command.code(), command.err());
        assertTrue(command.out().contains("\nScaling: "), command.out());
        assertFalse(command.out().contains("\nWith a table"), command.out());
        assertEquals(ExitCode.USAGE, Command.run("bench", "nothing").code());
    }

    @Test
    void otherToolsAreMeasuredOrSaidToBeMissing() {
        for (String tool : List.of("Lincheck", "Spin")) {
            JsonNode section = section(tool);
            boolean missing = section.get("notes").get(0).asString().startsWith("not measured: ");
            assertEquals(missing, section.get("rows").isEmpty(), section.toString());
            if (!missing) {
                assertEquals(Set.of("holds", "violated"), outcomes(section), section.toString());
            }
        }
    }

    /** What the tool and the explorer say of the planted fault and of its repair. */
    private static Set<String> outcomes(JsonNode section) {
        Set<String> outcomes = new HashSet<>();
        for (JsonNode row : section.get("rows")) {
            String outcome = row.get("outcome").asString();
            outcomes.add(outcome.equals("nothing found") ? "holds" : outcome);
        }
        return outcomes;
    }
}
