package racewalk.cli;

import java.util.List;
import java.util.stream.Collectors;
import racewalk.specs.Entry;
import racewalk.specs.Question;

/** The answer to a question, from computed verdicts. */
final class QuestionReport {

    private static final int NAMED_CELLS = 4;

    private QuestionReport() {}

    /** The answer as text: each claim, whether it holds, and the cells that say so. */
    static String of(Question question, List<Entry> known) {
        StringBuilder text = new StringBuilder();
        text.append("question ")
                .append(question.id())
                .append(": ")
                .append(question.text())
                .append('\n');
        text.append("  argued in: ").append(question.source()).append('\n');
        for (Question.Settled settled : question.settle(known)) {
            text.append("\n  %s: %s\n"
                    .formatted(settled.claim().by(), settled.claim().says()));
            text.append("    ").append(answer(settled)).append('\n');
            if (!settled.contradicting().isEmpty()) {
                text.append("    against it: ")
                        .append(names(settled.contradicting()))
                        .append('\n');
            }
            if (!settled.supporting().isEmpty()) {
                text.append("    for it: ").append(names(settled.supporting())).append('\n');
            }
        }
        return text.toString();
    }

    /** Whether the claim holds, and by how many cells. */
    static String answer(Question.Settled settled) {
        int cells = settled.supporting().size() + settled.contradicting().size();
        return switch (settled.answer()) {
            case HOLDS -> "holds: %d of %d cells are as it has them".formatted(cells, cells);
            case DOES_NOT_HOLD ->
                "does not hold: %d of %d cells are not as it has them"
                        .formatted(settled.contradicting().size(), cells);
            case OPEN -> "open: some cell that it is about is not known";
        };
    }

    private static String names(List<Entry> cells) {
        String names = cells.stream().limit(NAMED_CELLS).map(Entry::cell).collect(Collectors.joining(", "));
        return cells.size() > NAMED_CELLS ? names + ", and " + (cells.size() - NAMED_CELLS) + " more" : names;
    }

    /** The refuted results that show the answer best. */
    static List<CellResult> shown(Question question, List<CellResult> results) {
        return results.stream()
                .filter(result -> !result.violations().isEmpty())
                .filter(result -> question.show().stream().anyMatch(evidence -> evidence.isAbout(result.entry())))
                .toList();
    }
}
