package racewalk.explore;

import java.util.List;

/**
 * How a run ends.
 *
 * @param results what each actor's operations have returned, in order; none at all if a rule was broken, for nothing
 *     after that means anything
 * @param violated the rule that was broken, or the first invariant that does not hold now that everything is over; null
 *     if there is neither
 */
public record Outcome(List<List<Long>> results, String violated) {

    /** Copies of the lists are kept. */
    public Outcome {
        results = results.stream().map(List::copyOf).toList();
    }

    /** A run that ended where a rule was broken. */
    static Outcome broken(String rule) {
        return new Outcome(List.of(), rule);
    }

    /** Whether a rule was broken. */
    public boolean isBroken() {
        return results.isEmpty();
    }
}
