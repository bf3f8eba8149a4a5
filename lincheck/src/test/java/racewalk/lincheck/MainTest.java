package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine as {@code racewalk agree} starts it. */
class MainTest {

    private static final List<String> CELL =
            List.of("../specs/scenarios/dontneed.yaml", "2", "2", "linux-2.6.24/lameter/gru-lockless");

    /** An exit code and what was printed. */
    private record Ran(int code, List<String> out, String err) {

        static Ran with(List<String> words) throws IOException, InterruptedException {
            PrintStream out = System.out;
            PrintStream err = System.err;
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            ByteArrayOutputStream complained = new ByteArrayOutputStream();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            try {
                int code = Main.run(words.toArray(String[]::new));
                return new Ran(
                        code,
                        printed.toString(StandardCharsets.UTF_8).lines().toList(),
                        complained.toString(StandardCharsets.UTF_8));
            } finally {
                System.setOut(out);
                System.setErr(err);
            }
        }

        static Ran with(String... words) throws IOException, InterruptedException {
            return with(List.of(words));
        }
    }

    private static List<String> words(List<String> options, List<String> cell, int times) {
        List<String> words = new ArrayList<>(options);
        for (int i = 0; i < times; i++) {
            words.addAll(cell);
        }
        return words;
    }

    @Test
    void cellIsAnsweredInOneLineAndItsRunFollows() throws Exception {
        Ran ran = Ran.with(words(List.of("--budget", "500", "--trace"), CELL, 1));
        assertEquals(0, ran.code, ran.err);
        String[] fields = ran.out.getFirst().split("\t");
        assertEquals(
                List.of("RESULT", "dontneed", "2", "2", "linux-2.6.24/lameter/gru-lockless", "violated"),
                List.of(fields).subList(0, 6));
        assertEquals(9, fields.length);
        assertTrue(Long.parseLong(fields[6]) > 0 && Long.parseLong(fields[7]) > 0);
        assertEquals("NoTranslationOutlivesItsPage", fields[8]);
        assertTrue(ran.out.size() > 10 && ran.out.stream().skip(1).allMatch(line -> line.startsWith("  ")));
    }

    @Test
    void cellThatDoesNotComeToAnEndDoesNotKeepTheNextFromItsAnswer() throws Exception {
        List<String> endless = new ArrayList<>(CELL);
        endless.set(3, "linux-2.6.24/lameter/gru-lockless-rule-active");
        Ran ran = Ran.with(words(List.of("--budget", "100000000", "--limit", "3"), endless, 2));
        assertEquals(0, ran.code, ran.err);
        assertEquals(2, ran.out.size());
        ran.out.forEach(line -> assertTrue(line.contains("\tunsupported\t0\t0\tno answer within 3 s"), line));
    }

    @Test
    void wrongCommandLineIsOneMessage() throws Exception {
        for (List<String> words : List.of(
                List.<String>of(),
                List.of("--budget"),
                List.of("--budget", "none"),
                List.of("--strategy", "luck"),
                List.of("--nothing"),
                List.of("a", "b"),
                List.of("no-such.yaml", "1", "1", "x"),
                List.of(CELL.get(0), "0", "1", CELL.get(3)),
                List.of(CELL.get(0), "1", "1", "no/such/cell"))) {
            Ran ran = Ran.with(words);
            assertEquals(2, ran.code, words.toString());
            assertEquals(List.of(), ran.out);
            assertEquals(1, ran.err.lines().count(), ran.err);
        }
    }
}
