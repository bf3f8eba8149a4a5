package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published schemas accept every committed file and what the readers accept, and reject what they reject. */
class SchemaTest {

    private static Schema schema(String name) throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("schema", name + ".schema.json")), InputFormat.JSON);
    }

    @ParameterizedTest
    @CsvSource({"scenario, scenarios", "question, questions", "ledger, ledger"})
    void everyCommittedFileIsAccepted(String name, Path folder) throws IOException {
        List<Path> files = ScenarioReader.yamlFiles(folder);
        assertFalse(files.isEmpty());
        for (Path file : files) {
            assertEquals(List.of(), schema(name).validate(Files.readString(file), InputFormat.YAML), file.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {child: [cpu1]}   | {Child: [cpu1]}
                    {child: [cpu1]}   | {child: [gpu1]}
                    {child: [cpu1]}   | {}
                    [fork child]      | [fork 0]
                    """)
    void malformedProcessesAreRejected(String from, String to) throws IOException {
        assertRejected("fork", from, to);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    title:        | titel:
                    pages: 2      | pages: 0
                    frames: 4     | frames: 4, allocations: fail
                    [dontneed 0]  | [dontned 0]
                    [dontneed 0]  | []
                    [write 0 5,   | [write 0,
                    cpu0: [       | gpu0: [
                    PROVED        | TRUE
                    [Gru.MISS,    | [miss,
                    """)
    void malformedScenarioIsRejected(String from, String to) throws IOException {
        assertRejected("dontneed", from, to);
    }

    private static void assertRejected(String scenario, String from, String to) throws IOException {
        String good = Files.readString(Path.of("scenarios", scenario + ".yaml"));
        String bad = good.replace(from, to);
        assertFalse(good.equals(bad), from);
        assertFalse(schema("scenario").validate(bad, InputFormat.YAML).isEmpty(), to);
    }
}
