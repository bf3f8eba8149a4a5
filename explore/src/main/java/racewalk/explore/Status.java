package racewalk.explore;

/**
 * How far a search has come.
 *
 * @param counts what it has done
 * @param full how much of the memory for visited states is in use, from 0 to 1; not a number where there is none
 * @param explored how much has been explored, from 0 to 1: of the states that random runs meet, the share that has been
 *     visited. States that few runs lead to count little; so it is an estimate. Not a number while there is none
 */
public record Status(Counts counts, double full, double explored) {

    /** About how many states there are, or 0 if nobody can tell yet. */
    public long estimatedStates() {
        return explored > 0 ? (long) (counts.states() / explored) : 0;
    }
}
