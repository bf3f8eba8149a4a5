package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** What an operation gave is in no word: a search must not take a run's end for that of one that gave another. */
    @ParameterizedTest
    @ValueSource(strings = {"naive", "sleep", "persistent", "preemption"})
    void runsThatDifferInTheirResultsAloneAreToldApart(String strategy) {
        Command command = Command.run(
                "check", "snapshot-fault", "--design=secondary=dmirror-snapshot-own-notifier", "--strategy", strategy);
        assertEquals(ExitCode.DIFFERS, command.code(), command.err());
        assertTrue(command.out().contains("ExpectedResults by 1 preemption in"), command.out());
        assertFalse(command.out().contains("not known to be the shortest"), command.out());
    }

    @Test
    void scenarioThatExpectsAllThatMayBeIsProved() throws IOException {
        assertEquals(ExitCode.AS_EXPECTED, check("1|2").code());
    }
}
