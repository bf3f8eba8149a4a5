package racewalk.cli.bench;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What several mirrors cost stands in the documentation. */
class MirrorBenchTest {

    @Test
    void documentationShowsTheTable() throws IOException {
        BenchDocumentation.assertShows("mirrors", new MirrorBench().count());
    }
}
