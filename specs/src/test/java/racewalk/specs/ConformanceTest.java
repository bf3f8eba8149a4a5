package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The list of the kernel's own tests of HMM: each is run by scenarios that say its results, or it is said why not. */
class ConformanceTest {

    /** How many {@code TEST_F} there are in {@code hmm-tests.c} of Linux 7.0-rc6. */
    private static final int TESTS = 37;

    @Test
    void everyTestIsRunOrLeftOutForAReason() {
        Set<String> tests = new TreeSet<>();
        for (YamlNode node : YamlNode.read(Path.of("conformance.yaml"))
                .fields("the conformance list", Set.of("tests"))
                .require("tests")
                .list("tests")) {
            YamlNode.Fields fields = node.fields("a test", Set.of("test", "scenarios", "left-out", "part"));
            String test = fields.require("test").text("a test's name");
            assertTrue(tests.add(test), test);
            Optional<YamlNode> scenarios = fields.optional("scenarios");
            assertEquals(
                    scenarios.isEmpty(),
                    fields.optional("left-out").map(why -> why.text("a reason")).isPresent(),
                    test);
            scenarios.ifPresent(list -> list.list("scenarios").forEach(scenario -> {
                String id = scenario.text("a scenario");
                Path file = Path.of("scenarios", id + ".yaml");
                assertTrue(Files.exists(file), id);
                assertFalse(ScenarioReader.read(file).results().isEmpty(), id);
            }));
        }
        assertEquals(TESTS, tests.size());
    }
}
