package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import racewalk.explore.TextTable;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/** What the gate prints: the matrix of secondary MMUs by notifiers, the refuted cells, the total. */
final class GateReport {

    private GateReport() {}

    /**
     * The matrix of verdicts: how many cells of each pair are proved, or refuted.
     *
     * @param wrong the cells that are not as expected
     * @param scenarios those that the cells are of
     */
    static String matrix(List<Entry> entries, Set<Entry> wrong, List<Scenario> scenarios) {
        return Matrix.of(entries, scenarios).stream()
                .map(matrix -> matrix.text(wrong))
                .collect(Collectors.joining());
    }

    /** Every refuted cell with its shortest interleaving. */
    static String refuted(List<CellResult> results) {
        List<List<String>> rows = new ArrayList<>();
        for (CellResult result : results) {
            if (result.verdict() != Verdict.REFUTED) {
                continue;
            }
            CellResult.Violation first = result.violations().getFirst();
            rows.add(List.of(
                    "  " + TextReport.cell(result),
                    first.finding().property(),
                    "%d in %d".formatted(first.replay().preemptions(), first.length()),
                    result.id(first)));
        }
        return rows.isEmpty()
                ? ""
                : "refuted cells, each by its shortest run (preemptions in steps, id for 'racewalk replay'):\n"
                        + TextTable.columns(rows, "  ");
    }

    /** The last line: how many cells there are of each kind, of {@code jobs} that were to be computed. */
    static String total(List<Entry> entries, int jobs, int wrong) {
        return "%d of %d cells, %d proved, %d refuted, %d unknown; %d not as expected"
                .formatted(
                        entries.size(),
                        jobs,
                        count(entries, Verdict.PROVED),
                        count(entries, Verdict.REFUTED),
                        count(entries, Verdict.UNKNOWN),
                        wrong);
    }

    /** How many cells were not computed, and why. */
    static String skipped(long skipped, int cells) {
        return "%d of %d cells skipped: nothing that they use has changed".formatted(skipped, cells);
    }

    private static long count(List<Entry> entries, Verdict verdict) {
        return entries.stream().filter(entry -> entry.verdict() == verdict).count();
    }
}
