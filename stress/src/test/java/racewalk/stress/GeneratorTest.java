package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import racewalk.explore.Budget;
import racewalk.specs.Cell;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/** The generated tests are jcstress tests like any others. */
class GeneratorTest {

    private static final Budget BUDGET = Budget.of(Duration.ofMinutes(2));
    private static final long MINIMUM = 1_000;
    private static final int MAX_SECONDS = 240;

    /** A device against one operation of one CPU, all designs. */
    private static List<Case> smallCases() {
        String file = Choice.SCENARIOS.resolve("dontneed.yaml").toString();
        Scenario scenario = ScenarioReader.read(Path.of(file)).within(new Scenario.Scope(1, 1));
        return scenario.cells().stream()
                .map(Cell::toString)
                .map(cell -> Case.of(file, 1, 1, cell))
                .toList();
    }

    /** How many cases are run by jcstress in JVMs of their own. */
    private static final int FORKED = 4;

    /** For each of the first notifiers the first case with a bad outcome and the first without. */
    private static Map<Case, OutcomeTable> chosen() {
        Map<Case, OutcomeTable> chosen = new LinkedHashMap<>();
        Set<String> had = new TreeSet<>();
        for (Case one : smallCases()) {
            OutcomeTable table = one.table(BUDGET);
            assertTrue(table.isComplete());
            if (chosen.size() < FORKED && had.add(one.cell().notifier().id() + " " + table.hasBad())) {
                chosen.put(one, table);
            }
        }
        return chosen;
    }

    /** By jcstress itself, in JVMs of their own. */
    @TestFactory
    Stream<DynamicTest> jcstressRunsThem(@TempDir Path folder) throws Exception {
        Generator generator = new Generator(folder.resolve("generated"));
        Map<String, Report> reports = new TreeMap<>();
        Map<String, OutcomeTable> tables = new TreeMap<>();
        Map<String, Case> cases = new TreeMap<>();
        for (Map.Entry<Case, OutcomeTable> one : chosen().entrySet()) {
            String test = generator.write(one.getKey(), one.getValue());
            tables.put(test, one.getValue());
            cases.put(test, one.getKey());
        }
        generator.compile();
        String classPath = generator.classes() + File.pathSeparator + System.getProperty("java.class.path");
        Map<String, Samples> seen = new Forked(Path.of("target/jcstress-cells"), classPath, MAX_SECONDS)
                .run(".*", "-Xmx512m", List.of("-sc", "false", "-f", "1", "-iters", "2", "-time", "300"));
        List<DynamicTest> tests = new ArrayList<>();
        TestCases.of(tables.keySet(), seen, MINIMUM, (test, samples) -> {
                    Report report = new Report(tables.get(test), samples);
                    reports.put(test, report);
                    System.out.println("forked " + cases.get(test) + ": " + report.what());
                    assertEquals(List.of(), report.forbidden());
                })
                .forEach(tests::add);
        tests.add(DynamicTest.dynamicTest(
                "a bad outcome is seen",
                () -> assertTrue(reports.values().stream()
                        .anyMatch(report -> !report.bad().isEmpty()))));
        return tests.stream();
    }

    @Test
    void outcomesAreQuoted() {
        Case of = smallCases().getFirst();
        OutcomeTable table = new OutcomeTable(Map.of("a.*|\"b\\", ""), null);
        assertTrue(Generator.source("X", of, table).contains("@Outcome(id = \"\\\\Qa.*|\\\"b\\\\\\\\E\""));
    }

    @Test
    void incompleteTableIsRefused(@TempDir Path folder) throws Exception {
        Case of = smallCases().getFirst();
        OutcomeTable table = of.table(new Budget(Duration.ofMinutes(1), 1_000_000, 3, () -> false));
        assertEquals("a run of 3 steps did not end", table.limit());
        assertThrows(IllegalArgumentException.class, () -> new Generator(folder).write(of, table));
        assertThrows(IllegalArgumentException.class, () -> new Report(table, new Samples(Map.of(), null)));
        assertThrows(
                Stress.IncompleteException.class,
                () -> new Stress(100, new Budget(Duration.ofMinutes(1), 1_000_000, 3, () -> false)).run(of));
    }

    @Test
    void outcomeThatIsNotInTheTableIsForbidden() {
        OutcomeTable table = new OutcomeTable(Map.of("good", "", "bad", "P", "never", ""), null);
        Report report = new Report(table, new Samples(Map.of("good", 5L, "odd", 1L), null));
        assertTrue(report.isViolated());
        assertEquals("FORBIDDEN odd; 1 of 3 outcomes seen", report.what());
        assertEquals(
                "P: bad, 2 of 7 samples; 2 of 3 outcomes seen",
                new Report(table, new Samples(Map.of("good", 5L, "bad", 2L), null)).what());
        assertEquals(
                "1 of 3 outcomes seen, no bad one", new Report(table, new Samples(Map.of("good", 5L), null)).what());
    }

    /** Planted: a table without one of its outcomes, which the real CPUs then show. */
    @Test
    void outcomeThatTheTableLacksIsNoticed() throws Exception {
        Case of = smallCases().getFirst();
        Report report = new Stress(200, BUDGET).run(of);
        String seen = report.samples().counts().keySet().iterator().next();
        Map<String, String> lacking = new TreeMap<>(report.table().properties());
        lacking.remove(seen);
        assertEquals(List.of(), report.forbidden());
        assertEquals(List.of(seen), new Report(new OutcomeTable(lacking, null), report.samples()).forbidden());
    }
}
