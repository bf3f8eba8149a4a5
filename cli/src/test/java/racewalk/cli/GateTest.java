package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate goes red when a proof falls, a refutation vanishes, a count moves, or a proof is vacuous. */
class GateTest {

    private static final String SCENARIO = SmallHome.SCENARIO;

    @TempDir
    private Path home;

    private SmallHome small;

    @BeforeEach
    void scenario() throws IOException {
        small = SmallHome.in(home);
    }

    private void write(String scenario) throws IOException {
        small.write(scenario);
    }

    /** The gate of this small home. */
    private Command gate(String... more) {
        return small.run("gate", more);
    }

    private void assertRed(String complaint) {
        Command command = gate();
        assertEquals(ExitCode.DIFFERS, command.code(), command.out());
        assertTrue(command.out().contains(complaint), command.out());
    }

    @Test
    void acceptedLedgerLeavesNothingToComplainOf() {
        assertTrue(gate("--accept").out().endsWith("0 not as expected\n"));
        Command again = gate();
        assertTrue(
                again.out().endsWith("2 of 2 cells, 1 proved, 1 refuted, 0 unknown; 0 not as expected\n"), again.out());
    }

    @Test
    void cellWithoutALineIsRed() {
        assertRed("the ledger has no line for it");
    }

    @Test
    void verdictThatIsNotExpectedIsRed() throws IOException {
        gate("--accept");
        write(SCENARIO.replace("verdict: REFUTED", "verdict: PROVED"));
        assertRed("small/linux-2.6.24/lameter/gru-lockless-rule: expected PROVED, found REFUTED");
        write(SCENARIO.replace("verdict: PROVED", "verdict: REFUTED"));
        assertRed("small/linux-2.6.24/arcangeli/gru-lockless-rule: expected REFUTED, found PROVED");
    }

    @Test
    void countThatMovedIsRed() throws IOException {
        gate("--accept");
        small.changeLedger("states: [0-9]+", "states: 17");
        assertRed("the ledger has 17 states");
    }

    @Test
    void violationThatMovedIsRed() throws IOException {
        gate("--accept");
        Path ledger = home.resolve("specs/ledger/small.yaml");
        Files.writeString(
                ledger,
                Files.readString(ledger)
                        .replaceFirst("NoTranslationOutlivesItsPage: 1", "NoTranslationOutlivesItsPage: 2"));
        assertRed("the ledger has the violations");
    }

    @Test
    void scenarioThatReachesNothingInterestingIsReportedAsVacuous() throws IOException {
        gate("--accept");
        write(SCENARIO.replace("Gru.MISS", "Gru.RANGE_WAIT"));
        assertRed(
                "small/linux-2.6.24/arcangeli/gru-lockless-rule: expected PROVED, found UNKNOWN: vacuous: no run reached"
                        + " Gru.RANGE_WAIT");
        Command check = Command.in(home, "check", "small", "--design", "notifier=arcangeli");
        assertEquals(ExitCode.INCONCLUSIVE, check.code());
        assertTrue(check.out().contains("vacuous: no run reached Gru.RANGE_WAIT"), check.out());
    }

    @Test
    void markThatNoCellReachesIsRed() {
        gate("--accept");
        Command command = gate();
        assertEquals(ExitCode.DIFFERS, command.code());
        assertTrue(command.err().contains("! no cell reaches KvmPin.FAULT"), command.err());
        assertFalse(command.err().contains("Gru.MISS"), command.err());
    }

    @Test
    void limitIsInconclusiveAndTheReportsHaveWhatWasCovered() throws IOException {
        write(SCENARIO.replace("[arcangeli, lameter]", "arcangeli"));
        gate("--accept");
        Command command = gate("--budget", "50ms", "--strategy", "random");
        assertEquals(ExitCode.INCONCLUSIVE, command.code(), command.out());
        assertTrue(command.out().contains("expected PROVED, found UNKNOWN: random runs cover nothing"), command.out());
        assertTrue(Files.readString(home.resolve("target/gate/result.json")).contains("\"UNKNOWN\""));
    }

    private static String changedGate(int skipped) {
        return skipped + " of 2 cells skipped: nothing that they use has changed";
    }

    @Test
    void changedGateSkipsWhatHasNotChanged() throws IOException {
        assertTrue(gate("--changed").err().contains(changedGate(0)));
        gate("--accept");
        Command again = gate("--changed");
        assertTrue(again.err().contains(changedGate(2)), again.err());
        assertEquals(ExitCode.AS_EXPECTED, again.code());
        assertTrue(again.out().endsWith("2 of 2 cells, 1 proved, 1 refuted, 0 unknown; 0 not as expected\n"));
        String json = Files.readString(home.resolve("target/gate/result.json"));
        assertTrue(json.contains("\"skipped\" : true"), json);
        String xml = Files.readString(home.resolve("target/gate/junit.xml"));
        assertTrue(xml.contains("failures=\"0\" skipped=\"2\""), xml);
    }

    @Test
    void changedGateExploresACellWhoseHashIsAnotherAndFindsThatItsCountMoved() throws IOException {
        gate("--accept");
        Path ledger = home.resolve("specs/ledger/small.yaml");
        String text = Files.readString(ledger).replaceFirst("states: [0-9]+", "states: 17");
        Files.writeString(ledger, text);
        assertTrue(gate("--changed").err().contains(changedGate(2)), "a planted count is only found by the plain gate");
        Files.writeString(ledger, text.replaceFirst("hash: '[0-9a-f]+'", "hash: '0123456789abcdef'"));
        Command command = gate("--changed");
        assertTrue(command.err().contains(changedGate(1)), command.err());
        assertEquals(ExitCode.DIFFERS, command.code());
        assertTrue(command.out().contains("the ledger has 17 states"), command.out());
    }

