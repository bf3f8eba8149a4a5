package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code racewalk check}, {@code replay}, {@code list} and {@code question}, as users and scripts see them. */
class CheckTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    private static Command check(String notifier, String secondary, String... more) {
        List<String> arguments = new java.util.ArrayList<>(
                List.of("check", "dontneed", "--design", "notifier=" + notifier, "--design", "secondary=" + secondary));
        arguments.addAll(List.of(more));
        return Command.run(arguments.toArray(String[]::new));
    }

    @Test
    void provedCellExitsWithZeroAndNamesItsScope() {
        Command command = check("arcangeli", "gru-lockless-rule");
        assertEquals(ExitCode.AS_EXPECTED, command.code());
        assertTrue(
                command.out().startsWith("PROVED   dontneed/linux-2.6.24/arcangeli/gru-lockless-rule"), command.out());
        assertTrue(
                command.out().contains("scope: 2 CPUs, 1 device, 5 operations, 2 pages over 2 tables"), command.out());
    }

    @Test
    void refutedCellExitsWithOneAndDrawsItsRun() {
        Command command = check("lameter", "gru-lockless-rule");
        assertEquals(ExitCode.DIFFERS, command.code());
        assertTrue(command.out().contains("► dontneed 0"), command.out());
        assertTrue(command.out().contains("◄ write 0 5: ok"), command.out());
        assertTrue(
                command.out()
                        .endsWith("violated NoTranslationOutlivesItsPage: dev0 translates page 0 to page0 rw, which has"
                                + " no reference\n"),
                command.out());
    }

    @Test
    void everyStrategyRefutesWhatIsRefuted() {
        for (String strategy : List.of("naive", "sleep", "preemption", "random")) {
            Command command = check("lameter", "gru-lockless", "--strategy", strategy, "--budget", "5s", "--ops", "1");
            assertEquals(ExitCode.DIFFERS, command.code(), strategy + command.out() + command.err());
        }
    }

    @Test
    void sourceDporDecidesASmallScopeAsSleepSetsDo() {
        for (String secondary : List.of("gru-lockless", "gru-lockless-rule")) {
            int expected = secondary.equals("gru-lockless") ? ExitCode.DIFFERS : ExitCode.AS_EXPECTED;
            for (String strategy : List.of("sleep", "source-dpor")) {
                Command command = check("arcangeli", secondary, "--strategy", strategy, "--cpus", "1", "--ops", "1");
                assertEquals(expected, command.code(), strategy + command.out() + command.err());
            }
        }
    }

    @Test
    void smallerScopeIsPartOfTheResultAndOfTheId() {
        Command command = check("lameter", "gru-lockless", "--cpus", "1", "--ops", "1");
        assertTrue(
                command.out().contains("scope: 1 CPU, 1 device, 2 operations, 2 pages over 2 tables"), command.out());
        assertTrue(command.out().contains("racewalk replay 'dontneed+cpus1+ops1/"), command.out());
    }

    @Test
    void jsonHasTheDocumentedFields() {
        Command command = check("lameter", "gru-lockless-rule", "--json");
        assertEquals(ExitCode.DIFFERS, command.code());
        JsonNode results = JSON.readTree(command.out());
        assertEquals(1, results.size());
        JsonNode result = results.get(0);
        assertEquals("dontneed", result.get("scenario").asString());
        assertEquals("lameter", result.get("designs").get("notifier").asString());
        assertEquals("REFUTED", result.get("verdict").asString());
        assertEquals(2, result.get("scope").get("cpus").asInt());
        assertEquals(5, result.get("scope").get("operations").asInt());
        assertEquals(2, result.get("scope").get("pages").asInt());
        assertEquals("NoTranslationOutlivesItsPage", result.get("violated").asString());
        assertEquals(1, result.get("preemptions").asInt());
        for (String count : List.of("states", "transitions", "executions", "depth", "seconds")) {
            assertTrue(result.get(count).asDouble() > 0, count);
        }
        JsonNode step = result.get("counterexample").get("steps").get(0);
        for (String field : List.of("cpu", "operation", "function", "file", "line", "object", "action", "value")) {
            assertTrue(step.has(field), field);
        }
        assertEquals("madviseDontneed", step.get("function").asString());
        assertEquals("Unmap.java", step.get("file").asString());
        assertEquals("mmap_lock", step.get("object").asString());
        assertEquals("down_read", step.get("action").asString());
    }

    @Test
    void everyReportedRunIsReplayedByItsIdAndViolatesTheSame() {
        JsonNode result =
                JSON.readTree(check("arcangeli", "kvm-pin", "--json").out()).get(0);
        assertEquals(2, result.get("violations").size());
        for (JsonNode violation : result.get("violations")) {
            Command replay = Command.run("replay", violation.get("id").asString());
            assertEquals(ExitCode.DIFFERS, replay.code(), replay.err());
            assertTrue(
                    replay.out()
                            .contains("violated " + violation.get("property").asString() + ": "),
                    replay.out());
        }
    }

    @Test
    void limitGivesUnknownAndExitsWithThree() {
        Command command = check("arcangeli", "gru-lockless-rule", "--budget", "1ms");
        assertEquals(ExitCode.INCONCLUSIVE, command.code());
        assertTrue(command.out().startsWith("UNKNOWN  "), command.out());
        assertTrue(command.out().contains("not exhausted: the time of 0.001 s was over"), command.out());
    }

    /** Linux gives a device that reads there the zero page, which the model has not: nothing is claimed of it. */
    @Test
    void deviceThatReadsWherePageTableIsMissingIsBeyondTheScope() throws IOException {
        Path file = folder.resolve("untouched.yaml");
        String scenario = """
                id: untouched
                title: A device reads memory that nobody has touched
                memory: {pages: 1, tables: 1, frames: 2}
                boot: []
                actors:
                  dev0: [read 0]
                designs: {notifier: arcangeli, secondary: [kvm-pin, gru-lockless-rule]}
                expect:
                  - verdict: PROVED
                """;
        Files.writeString(file, scenario);
        Command beyond = Command.run("check", file.toString(), "--design", "secondary=gru-lockless-rule");
        assertEquals(ExitCode.INCONCLUSIVE, beyond.code(), beyond.out() + beyond.err());
        assertTrue(beyond.out().contains("gives the zero page"), beyond.out());
        // gfn_to_page asks for a writable page, so there is a fault.
        Command faults = Command.run("check", file.toString(), "--design", "secondary=kvm-pin");
        assertEquals(ExitCode.AS_EXPECTED, faults.code(), faults.out() + faults.err());
    }

    @Test
    void fullTableGivesUnknownWithWhatWasCovered() {
        Command command = check("arcangeli", "gru-lockless-rule", "--memory", "1m");
        assertEquals(ExitCode.INCONCLUSIVE, command.code());
        assertTrue(command.out().contains("not exhausted: the memory for states was full: 1 MB"), command.out());
        assertTrue(command.out().contains(" states, "), command.out());
    }

    @Test
    void provedCellPrintsItsCertificateAndJsonHasIt() {
        Command command = check("arcangeli", "gru-ptlock", "--ops", "1", "--workers", "1");
        assertTrue(command.out().contains("certificate: searched by sleep, 1 worker, salt 0; "), command.out());
        assertFalse(check("lameter", "gru-lockless", "--ops", "1").out().contains("certificate"));
        JsonNode result = JSON.readTree(check("arcangeli", "gru-ptlock", "--ops", "1", "--json", "--workers", "2")
                        .out())
                .get(0);
        JsonNode certificate = result.get("certificate");
        long states = certificate.get("states").asLong();
        assertEquals(result.get("states").asLong(), states);
        assertEquals(128, certificate.get("fingerprintBits").asInt());
        int exponent =
                Integer.parseInt(certificate.get("collisionBound").asString().substring(2));
        assertTrue(states * (double) states <= Math.pow(2, 129 + exponent), certificate.toString());
        assertTrue(states * (double) states > Math.pow(2, 128 + exponent), certificate.toString());
        assertEquals("sleep", certificate.get("strategy").asString());
        assertEquals(2, certificate.get("workers").asInt());
        assertEquals(0, certificate.get("salt").asInt());
        assertTrue(certificate.get("hash").asString().matches("[0-9a-f]{16}"), certificate.toString());
        assertEquals(CellHash.CURRENT.tool(), certificate.get("tool").asString());
    }

    @Test
    void randomRunsTellNoStatesApart() {
        JsonNode certificate = JSON.readTree(
                        check("lameter", "gru-lockless", "--strategy", "random", "--budget", "500ms", "--json")
                                .out())
                .get(0)
                .get("certificate");
        assertTrue(certificate.get("collisionBound").isNull(), certificate.toString());
    }

    @Test
    void listsNameWhatThereIs() {
        assertTrue(Command.run("list", "designs").out().contains("gru-lockless-rule-active"));
        assertTrue(Command.run("list", "scenarios").out().contains("two-unmaps"));
        assertTrue(Command.run("list", "invariants").out().contains("LinearizableToFlatMemory"));
        assertTrue(Command.run("list", "questions").out().contains("gru-needs-range-begin"));
        assertTrue(JSON.readTree(Command.run("list", "designs", "--json").out()).size() > 10);
    }

    @Test
    void questionIsAnsweredFromTheLedger() {
        Command command = Command.run("question", "gru-needs-range-begin");
        assertEquals(ExitCode.AS_EXPECTED, command.code());
        assertTrue(command.out().contains("does not hold: "), command.out());
        assertTrue(command.out().contains("holds: "), command.out());
    }
}
