package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The other engines, as they are started from the built tree. Skipped where only this module is built. */
class AgreeTest {

    @BeforeEach
    void modulesAreBuilt() {
        assumeTrue(Files.isDirectory(Command.CHECKOUT.resolve("lincheck/target/lib"))
                && Files.isDirectory(Command.CHECKOUT.resolve("stress/target/lib")));
    }

    private static JsonNode agree(String secondary, int code) {
        Command command = Command.run(
                "agree",
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
    void allEnginesFindWhatIsRefuted() {
        JsonNode cell = agree("gru-lockless", ExitCode.AS_EXPECTED);
        assertEquals("REFUTED", cell.get("verdict").asString());
        assertEquals("exhausted", status(cell, InOrder.NAME));
        assertEquals("violated", status(cell, ForeignEngine.LINCHECK));
        assertTrue(cell.get("contradictions").isEmpty());
    }

    @Test
    void noEngineFindsAnythingInWhatIsProved() {
        JsonNode cell = agree("gru-lockless-rule-active", ExitCode.AS_EXPECTED);
        assertEquals("PROVED", cell.get("verdict").asString());
        assertEquals("sampled", status(cell, ForeignEngine.LINCHECK));
        assertEquals("sampled", status(cell, ForeignEngine.JCSTRESS));
    }
}
