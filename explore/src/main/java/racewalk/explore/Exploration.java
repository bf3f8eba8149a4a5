package racewalk.explore;

import java.util.List;
import java.util.Map;

/**
 * What a search has found out.
 *
 * @param counts what it did
 * @param limit the limit that it met, for people; null if it visited everything
 * @param findings the violations, by property: the first one met, or the one with the fewest preemptions and steps, as
 *     the strategy has it
 * @param marks the marks that were reached, by id
 */
public record Exploration(Counts counts, String limit, Map<String, Finding> findings, List<String> marks) {

    /** Copies are kept. */
    public Exploration {
        findings = Map.copyOf(findings);
        marks = List.copyOf(marks);
    }

    /** Whether every state within the scope was visited. */
    public boolean isExhaustive() {
        return limit == null;
    }
}
