package racewalk.lincheck;

import java.util.Locale;

/**
 * The answer about one case.
 *
 * @param status what was found out
 * @param runs how many interleavings were run
 * @param nanos how long it took
 * @param what the violated property, or why there is no answer; else empty
 * @param message what is wrong in the run that violates it, for people; else empty
 * @param trace that run in columns; else empty
 */
public record Result(Status status, long runs, long nanos, String what, String message, String trace) {

    /** What a search can find out. */
    public enum Status {
        /** A run violates a property. */
        VIOLATED,
        /** Lincheck had nothing left to try, and nothing was violated. */
        EXHAUSTED,
        /** Nothing was violated in the runs of the budget. */
        SAMPLED,
        /** There is no answer. */
        UNSUPPORTED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
