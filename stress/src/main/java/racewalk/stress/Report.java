package racewalk.stress;

import java.util.List;
import java.util.Map;

/**
 * What the samples of a case say, by its table.
 *
 * @param table the outcomes of the explorer
 * @param samples what was seen
 */
public record Report(OutcomeTable table, Samples samples) {

    /**
     * Checks that there is something to compare.
     *
     * @throws IllegalArgumentException if the table is not complete
     */
    public Report {
        if (!table.isComplete()) {
            throw new IllegalArgumentException("the outcomes are not all known: " + table.limit());
        }
    }

    /** What was seen and is not in the table: no sequentially consistent machine shows it. */
    public List<String> forbidden() {
        return samples.counts().keySet().stream()
                .filter(outcome -> !table.properties().containsKey(outcome))
                .toList();
    }

    /** What was seen and violates a property, the most frequent first. */
    public List<String> bad() {
        return samples.counts().entrySet().stream()
                .filter(seen -> !table.properties()
                        .getOrDefault(seen.getKey(), OutcomeTable.GOOD)
                        .equals(OutcomeTable.GOOD))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether a run violated something. */
    public boolean isViolated() {
        return !forbidden().isEmpty() || !bad().isEmpty();
    }

    /** {@code 37 of 41 outcomes seen}. */
    public String coverage() {
        long seen = table.properties().keySet().stream()
                .filter(samples.counts()::containsKey)
                .count();
        return seen + " of " + table.properties().size() + " outcomes seen";
    }

    /** All in one line, for people. */
    public String what() {
        if (!forbidden().isEmpty()) {
            return "FORBIDDEN " + String.join(" and ", forbidden()) + "; " + coverage();
        }
        if (!bad().isEmpty()) {
            String worst = bad().getFirst();
            return "%s: %s, %d of %d samples; %s"
                    .formatted(
                            table.properties().get(worst),
                            worst,
                            samples.counts().get(worst),
                            samples.total(),
                            coverage());
        }
        return coverage() + (table.hasBad() ? ", no bad one" : "");
    }
}
