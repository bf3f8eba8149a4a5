package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The other engines, as they are started from the built tree. Skipped where only this module is built. */
class AgreeTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void modulesAreBuilt() {
        assumeTrue(Files.isDirectory(Command.CHECKOUT.resolve("lincheck/target/lib"))
                && Files.isDirectory(Command.CHECKOUT.resolve("stress/target/lib")));
    }

    private JsonNode agree(String secondary, int code) {
        Command command = Command.run(
                "agree",
                "--keep",
                folder.resolve("answers").toString(),
                "dontneed",
                "--ops",
                "1",
                "--design",
                "notifier=lameter",
                "--design",
                "secondary=" + secondary,
                "--runs",
                "300",
                "--millis",
                "100",
                "--json");
        assertEquals(code, command.code(), command.err());
        return JsonMapper.shared().readTree(command.out()).get(0);
    }

    private static String status(JsonNode cell, String engine) {
        for (JsonNode answer : cell.get("engines")) {
            if (answer.get("engine").asString().equals(engine)) {
                return answer.get("status").asString();
            }
        }
        return "not asked";
    }

    @Test
    void allEnginesFindWhatIsRefuted() throws IOException {
        JsonNode cell = agree("gru-lockless", ExitCode.AS_EXPECTED);
        assertEquals("REFUTED", cell.get("verdict").asString());
        assertEquals("exhausted", status(cell, InOrder.NAME));
        assertEquals("violated", status(cell, ForeignEngine.LINCHECK));
        assertTrue(cell.get("contradictions").isEmpty());
        String answers = Files.readString(folder.resolve("answers"));
        assertEquals(2, answers.lines().count());
        JsonNode again = agree("gru-lockless", ExitCode.AS_EXPECTED);
        assertEquals(2, again.get("engines").size() - 1);
        assertEquals(answers, Files.readString(folder.resolve("answers")), "what is kept is not asked for again");
    }

    @Test
    void noEngineFindsAnythingInWhatIsProved() {
        JsonNode cell = agree("gru-lockless-rule-active", ExitCode.AS_EXPECTED);
        assertEquals("PROVED", cell.get("verdict").asString());
        assertEquals("sampled", status(cell, ForeignEngine.LINCHECK));
        assertEquals("sampled", status(cell, ForeignEngine.JCSTRESS));
    }

    @Test
    void interruptedRunPrintsWhatItHas() throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dracewalk.home=" + Command.CHECKOUT,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "agree",
                        "dontneed",
                        "--ops=1",
                        "--design=notifier=lameter",
                        "--design=secondary=gru-lockless",
                        "--millis=1000000")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        while (process.isAlive() && !Files.readString(err).contains("lincheck: ")) {
            Thread.onSpinWait();
        }
        process.destroy(); // while jcstress samples
        assertEquals(ExitCode.INCONCLUSIVE, process.waitFor(), Files.readString(err));
        assertTrue(Files.readString(out).contains("lincheck: of 1 refuted cells found 1"), Files.readString(out));
        assertFalse(Files.readString(err).contains("gave up"), Files.readString(err));
    }
}
