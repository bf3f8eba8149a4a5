package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.cli.AnswerFile.Question;

/** What engines have answered is kept over runs, killed ones too, and holds for the cells that it was about. */
class AnswerFileTest {

    private static final Question QUESTION =
            new Question("a/b/c", "0123", "89ab", "lincheck", List.of("--budget", "200"));
    private static final EngineAnswer ANSWER =
            new EngineAnswer("lincheck", EngineAnswer.Status.VIOLATED, 7, 1_000_000, "NoStale\tEntry");

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("answers");
    }

    private void keepOne() {
        try (AnswerFile kept = new AnswerFile(file())) {
            kept.add(QUESTION, ANSWER);
        }
    }

    @Test
    void answerIsFoundAgain() {
        keepOne();
        try (AnswerFile kept = new AnswerFile(file())) {
            assertEquals(Optional.of(ANSWER), kept.find(QUESTION));
        }
    }

    @Test
    void answerAboutSomethingElseIsNone() {
        keepOne();
        try (AnswerFile kept = new AnswerFile(file())) {
            List<String> options = QUESTION.options();
            for (Question other : List.of(
                    new Question("a/b/c", "4567", "89ab", "lincheck", options),
                    new Question("a/b/c", "0123", "cdef", "lincheck", options),
                    new Question("a/b/c", "0123", "89ab", "jcstress", options),
                    new Question("a/b/c", "0123", "89ab", "lincheck", List.of()))) {
                assertEquals(Optional.empty(), kept.find(other));
            }
        }
    }

    @Test
    void cellWithoutAnAnswerIsAskedAboutAgain() throws IOException {
        try (AnswerFile kept = new AnswerFile(file())) {
            kept.add(
                    QUESTION, new EngineAnswer("lincheck", EngineAnswer.Status.UNSUPPORTED, 0, 1, "no answer in time"));
            assertEquals(Optional.empty(), kept.find(QUESTION));
        }
        assertEquals("", Files.readString(file()));
    }

    @Test
    void halfALineOfAKilledRunIsTakenAway() throws IOException {
        keepOne();
        String whole = Files.readString(file());
        Files.writeString(file(), whole.substring(0, 20), StandardOpenOption.APPEND);
        keepOne();
        assertEquals(whole + whole, Files.readString(file()));
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Files.writeString(file(), "something\n");
        UsageException refused = assertThrows(UsageException.class, () -> new AnswerFile(file()));
        assertTrue(refused.getMessage().startsWith(file() + ":1: expected an answer"), refused.getMessage());
        assertEquals("something\n", Files.readString(file()));
        assertThrows(UsageException.class, () -> new AnswerFile(folder));
    }
}
