package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios with contiguous entries are read, and what is none is refused. */
class ContpteScenariosTest {

    private static final String GOOD = """
            id: good
            title: A good one
            table: {entries: 4, contiguous: 2}
            actors:
              cpu0: [fork-range 1..2, child-exit, get 3]
              dev0: [write 0 1]
            designs:
              - table: [contpte, ptes]
            expect:
              - {verdict: PROVED}
            """;

    @TempDir
    private Path folder;

    private Scenario read(String text) throws IOException {
        Path file = folder.resolve("good.yaml");
        Files.writeString(file, text);
        return ScenarioReader.read(file);
    }

    private void assertRefused(String from, String to, String message) {
        String text = assertThrows(MalformedFileException.class, () -> read(GOOD.replace(from, to)))
                .getMessage();
        assertTrue(text.contains(message), text);
    }

    @Test
    void operationsAreShownAsTheyAreRead() throws IOException {
        Scenario scenario = read(GOOD);
        assertEquals(2, scenario.tables().contiguous());
        assertEquals(
                "[fork-range 1..2, child-exit, get 3]",
                scenario.actors().get("cpu0").stream()
                        .map(operation -> scenario.show("cpu0", operation))
                        .toList()
                        .toString());
    }

    @Test
    void malformedScenariosAreRefused() {
        assertRefused("contiguous: 2", "contiguous: 3", "a power of two, not 3");
        assertRefused("contiguous: 2", "contiguous: 8", "from 2 to 4");
        assertRefused("get 3", "get 4", "pages from 0 to 3, not 'get 4'");
        assertRefused("get 3", "dontneed 3", "no operation where entries are contiguous");
        assertRefused("get 3", "mprotect 3 none", "no operation where entries are contiguous");
        assertRefused("get 3", "pin 3", "are of hugetlb's pages");
        assertRefused("ptes]", "hmm-pt-v1]", "'hmm-pt-v1' is of tables of another kind");
        assertRefused("expect:", "invariants: [DirtyNeverLost]\nexpect:", "only these invariants hold");
        assertRefused("{verdict", "{table: ptes, verdict", "no expectation matches the cell contpte");
    }
}
