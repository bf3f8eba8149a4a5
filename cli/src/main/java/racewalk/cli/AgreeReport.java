package racewalk.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.cli.EngineAnswer.Status;
import racewalk.explore.TextTable;
import racewalk.specs.Verdict;

/** What the engines say of the same cells, side by side. */
final class AgreeReport {

    static final List<String> ENGINES = List.of(InOrder.NAME, ForeignEngine.LINCHECK, ForeignEngine.JCSTRESS);

    private AgreeReport() {}

    /** A row for each cell, and what it comes to. */
    static String text(List<Agreement> all) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("cell", "explorer", "ends badly", "in order", "Lincheck", "jcstress"));
        for (Agreement agreement : all) {
            CellResult explored = agreement.explored();
            List<String> row = new ArrayList<>(List.of(
                    agreement.job().toString(),
                    "%s %,d states %.2f s"
                            .formatted(explored.verdict(), explored.counts().states(), explored.seconds()),
                    !agreement.outcomes().isComplete() ? "unknown" : agreement.endsBadly() ? "yes" : "no"));
            ENGINES.forEach(engine ->
                    row.add(agreement.of(engine).map(AgreeReport::cell).orElse("")));
            rows.add(row);
        }
        StringBuilder text = new StringBuilder(TextTable.columns(rows, "  "));
        ENGINES.forEach(engine -> text.append(total(all, engine)).append('\n'));
        long disagreements =
                all.stream().mapToLong(one -> one.disagreements().size()).sum();
        return text.append("%s, %d %s%n"
                        .formatted(
                                TextReport.many(all.size(), "cell"),
                                disagreements,
                                disagreements == 1 ? "contradiction" : "contradictions"))
                .toString();
    }

    private static String cell(EngineAnswer answer) {
        String runs = "%,d %s".formatted(answer.runs(), answer.engine().equals(InOrder.NAME) ? "orders" : "runs");
        return answer.status() == Status.UNSUPPORTED
                ? answer.status().toString()
                : "%s, %s, %.2f s".formatted(answer.status(), runs, answer.seconds());
    }

    private static String total(List<Agreement> all, String engine) {
        long refuted = count(all, engine, Verdict.REFUTED, null);
        long seen = count(all, engine, Verdict.REFUTED, Status.VIOLATED);
        long proved = count(all, engine, Verdict.PROVED, null);
        long exhausted = count(all, engine, Verdict.PROVED, Status.EXHAUSTED);
        long unanswered =
                all.stream().filter(agreement -> agreement.isUnanswered(engine)).count();
        return "%s: of %d refuted cells found %d; of %d proved cells exhausted %d"
                        .formatted(engine, refuted, seen, proved, exhausted)
                + (unanswered == 0 ? "" : "; without an answer " + unanswered);
    }

    private static long count(List<Agreement> all, String engine, Verdict verdict, Status status) {
        return all.stream()
                .filter(agreement -> agreement.explored().verdict() == verdict)
                .flatMap(agreement -> agreement.of(engine).stream())
                .filter(answer -> status == null || answer.status() == status)
                .count();
    }

    /** An array with an object for each cell. */
    static String json(List<Agreement> all) {
        List<Map<String, Object>> cells = new ArrayList<>();
        for (Agreement agreement : all) {
            Map<String, Object> cell = new LinkedHashMap<>();
            cell.put("cell", agreement.job().toString());
            cell.put("verdict", agreement.explored().verdict().name());
            cell.put("states", agreement.explored().counts().states());
            cell.put("seconds", agreement.explored().seconds());
            cell.put("outcomes", agreement.outcomes().outcomes().size());
            cell.put("endsBadly", agreement.outcomes().isComplete() ? agreement.endsBadly() : null);
            List<Map<String, Object>> answers = new ArrayList<>();
            for (EngineAnswer answer : agreement.answers()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("engine", answer.engine());
                one.put("status", answer.status().toString());
                one.put("runs", answer.runs());
                one.put("seconds", answer.seconds());
                one.put("what", answer.what());
                answers.add(one);
            }
            cell.put("engines", answers);
            cell.put("contradictions", agreement.disagreements());
            cells.add(cell);
        }
        return JsonReport.ofValue(cells);
    }
}
