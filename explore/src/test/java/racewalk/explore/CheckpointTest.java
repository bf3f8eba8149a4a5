package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** A search that is stopped and goes on, again and again, ends with the counts of one that was not. */
class CheckpointTest {

    private static final String IDENTITY = "counters of this test";

    @TempDir
    private Path folder;

    /** Choices, sleep sets and a violated invariant. */
    private static Program program(Machine machine) {
        Toy toy = new Toy(machine);
        Word[] words = machine.words("word", 3, 0, Word.Format.DECIMAL);
        for (int t = 0; t < 3; t++) {
            int task = t;
            List<LongSupplier> operations = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                int number = i;
                operations.add(() -> {
                    words[task].writeOnce(number + machine.choose("step", 2));
                    words[(task + 1) % 3].add(1);
                    return 0;
                });
            }
            toy.tasks(operations);
        }
        return toy.invariant(new Invariant(
                        "NotAllFive",
                        List.of(words),
                        () -> Arrays.stream(words).allMatch(word -> word.peek() == 5) ? "all are 5" : null))
                .program();
    }

    private Settings settings(int workers, boolean resume) {
        return Settings.of(Strategy.SLEEP)
                .withWorkers(workers)
                .with(new Checkpoints(folder.resolve("checkpoint"), Duration.ZERO, IDENTITY, resume));
    }

    /** Stops a search at every {@code polls}-th opportunity and lets it go on, until it ends. */
    private Exploration interrupted(int workers, int polls) {
        int[] countdown = new int[1];
        Budget budget = new Budget(Duration.ofDays(1), Long.MAX_VALUE, 10_000, () -> countdown[0]-- == 0);
        boolean resume = false;
        while (true) {
            countdown[0] = polls;
            Exploration exploration =
                    Explorer.explore(CheckpointTest::program, settings(workers, resume), budget, Progress.NONE);
            if (exploration.isExhaustive()) {
                assertTrue(resume, "was never stopped");
                return exploration;
            }
            assertEquals("interrupted", exploration.limit());
            resume = true;
        }
    }

    @Test
    void searchThatWasStoppedManyTimesEndsWithTheSameCounts() {
        Exploration whole = Toy.explore(CheckpointTest::program);
        Exploration parts = interrupted(1, 3);
        assertEquals(whole.counts(), parts.counts());
        assertEquals(whole.findings().keySet(), parts.findings().keySet());
        assertFalse(Files.exists(folder.resolve("checkpoint")));
    }

    @Test
    void workersGoOnWithWhatOtherWorkersLeft() {
        Exploration whole = Toy.explore(CheckpointTest::program);
        Exploration parts = interrupted(3, 2);
        assertEquals(whole.counts().states(), parts.counts().states());
        assertEquals(whole.findings().keySet(), parts.findings().keySet());
    }

    private void assertRefused(String expected) {
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> Explorer.explore(CheckpointTest::program, settings(1, true), Budget.unlimited(), Progress.NONE));
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    @Test
    void missingOrForeignOrDamagedCheckpointIsRefused() throws IOException {
        Path file = folder.resolve("checkpoint");
        assertRefused("there is no checkpoint");
        Files.writeString(file, "something else");
        assertRefused("is no");
        new Checkpoint(
                        Checkpoint.ofNothing(null).done(),
                        new StateTable(1_000_000),
                        Checkpoint.ofNothing(null).work())
                .write(file, "another");
        assertRefused("is of another search: it was written for another, this is " + IDENTITY);
        Checkpoint.ofNothing(new StateTable(1_000_000)).write(file, IDENTITY);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 100));
        assertRefused("is no whole checkpoint");
    }
}
