package racewalk.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What walks of page tables cost is printed as a table and drawn as bars. */
class TableBenchTest {

    private static List<String> lines(Chart chart) {
        return chart.text().lines().skip(1).toList();
    }

    private static long marks(String line) {
        return line.chars().filter(c -> c == '#').count();
    }

    @Test
    void barsAreAsLongAsTheirCountsAreLarge() {
        Chart chart = new Chart(
                "a chart", List.of(new Chart.Bar("all", 600), new Chart.Bar("half", 300), new Chart.Bar("none", 0)));
        assertEquals(
                List.of(60L, 30L, 0L),
                lines(chart).stream().map(TableBenchTest::marks).toList());
        assertTrue(lines(chart).getFirst().endsWith("# 600"));
    }

    @Test
    void whatIsNotNothingIsSeen() {
        Chart chart = new Chart("a chart", List.of(new Chart.Bar("many", 1_000_000), new Chart.Bar("one", 1)));
        assertEquals(1, marks(lines(chart).getLast()));
    }

    @Test
    void documentationShowsTheTableAndBars() throws IOException {
        BenchDocumentation.assertShows("tables", new TableBench().iterators());
        BenchDocumentation.assertShows("walks", new TableBench().walkers());
    }

    @Test
    void everyRowOfTheTableIsABar() {
        Section section = new TableBench().iterators();
        List<Object> accesses = section.rows().stream().map(row -> row.get(3)).toList();
        assertEquals(
                accesses,
                section.charts().stream()
                        .flatMap(chart -> chart.bars().stream())
                        .map(Chart.Bar::count)
                        .collect(Collectors.toList()));
        assertTrue(section.text().contains("#"), section::text);
    }
}
