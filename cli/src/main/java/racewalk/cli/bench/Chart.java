package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import racewalk.explore.TextTable;

/**
 * Bars, one under the other, as long as their counts are large: the largest is as wide as the chart.
 *
 * @param title what is drawn
 * @param bars at least one
 */
record Chart(String title, List<Bar> bars) {

    private static final int WIDTH = 60;

    /**
     * One bar.
     *
     * @param label what it stands for
     * @param count at least 0; what is not 0 is seen
     */
    record Bar(String label, long count) {}

    /** The chart for people. */
    String text() {
        long largest = bars.stream().mapToLong(Bar::count).max().orElseThrow();
        List<List<String>> lines = new ArrayList<>();
        for (Bar bar : bars) {
            lines.add(List.of(bar.label, "#".repeat(length(bar.count, largest)) + " %,d".formatted(bar.count)));
        }
        return title + "\n" + TextTable.columns(lines, "  ").indent(2);
    }

    private static int length(long count, long largest) {
        return count == 0 ? 0 : (int) Math.max(1, Math.round((double) count * WIDTH / largest));
    }
}
