package racewalk.cli.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code docs/bench.md}, which shows what counts print. */
final class BenchDocumentation {

    private static final Path DOC = Path.of("../docs/bench.md");

    private BenchDocumentation() {}

    /** Each line that the documentation shows of {@code bench PART} is printed, in the same order. */
    static void assertShows(String part, Section section) throws IOException {
        List<String> doc = Files.readAllLines(DOC);
        int from = doc.indexOf("$ ./racewalk bench " + part);
        assertTrue(from >= 0, () -> "not shown: " + part);
        List<String> shown = doc.subList(from + 1, doc.size()).stream()
                .takeWhile(line -> !line.equals("```"))
                .filter(line -> !line.equals("…"))
                .map(String::stripTrailing)
                .toList();
        List<String> printed = section.text().lines().map(String::stripTrailing).toList();
        assertTrue(shown.size() > 3, shown::toString);
        int at = 0;
        for (String line : shown) {
            int found = printed.subList(at, printed.size()).indexOf(line);
            assertTrue(found >= 0, () -> "not printed: " + line);
            at += found + 1;
        }
    }
}
