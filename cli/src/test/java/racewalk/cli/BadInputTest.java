package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.specs.Cell;

/** What a new user gets wrong: one message, exit code 2, no stack trace. */
class BadInputTest {

    @TempDir
    private Path folder;

    private static void assertRefused(String message, String... arguments) {
        Command command = Command.run(arguments);
        assertEquals(ExitCode.USAGE, command.code(), command.err());
        assertTrue(command.err().contains(message), command.err());
        assertFalse(command.err().contains("\tat "), command.err());
        assertEquals("", command.out());
    }

    @Test
    void unknownCommandAndOption() {
        assertRefused("Unmatched argument at index 0: 'chekc'", "chekc");
        assertRefused("Unknown option: '--fast'", "check", "dontneed", "--fast");
        assertRefused("Missing required parameter: 'SCENARIO'", "check");
    }

    @Test
    void unknownScenario() {
        assertRefused("'dontned' is neither the id of a scenario nor a file", "check", "dontned");
    }

    @Test
    void fileThatIsAFolder() {
        assertRefused("is a directory; name a YAML file in it", "check", folder.toString());
    }

    @Test
    void malformedYaml() throws IOException {
        Path file = Files.writeString(folder.resolve("x.yaml"), "id: x\nmemory: {pages: 2\nactors:\n");
        assertRefused(file + ":3:7: not YAML: ", "check", file.toString());
    }

    @Test
    void unknownDesign() {
        assertRefused(
                "--design: no notifier is called 'lamter'; see 'racewalk list designs'",
                "check",
                "dontneed",
                "--design",
                "notifier=lamter");
        assertRefused(
                "--design: 'notify' is no kind of design; expected mm, notifier, secondary or table",
                "check",
                "dontneed",
                "--design",
                "notify=lameter");
    }

    @Test
    void scopeOfZero() {
        assertRefused("a scope of zero proves nothing", "check", "dontneed", "--cpus", "0");
        assertRefused("a scope of zero proves nothing", "check", "dontneed", "--ops", "0");
        assertRefused("expected a time such as 500ms, 60s, 5m or 2h", "check", "dontneed", "--budget", "0s");
    }

    @Test
    void workersAndMemoryThatThereAreNot() {
        assertRefused("--workers is at least 1", "check", "dontneed", "--workers", "0");
        assertRefused("expected a size such as 512m or 4g, not '12'", "gate", "--memory", "12");
        assertRefused("expected a size such as 512m or 4g, not '0g'", "gate", "--memory", "0g");
        assertRefused("--memory is more than the JVM's heap of", "check", "dontneed", "--memory", "900000g");
    }

    @Test
    void unknownStrategyAndList() {
        String known = String.join(", ", new StrategyOption.Names());
        assertTrue(known.startsWith("naive, sleep, "), known);
        assertRefused("expected " + known + ", not 'magic'", "check", "dontneed", "--strategy", "magic");
        assertRefused("expected one of [designs, scenarios, invariants, questions]", "list", "everything");
        assertRefused("no question is called 'why'", "question", "why");
    }

    @Test
    void malformedCounterexample() {
        assertRefused("is no counterexample's id", "replay", "abc");
        assertRefused(
                "a letter, for a task is expected at character 1",
                "replay",
                "dontneed/linux-2.6.24/lameter/gru-lockless/9@12345678");
    }

    @Test
    void counterexampleOfNoPartOfItsScenario() {
        String rest = "/linux-2.6.24/lameter/gru-lockless/a3@00000000";
        assertRefused("'~cpu' is no scope; expected +cpusN, +opsN, or ~ACTOR", "replay", "dontneed~cpu" + rest);
        assertRefused("there is no cpu5 in dontneed to leave out", "replay", "dontneed~cpu5" + rest);
        assertRefused("there is no dev0.3 in dontneed to leave out", "replay", "dontneed~dev0.3" + rest);
        assertRefused("cpu0 is needed at boot", "replay", "dontneed~cpu0~cpu1" + rest);
    }

    @Test
    void staleCounterexample() {
        assertRefused(
                "the model or the scenario has changed since this counterexample was found",
                "replay",
                "dontneed/linux-2.6.24/lameter/gru-lockless/a3@00000000");
    }

    @Test
    void scheduleOfAnotherModel() {
        String id = "dontneed/linux-2.6.24/lameter/gru-lockless/g3@";
        Cell cell = CounterexampleId.parse(id + "0").cell();
        String hash = CounterexampleId.hash(new Home(Command.CHECKOUT).scenario("dontneed"), cell);
        assertRefused("the schedule does not fit: task 6 cannot take step 1", "replay", id + hash);
    }

    @Test
    void folderWithoutSpecifications() {
        Command command = Command.in(folder, "gate");
        assertEquals(ExitCode.USAGE, command.code());
        assertTrue(command.err().contains("there is no specs/scenarios in"), command.err());
    }
}
