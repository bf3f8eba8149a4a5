package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of the kernel's own tests of HMM: each is run by scenarios that say its results, or it is said why not. */
class ConformanceTest {

    /** How many {@code TEST_F} there are in {@code hmm-tests.c} of Linux 7.0-rc6. */
    private static final int TESTS = 37;

    private static final List<ConformanceTests.Test> ALL = ConformanceTests.readAll(Path.of("conformance.yaml"));

    @Test
    void everyTestIsListedOnce() {
        assertEquals(
                TESTS, ALL.stream().map(ConformanceTests.Test::name).distinct().count());
        assertEquals(TESTS, ALL.size());
    }

    @Test
    void scenariosOfATestSayItsResults() {
        for (ConformanceTests.Test test : ALL) {
            for (String id : test.scenarios()) {
                Path file = Path.of("scenarios", id + ".yaml");
                assertTrue(Files.exists(file), id);
                assertFalse(ScenarioReader.read(file).results().isEmpty(), id);
            }
        }
    }

    @Test
    void testWithScenariosAndAReasonToBeLeftOutIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("conformance.yaml");
        Files.writeString(file, "tests:\n  - {test: a, scenarios: [b], left-out: c}\n");
        String message = assertThrows(MalformedFileException.class, () -> ConformanceTests.readAll(file))
                .getMessage();
        assertTrue(message.contains("a test with scenarios is not left out"), message);
    }
}
