package racewalk.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import racewalk.explore.TextTable;
import racewalk.specs.Design.Kind;
import racewalk.specs.Entry;
import racewalk.specs.Verdict;

/** The gate's matrix: for each notifier a table of secondary MMUs by scenarios. */
final class GateReport {

    private GateReport() {}

    /**
     * The matrix of verdicts; a refuted cell has the fewest preemptions that refute it.
     *
     * @param wrong the cells that are not as expected, which get an exclamation mark
     */
    static String matrix(List<Entry> entries, Set<Entry> wrong) {
        Set<String> scenarios = new LinkedHashSet<>();
        entries.forEach(entry -> scenarios.add(entry.scenario()));
        StringBuilder text = new StringBuilder();
        for (String notifier : ids(entries, Kind.NOTIFIER)) {
            List<List<String>> rows = new ArrayList<>();
            List<String> header = new ArrayList<>(List.of(notifier));
            header.addAll(scenarios);
            rows.add(header);
            for (String secondary : ids(entries, Kind.SECONDARY)) {
                List<String> row = new ArrayList<>(List.of("  " + secondary));
                for (String scenario : scenarios) {
                    row.add(entries.stream()
                            .filter(entry -> entry.scenario().equals(scenario))
                            .filter(entry -> notifier.equals(entry.designs().get(Kind.NOTIFIER)))
                            .filter(entry -> secondary.equals(entry.designs().get(Kind.SECONDARY)))
                            .map(entry -> verdict(entry) + (wrong.contains(entry) ? " !" : ""))
                            .findFirst()
                            .orElse("-"));
                }
                if (row.stream().skip(1).anyMatch(cell -> !cell.equals("-"))) {
                    rows.add(row);
                }
            }
            text.append(TextTable.columns(rows, "  ")).append('\n');
        }
        return text.toString();
    }

    private static String verdict(Entry entry) {
        return switch (entry.verdict()) {
            case PROVED -> "proved";
            case REFUTED -> "REFUTED " + Collections.min(entry.violated().values());
            case UNKNOWN -> "UNKNOWN";
        };
    }

    private static Set<String> ids(List<Entry> entries, Kind kind) {
        Set<String> ids = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.designs().containsKey(kind)) {
                ids.add(entry.designs().get(kind));
            }
        }
        return ids;
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
