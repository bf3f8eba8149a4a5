package racewalk.specs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The kernel's own tests of HMM, {@code tools/testing/selftests/mm/hmm-tests.c}, and the scenarios that run them. */
public final class ConformanceTests {

    /**
     * One {@code TEST_F}.
     *
     * @param name its name
     * @param scenarios the ids of the scenarios that run it; none if it is left out
     * @param remark why it is left out, or which part of it is run; empty if there is nothing to say
     */
    public record Test(String name, List<String> scenarios, String remark) {

        /** A copy is kept. */
        public Test {
            scenarios = List.copyOf(scenarios);
        }
    }

    private ConformanceTests() {}

    /**
     * The tests in a file, in its order; none if there is no such file.
     *
     * @throws MalformedFileException if it is malformed: a test has either scenarios or a reason to be left out
     */
    public static List<Test> readAll(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        return YamlNode.read(file)
                .fields("the conformance list", Set.of("tests"))
                .require("tests")
                .list("tests")
                .stream()
                .map(ConformanceTests::test)
                .toList();
    }

    private static Test test(YamlNode node) {
        YamlNode.Fields fields = node.fields("a test", Set.of("test", "scenarios", "left-out", "part"));
        String name = fields.require("test").text("a test's name");
        if (fields.optional("scenarios").isEmpty()) {
            return new Test(name, List.of(), fields.require("left-out").text("a reason"));
        }
        fields.optional("left-out").ifPresent(why -> {
            throw why.malformed("a test with scenarios is not left out; say which 'part' they run");
        });
        return new Test(
                name,
                fields.require("scenarios").list("the scenarios that run it").stream()
                        .map(scenario -> scenario.text("a scenario"))
                        .toList(),
                fields.optional("part")
                        .map(part -> part.text("what is run of it"))
                        .orElse(""));
    }
}
