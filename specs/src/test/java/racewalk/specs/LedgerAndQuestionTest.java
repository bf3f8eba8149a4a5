package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.specs.Design.Kind;

class LedgerAndQuestionTest {

    @TempDir
    private Path folder;

    private static Entry entry(String notifier, Verdict verdict, boolean exhausted, Map<String, Integer> violated) {
        return new Entry(
                "dontneed",
                Map.of(Kind.MM, "linux-2.6.24", Kind.NOTIFIER, notifier, Kind.SECONDARY, "kvm-pin"),
                verdict,
                exhausted,
                violated,
                100,
                200,
                3,
                40,
                "00112233445566" + (exhausted ? "77" : "88"));
    }

    private static final Entry PROVED = entry("arcangeli", Verdict.PROVED, true, Map.of());
    private static final Entry REFUTED = entry("lameter", Verdict.REFUTED, true, Map.of("LinearizableToFlatMemory", 1));
    private static final Entry UNKNOWN = entry("piggin", Verdict.UNKNOWN, false, Map.of());

    private static final String TOOL = "8899aabbccddeeff";

    @Test
    void lineWithoutAHashIsOneWhoseHashIsNotKnown() throws IOException {
        Ledger ledger = new Ledger(folder);
        ledger.accept("dontneed", TOOL, List.of(PROVED));
        Path file = folder.resolve("dontneed.yaml");
        String old = Files.readString(file).replaceAll("tool: .*\n", "").replaceAll(", hash: '[0-9a-f]*'", "");
        Files.writeString(file, old);
        assertEquals("", ledger.tool("dontneed"));
        assertEquals("", ledger.of("dontneed").getFirst().hash());
        Files.writeString(file, "tool: 12\n" + old);
        MalformedFileException refused = assertThrows(MalformedFileException.class, () -> ledger.tool("dontneed"));
        assertTrue(refused.getMessage().endsWith("not '12'"), refused.getMessage());
    }

    @Test
    void ledgerIsReadAsItWasAccepted() {
        Ledger ledger = new Ledger(folder);
        ledger.accept("dontneed", TOOL, List.of(PROVED, REFUTED, UNKNOWN));
        assertEquals(List.of(PROVED, REFUTED, UNKNOWN), ledger.of("dontneed"));
        assertEquals(TOOL, ledger.tool("dontneed"));
        assertEquals(List.of(), ledger.of("munmap"));
        assertEquals("", ledger.tool("munmap"));
    }

    @Test
    void malformedLedgerIsRefusedWithItsPlace() throws IOException {
        Ledger ledger = new Ledger(folder);
        ledger.accept("dontneed", TOOL, List.of(PROVED));
        Path file = folder.resolve("dontneed.yaml");
        Files.writeString(file, Files.readString(file).replace("states: 100", "states: many"));
        MalformedFileException refused = assertThrows(MalformedFileException.class, () -> ledger.of("dontneed"));
        assertTrue(refused.getMessage().startsWith(file + ":5:"), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("not 'many'"), refused.getMessage());
    }

    private Question question(String evidence) throws IOException {
        return Question.read(Files.writeString(folder.resolve("q.yaml"), """
                id: q
                question: Is it so?
                source: a mail
                claims:
                  - by: Someone
                    says: it is so
                    evidence:
                      - %s
                """.formatted(evidence)));
    }

    private Question.Answer answer(String evidence, Entry... known) throws IOException {
        return question(evidence).settle(List.of(known)).getFirst().answer();
    }

    @Test
    void claimHoldsIfEveryCellIsAsItHasThem() throws IOException {
        String evidence = "{scenario: dont*, notifier: arcangeli, verdict: PROVED}";
        assertEquals(Question.Answer.HOLDS, answer(evidence, PROVED, REFUTED));
    }

    @Test
    void claimDoesNotHoldIfOneCellContradictsIt() throws IOException {
        String evidence = "{scenario: [dontneed, munmap], secondary: kvm-*, verdict: PROVED}";
        assertEquals(Question.Answer.DOES_NOT_HOLD, answer(evidence, PROVED, REFUTED));
    }

    @Test
    void claimAboutNoKnownCellIsOpen() throws IOException {
        assertEquals(Question.Answer.OPEN, answer("{scenario: munmap, verdict: PROVED}", PROVED));
        assertEquals(Question.Answer.OPEN, answer("{scenario: '*', notifier: piggin, verdict: PROVED}", UNKNOWN));
    }

    @Test
    void propertyMayHoldInARefutedCellIfAllOfItWasVisited() throws IOException {
        String evidence = "{scenario: '*', property: NoTranslationOutlivesItsPage, verdict: PROVED}";
        assertEquals(Question.Answer.HOLDS, answer(evidence, REFUTED));
        Entry limited = entry("lameter", Verdict.REFUTED, false, Map.of("LinearizableToFlatMemory", 1));
        assertEquals(Question.Answer.OPEN, answer(evidence, limited));
    }

    @Test
    void unknownPropertyIsRefused() {
        MalformedFileException refused = assertThrows(
                MalformedFileException.class, () -> question("{scenario: '*', property: Niceness, verdict: PROVED}"));
        assertTrue(refused.getMessage().contains("8:35: no property is called 'Niceness'"), refused.getMessage());
    }

    @Test
    void everyCommittedClaimIsAboutSomeCell() {
        Ledger ledger = new Ledger(Path.of("ledger"));
        List<Entry> known = ScenarioReader.readAll(Path.of("scenarios")).stream()
                .flatMap(scenario -> ledger.of(scenario.id()).stream())
                .toList();
        for (Question question : Question.readAll(Path.of("questions"))) {
            for (Question.Settled settled : question.settle(known)) {
                assertFalse(
                        settled.answer() == Question.Answer.OPEN,
                        () -> question.id() + ": " + settled.claim().says());
            }
        }
    }

    @Test
    void everyCommittedCellHasItsLine() {
        Ledger ledger = new Ledger(Path.of("ledger"));
        for (Scenario scenario : ScenarioReader.readAll(Path.of("scenarios"))) {
            List<Map<Kind, String>> lines =
                    ledger.of(scenario.id()).stream().map(Entry::designs).toList();
            assertEquals(scenario.cells().stream().map(Cell::ids).toList(), lines, scenario.id());
        }
    }
}
