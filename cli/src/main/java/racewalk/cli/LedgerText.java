package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import racewalk.specs.Entry;
import racewalk.specs.Question;
import racewalk.specs.Scenario;

/** The ledger in Markdown: what its pages have in common. */
final class LedgerText {

    private LedgerText() {}

    /** A question and its answers. */
    static String question(Question question, List<Entry> known) {
        StringBuilder text = new StringBuilder();
        text.append("### ")
                .append(question.id())
                .append("\n\n")
                .append(question.text())
                .append("\n\n");
        for (Question.Settled settled : question.settle(known)) {
            text.append("- **")
                    .append(QuestionReport.answer(settled))
                    .append("** ")
                    .append(settled.claim().by())
                    .append(": ")
                    .append(settled.claim().says())
                    .append('\n');
        }
        return text.append('\n').toString();
    }

    /** The verdict of a cell: what refutes it with the fewest preemptions. */
    static String verdict(Entry cell) {
        return cell.violated().entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(violated -> "REFUTED " + violated.getValue() + " " + violated.getKey())
                .orElse(cell.verdict().name().toLowerCase(Locale.ROOT));
    }

    /**
     * In which scenarios cells are refuted, and which properties are violated there; empty if in none.
     *
     * @param show a property and its fewest preemptions, as text
     */
    static String refutations(List<Entry> cells, BiFunction<String, Integer, String> show) {
        Map<String, Set<String>> violated = new TreeMap<>();
        for (Entry cell : cells) {
            cell.violated()
                    .forEach((property, preemptions) -> violated.computeIfAbsent(cell.scenario(), _ -> new TreeSet<>())
                            .add(show.apply(property, preemptions)));
        }
        return violated.entrySet().stream()
                .map(scenario -> scenario.getKey() + ": " + String.join(", ", scenario.getValue()))
                .collect(Collectors.joining("; "));
    }

    /** What happens in scenarios, and in which scope. */
    static List<List<String>> scopes(List<Scenario> scenarios) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("scenario", "what happens", "scope"));
        scenarios.forEach(scenario -> rows.add(List.of(
                scenario.tier() == Scenario.Tier.GATE ? scenario.id() : scenario.id() + " (nightly)",
                scenario.title(),
                TextReport.scope(scenario))));
        return rows;
    }

    /** A table, the first row being its header. */
    static String table(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            text.append(row.stream()
                    .map(cell -> cell.replace("|", "\\|"))
                    .collect(Collectors.joining(" | ", "| ", " |\n")));
            if (row == rows.getFirst()) {
                text.append("|---".repeat(row.size())).append("|\n");
            }
        }
        return text.toString();
    }
}
