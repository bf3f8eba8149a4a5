package racewalk.specs;

/** The answer about one cell. */
public enum Verdict {
    /**
     * Everything holds in every state within the scope, all of which was visited, and every required mark was reached.
     */
    PROVED,
    /** Something does not hold, and here is the run. */
    REFUTED,
    /** A limit was met, or a required mark was not reached: nothing was found, and nothing is proved. */
    UNKNOWN
}
