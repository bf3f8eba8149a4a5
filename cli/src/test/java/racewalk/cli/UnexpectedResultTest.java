package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A result that a scenario does not expect is reported by a name of its own. */
class UnexpectedResultTest {

    private static final String SCENARIO = """
            id: wrong
            title: Expects of a load what another CPU may have overwritten
            memory: {pages: 1, tables: 1, frames: 2}
            boot:
              - cpu0: store 0 1
            actors:
              cpu0: [load 0]
              cpu1: [store 0 2]
            designs: {notifier: none}
            results: {cpu0: [%s]}
            expect:
              - verdict: PROVED
            """;

    @TempDir
    private Path folder;

    private Command check(String expected) throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.yaml"), SCENARIO.formatted(expected));
        return Command.run("check", file.toString());
    }

    @Test
    void scenarioThatExpectsTooLittleIsRefutedByExpectedResults() throws IOException {
        Command command = check("1");
        assertEquals(ExitCode.DIFFERS, command.code(), command.err());
        assertTrue(command.out().contains("violated ExpectedResults: cpu0: operation 1 gave 2"), command.out());
    }

    @Test
    void scenarioThatExpectsAllThatMayBeIsProved() throws IOException {
        assertEquals(ExitCode.AS_EXPECTED, check("1|2").code());
    }
}
