package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search that is killed goes on where its last checkpoint was, and ends with the counts of one that was not. */
class ResumeTest {

    @TempDir
    private Path folder;

    private final List<String> check = List.of(
            "check", "two-unmaps", "--design", "notifier=piggin", "--design", "secondary=gru-ptlock", "--workers", "1");

    private List<String> kept(String... more) {
        List<String> command = new ArrayList<>(check);
        command.addAll(List.of("--checkpoint", folder.resolve("kept").toString(), "--checkpoint-every", "1ms"));
        command.addAll(List.of(more));
        return command;
    }

    private static String counts(String out) {
        return Pattern.compile("[\\d,]+ states, [\\d,]+ transitions, [\\d,]+ complete runs, depth \\d+")
                .matcher(out)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError(out))
                .group();
    }

    private static Command run(List<String> command) {
        return Command.run(command.toArray(String[]::new));
    }

    @Test
    void killedSearchGoesOnAndEndsWithTheSameCounts() throws IOException, InterruptedException {
        String whole = counts(run(check).out());
        Path file = folder.resolve("kept");
        List<String> child = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dracewalk.home=" + Command.CHECKOUT,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        child.addAll(kept());
        Process process = new ProcessBuilder(child)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        while (!Files.exists(file) && process.isAlive()) {
            Thread.onSpinWait();
        }
        process.destroyForcibly().waitFor();
        assertTrue(Files.exists(file), () -> "ended before it was killed: " + folder);
        Command resumed = run(kept("--resume"));
        assertEquals(whole, counts(resumed.out()));
        assertFalse(Files.exists(file));
    }

    private static void assertRefused(String expected, List<String> command) {
        Command refused = run(command);
        assertEquals(ExitCode.USAGE, refused.code(), refused.out());
        assertTrue(refused.err().contains(expected), refused.err());
    }

    @Test
    void whatCannotBeKeptOrResumedIsRefused() throws IOException {
        assertRefused("there is no checkpoint", kept("--resume"));
        assertRefused("--strategy sleep or naive", kept("--strategy", "persistent"));
        assertRefused("keeps the search of a single cell", List.of("check", "cow", "--checkpoint", "x"));
        assertRefused("name it by --checkpoint", List.of("check", "cow", "--resume"));
        Files.writeString(folder.resolve("kept"), "no checkpoint");
        assertRefused("is no", kept("--resume"));
    }
}
