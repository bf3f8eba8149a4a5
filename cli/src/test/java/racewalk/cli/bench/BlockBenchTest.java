package racewalk.cli.bench;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a change of contiguous entries costs is printed as the documentation shows it. */
class BlockBenchTest {

    @Test
    void documentationShowsTheTable() throws IOException {
        BenchDocumentation.assertShows("blocks", new BlockBench().count());
    }
}