    @Test
    void changedGateExploresEverythingIfTheExplorerHasChanged() throws IOException {
        gate("--accept");
        Path ledger = home.resolve("specs/ledger/small.yaml");
        Files.writeString(
                ledger, Files.readString(ledger).replaceFirst("tool: '[0-9a-f]+'", "tool: '0123456789abcdef'"));
        assertTrue(gate("--changed").err().contains(changedGate(0)));
    }

    @Test
    void changedGateExploresWhatAChangedScenarioHasAndOtherDesignsOfItAreSkipped() throws IOException {
        gate("--accept");
        write(SCENARIO.replace("[arcangeli, lameter]", "[piggin, arcangeli, lameter]"));
        assertTrue(gate("--changed").err().contains("2 of 3 cells skipped"));
        write(SCENARIO.replace("write 0 5", "write 0 6"));
        assertTrue(gate("--changed").err().contains(changedGate(0)));
    }

    @Test
    void cellThatIsExpectedNightlyIsRunByNightAndKeepsItsLineByDay() throws IOException {
        gate("--accept");
        String both = Files.readString(small.ledger());
        write(SCENARIO.replace("verdict: REFUTED", "verdict: REFUTED, tier: NIGHTLY"));
        Command day = gate("--accept");
        assertTrue(day.out().endsWith("1 of 1 cells, 1 proved, 0 refuted, 0 unknown; 0 not as expected\n"), day.out());
        assertEquals(both, Files.readString(small.ledger()));
        assertTrue(gate("--nightly").out().contains("2 of 2 cells"));
    }

    /** Else a changed gate would take it for computed by this explorer. */
    @Test
    void lineThatAnotherExplorerHasComputedIsKeptWithoutItsHash() throws IOException {
        gate("--accept");
        write(SCENARIO.replace("verdict: REFUTED", "verdict: REFUTED, tier: NIGHTLY"));
        small.changeLedger("tool: '[0-9a-f]+'", "tool: '0123456789abcdef'");
        gate("--accept");
        assertTrue(gate("--changed", "--nightly").err().contains("1 of 2 cells skipped"));
    }

    @Test
    void skippedCellWhoseVerdictIsNotExpectedIsRed() throws IOException {
        gate("--accept");
        write(SCENARIO.replace("verdict: REFUTED", "verdict: PROVED"));
        Command command = gate("--changed");
        assertTrue(command.err().contains(changedGate(2)), command.err());
        assertEquals(ExitCode.DIFFERS, command.code());
        assertTrue(command.out().contains("expected PROVED, found REFUTED"), command.out());
    }

    @Test
    void acceptedLedgerOfAChangedGateIsThatOfAPlainOne() throws IOException {
        gate("--accept");
        Path ledger = home.resolve("specs/ledger/small.yaml");
        String plain = Files.readString(ledger);
        Files.writeString(ledger, plain.replaceFirst("hash: '[0-9a-f]+'", "hash: '0123456789abcdef'"));
        gate("--changed", "--accept");
        assertEquals(plain, Files.readString(ledger));
    }

    @Test
    void searchesWithOtherReductionsAgreeWithTheLedger() {
        gate("--accept");
        for (String[] other :
                new String[][] {{"--strategy", "naive"}, {"--strategy", "preemption"}, {"--workers", "3"}}) {
            Command command = gate(other);
            assertTrue(command.out().endsWith("0 not as expected\n"), command.out());
        }
    }

    @Test
    void reportsAreWritten() throws IOException {
        gate("--report", home.resolve("reports").toString());
        String json = Files.readString(home.resolve("reports/result.json"));
        assertTrue(json.contains("\"scenario\" : \"small\""), json);
        String xml = Files.readString(home.resolve("reports/junit.xml"));
        assertTrue(xml.contains("<testsuite name=\"racewalk gate\" tests=\"2\" failures=\"2\" skipped=\"0\">"), xml);
    }

    private void knownFault(String cell) throws IOException {
        Files.writeString(
                home.resolve("specs/faults.yaml"), "faults:\n  - {cell: " + cell + ", found: {in order: 1}}\n");
    }

    /** The fault needs two operations at once: whole operations, one after the other, do not find it. */
    @Test
    void plantedFaultThatAnEngineDoesNotFindIsRed() throws IOException {
        gate("--accept");
        assertEquals(ExitCode.AS_EXPECTED, gate("--changed").code());
        knownFault("small/linux-2.6.24/lameter/gru-lockless-rule");
        Command command = gate("--changed");
        assertEquals(ExitCode.DIFFERS, command.code(), command.err());
        assertTrue(command.err().contains("! in order does not find it: exhausted"), command.err());
        assertEquals(ExitCode.AS_EXPECTED, gate("--changed", "--no-plant").code());
    }

    @Test
    void knownFaultOfNoCellIsMalformed() throws IOException {
        gate("--accept");
        knownFault("small/linux-2.6.24/lameter/nobody");
        Command command = gate();
        assertEquals(ExitCode.USAGE, command.code());
        assertTrue(command.err().contains("names a cell that there is not: small/linux-2.6.24/lameter/nobody"));
    }
}
