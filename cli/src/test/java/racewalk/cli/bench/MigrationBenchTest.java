package racewalk.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.MigrationCost;
import racewalk.specs.MigrationCost.Pages;

/** What an early migration entry saves and wastes, and that the documentation shows it. */
class MigrationBenchTest {

    private static final int PAGES = 8;

    private static MigrationCost.Counts count(String mm, Pages found) {
        return MigrationCost.count((Design.Mm) Designs.find(Kind.MM, mm).orElseThrow(), found, PAGES);
    }

    @Test
    void earlyEntrySavesAWalkOfTheRmapAndAFlushForEachPage() {
        MigrationCost.Counts early = count("hmm-v15-early-repaired", Pages.ALONE);
        MigrationCost.Counts late = count("hmm-v15-repaired", Pages.ALONE);
        assertEquals(PAGES, early.moved());
        assertEquals(PAGES, late.moved());
        assertEquals(PAGES, late.walks() - early.walks());
        assertEquals(2, early.flushes()); // of two CPUs, for all pages
        assertEquals(2 * PAGES, late.flushes());
    }

    @Test
    void earlyEntryOfASharedPageSavesNoWalk() {
        assertEquals(
                count("hmm-v15-repaired", Pages.SHARED).walks(),
                count("hmm-v15-early-repaired", Pages.SHARED).walks());
    }

    @Test
    void earlyEntryOfAPinnedPageIsInVain() {
        assertEquals(PAGES, count("hmm-v15-early-repaired", Pages.PINNED).inVain());
        assertEquals(PAGES, count("hmm-v13-repaired", Pages.PINNED).inVain());
        assertEquals(0, count("hmm-v15-repaired", Pages.PINNED).inVain());
    }

    /** A planted fault: only of migrations that leave pinned pages alone the costs are counted. */
    @Test
    void migrationOfPinnedPagesIsNotCounted() {
        assertThrows(IllegalStateException.class, () -> count("linux-7.0-pins-ignored", Pages.PINNED));
    }

    @Test
    void documentationShowsTheTable() throws IOException {
        BenchDocumentation.assertShows("migrations", new MigrationBench().count());
    }
}
