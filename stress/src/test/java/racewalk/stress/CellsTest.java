package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Verdict;

/** Cells of the ledger on real CPUs: what is proved is not violated. */
class CellsTest {

    private static final String INCOMPLETE = "the table of outcomes is not complete";

    /** What {@link Main} prints. */
    private record Answer(String verdict, long runs, String what) {

        static Answer of(String line) {
            String[] fields = line.split("\t");
            assertEquals(9, fields.length, line);
            return new Answer(fields[5], Long.parseLong(fields[6]), fields[8]);
        }
    }

    /** In a JVM beside this one, as {@link Main} does it. */
    private static Map<Entry, Answer> run(List<Entry> entries, int samplesMillis, int tableMillis) throws Exception {
        assertFalse(entries.isEmpty());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            new Main(samplesMillis, tableMillis, Main.jvm(), out)
                    .answer(entries.stream().map(Choice::request).toList());
        }
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(entries.size(), lines.size());
        Map<Entry, Answer> answers = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            answers.put(entries.get(i), Answer.of(lines.get(i)));
        }
        return answers;
    }

    private static Stream<DynamicTest> testCases(Map<Entry, Answer> answers) {
        List<Entry> gate = Choice.gate();
        return answers.entrySet().stream().map(one -> {
            Entry entry = one.getKey();
            Answer answer = one.getValue();
            String name = entry.scenario() + " " + Choice.request(entry).cell();
            return DynamicTest.dynamicTest(name, () -> {
                // The largest cells may not fit into the memory: then nothing was run, and the report shows it.
                assumeFalse(!gate.contains(entry) && answer.what.startsWith(INCOMPLETE), answer::what);
                assumeFalse(Choice.mayHang(entry) && answer.verdict.equals("unsupported"), answer::what);
                assertFalse(answer.verdict.equals("unsupported"), answer::what);
                assertTrue(answer.runs >= Stress.MINIMUM, () -> "too few samples: " + answer.runs);
                assertFalse(answer.what.startsWith("FORBIDDEN"), answer::what);
                if (entry.verdict() == Verdict.PROVED) {
                    assertEquals("sampled", answer.verdict, answer::what);
                }
            });
        });
    }

    private static void print(Map<Entry, Answer> answers) {
        answers.forEach((entry, answer) -> System.out.printf(
                "%-8s %-9s %s %s: %s%n",
                entry.verdict(),
                answer.verdict,
                entry.scenario(),
                Choice.request(entry).cell(),
                answer.what));
        Map<Verdict, Map<String, Long>> counts = answers.entrySet().stream()
                .collect(Collectors.groupingBy(
                        one -> one.getKey().verdict(),
                        Collectors.groupingBy(one -> one.getValue().verdict, Collectors.counting())));
        System.out.println("cells: " + counts);
    }

    @TestFactory
    Stream<DynamicTest> everyDesign() throws Exception {
        Map<Entry, Answer> answers = run(Choice.everyDesign(Choice.gate()), 150, 60_000);
        print(answers);
        List<DynamicTest> tests = new ArrayList<>(testCases(answers).toList());
        tests.add(DynamicTest.dynamicTest(
                "some refuted cell is seen to be violated",
                () -> assertTrue(answers.entrySet().stream()
                        .anyMatch(one -> one.getKey().verdict() == Verdict.REFUTED
                                && one.getValue().verdict.equals("violated")))));
        return tests.stream();
    }

    @Tag("nightly")
    @TestFactory
    Stream<DynamicTest> wholeLedger() throws Exception {
        Map<Entry, Answer> answers = run(Choice.all(), 2_000, 900_000);
        print(answers);
        return testCases(answers);
    }

    @Test
    void choiceHasEveryDesignOfTheLedgerAndBothVerdicts() {
        List<Entry> all = Choice.gate();
        List<Entry> chosen = Choice.everyDesign(all);
        assertEquals(
                all.stream()
                        .filter(entry -> !Choice.mayHang(entry))
                        .flatMap(Choice::designs)
                        .collect(Collectors.toSet()),
                chosen.stream().flatMap(Choice::designs).collect(Collectors.toSet()));
        assertTrue(chosen.stream().anyMatch(entry -> entry.verdict() == Verdict.PROVED));
        assertTrue(chosen.stream().anyMatch(entry -> entry.verdict() == Verdict.REFUTED));
        long designs = all.stream()
                .flatMap(entry -> entry.designs().values().stream())
                .distinct()
                .count();
        assertTrue(designs >= Designs.all().size() - 1, "the notifier 'none' may have no cell");
        assertTrue(chosen.size() < all.size() / 4);
    }

    @Test
    void everyLineOfTheLedgerIsACase() {
        Choice.all().forEach(entry -> Choice.request(entry).toCase());
        assertTrue(
                Path.of(Choice.request(Choice.all().getFirst()).file()).toFile().exists());
    }
}
