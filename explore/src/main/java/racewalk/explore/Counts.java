package racewalk.explore;

/**
 * What a search has done.
 *
 * @param states visited states
 * @param transitions steps taken, those that led to known states included
 * @param executions steps that ended a complete run
 * @param depth the steps of the longest run
 */
public record Counts(long states, long transitions, long executions, int depth) {

    /** Nothing done. */
    public static final Counts NONE = new Counts(0, 0, 0, 0);
}
