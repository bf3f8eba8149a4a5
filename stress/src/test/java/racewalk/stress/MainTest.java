package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The command line: a line for each cell, whatever becomes of it. */
class MainTest {

    private static final String FILE = Choice.SCENARIOS.resolve("dontneed.yaml").toString();
    private static final String CELL = "linux-2.6.24/arcangeli/gru-ptlock";

    private static Process start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }

    private static String text(java.io.InputStream stream) throws Exception {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void eachCellIsAnsweredInOneLine() throws Exception {
        Process main = start("--samples-time", "100", FILE, "1", "1", CELL, FILE, "2", "1", CELL);
        String out = text(main.getInputStream());
        assertTrue(main.waitFor(3, TimeUnit.MINUTES));
        assertEquals(0, main.exitValue());
        List<String> lines =
                out.lines().filter(line -> line.startsWith("RESULT")).toList();
        assertEquals(2, lines.size(), out);
        String[] fields = lines.getLast().split("\t");
        assertEquals(
                List.of("RESULT", "dontneed", "2", "1", CELL, "sampled"),
                List.of(fields).subList(0, 6));
        assertTrue(Long.parseLong(fields[6]) >= Stress.MINIMUM);
        assertTrue(Long.parseLong(fields[7]) > 0);
        assertTrue(fields[8].endsWith("outcomes seen"), fields[8]);
    }

    private static void assertUsage(String message, String... arguments) throws Exception {
        Process main = start(arguments);
        String error = text(main.getErrorStream());
        assertEquals(2, main.waitFor());
        assertEquals(1, error.lines().count(), error);
        assertTrue(error.contains(message), error);
    }

    @Test
    void wrongArgumentsAreSaidInOneLine() throws Exception {
        assertUsage("expected cells");
        assertUsage("expected a number from 1 for CPUS, not 'x'", FILE, "x", "1", CELL);
        assertUsage("has no cell 'no/such'", FILE, "1", "1", "no/such");
        assertUsage("there is no option --time", "--time", "5", FILE, "1", "1", CELL);
        assertUsage("nowhere.yaml", "nowhere.yaml", "1", "1", CELL);
    }

    @Test
    void tableThatIsNotCompleteIsNoVerdict() throws Exception {
        Process main = start("--table-time", "1", FILE, "9", "9", "linux-2.6.24/lameter/gru-ptlock-rule-active");
        String out = text(main.getInputStream());
        assertEquals(0, main.waitFor());
        assertTrue(out.contains("\tunsupported\t"), out);
        assertTrue(out.contains("the table of outcomes is not complete"), out);
    }

    /** Planted: a JVM that ends with every cell. */
    @Test
    void cellThatEndsItsJvmIsUnsupportedAndTheNextIsTried() throws Exception {
        List<Request> requests = IntStream.rangeClosed(1, 2)
                .mapToObj(operations -> new Request(FILE, 1, operations, CELL))
                .toList();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Main(1, 1, List.of("false"), new PrintStream(bytes)).answer(requests);
        assertEquals(
                2,
                bytes.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains("unsupported") && line.endsWith("the JVM ended with code 1"))
                        .count());
    }
}
