package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit agrees with a ledger that is right, and finds each line that is wrong. */
class AuditTest {

    private static final String PROVED = "small/linux-2.6.24/arcangeli/gru-lockless-rule";
    private static final String REFUTED = "small/linux-2.6.24/lameter/gru-lockless-rule";

    @TempDir
    private Path folder;

    private SmallHome home;

    @BeforeEach
    void acceptedLedger() throws IOException {
        home = SmallHome.in(folder);
        home.run("gate", "--accept");
    }

    @Test
    void rightLedgerIsAgreedWith() {
        Command audit = home.run("audit");
        assertEquals(
                "2 cells searched without reductions, salt 1: 2 agree with the ledger, 0 differ, 0 not finished\n",
                audit.out());
        assertEquals(ExitCode.AS_EXPECTED, audit.code());
    }

    @Test
    void scenarioOrSingleCellsAreChosenByName() {
        assertTrue(home.run("audit", "small").out().startsWith("2 cells searched"));
        assertTrue(home.run("audit", PROVED, PROVED).out().startsWith("1 cell searched"));
        assertTrue(home.run("audit", PROVED, REFUTED, "--salt", "7").out().startsWith("2 cells searched"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            verdict: REFUTED                | verdict: PROVED                 | the ledger says PROVED
            verdict: PROVED                 | verdict: REFUTED                | the ledger says REFUTED
            NoTranslationOutlivesItsPage: 1 | NoTranslationOutlivesItsPage: 0 | the ledger has the violations
            NoTranslationOutlivesItsPage: 1 | NoFreePageWithReference: 1      | the ledger has the violations
            states: [0-9]+                  | states: 17                      | the ledger has 17 states, not
            exhausted: true                 | exhausted: false                | not all was visited
            gru-lockless-rule               | gru-follow                      | the ledger has no line for it
            """)
    void wrongLineIsFound(String right, String wrong, String complaint) throws IOException {
        home.changeLedger(right, wrong);
        Command audit = home.run("audit");
        assertEquals(ExitCode.DIFFERS, audit.code(), audit.out());
        assertTrue(audit.out().startsWith("! small/linux-2.6.24/"), audit.out());
        assertTrue(audit.out().contains(complaint), audit.out());
        assertTrue(audit.out().endsWith("1 agree with the ledger, 1 differ, 0 not finished\n"), audit.out());
    }

    /** They are not what an audit has in common with the gate: it takes other steps. */
    @Test
    void countsOfStepsAreNotAudited() throws IOException {
        home.changeLedger("transitions: [0-9]+", "transitions: 17");
        assertEquals(ExitCode.AS_EXPECTED, home.run("audit").code());
        assertEquals(ExitCode.DIFFERS, home.run("gate").code());
    }

    @Test
    void limitIsInconclusive() {
        Command audit = home.run("audit", PROVED, "--memory", "1k");
        assertEquals(ExitCode.INCONCLUSIVE, audit.code(), audit.out());
        assertTrue(audit.out().startsWith("? " + PROVED + ": not finished: the memory for states was full"));
        assertTrue(audit.out().endsWith("0 agree with the ledger, 0 differ, 1 not finished\n"), audit.out());
    }

    @Test
    void jsonSaysHowItWasSearched() {
        JsonNode results = JsonMapper.builder()
                .build()
                .readTree(home.run("audit", PROVED, "--json").out());
        JsonNode certificate = results.get(0).get("certificate");
        assertEquals("naive", certificate.get("strategy").asString());
        assertEquals(1, certificate.get("salt").asInt());
    }

    @Test
    void namesThatThereAreNot() {
        for (String[] wrong : new String[][] {
            {"smal", "no scenario is called 'smal'"},
            {"small/linux-2.6.24/arcangeli/kvm-pin", "is no cell of the scenario small"},
            {"--salt=0", "--salt 0 is what the gate searches with"},
            {"--strategy=sleep", "Unknown option: '--strategy=sleep'"}
        }) {
            Command audit = home.run("audit", wrong[0]);
            assertEquals(ExitCode.USAGE, audit.code(), audit.out());
            assertTrue(audit.err().contains(wrong[1]), audit.err());
        }
    }
}
