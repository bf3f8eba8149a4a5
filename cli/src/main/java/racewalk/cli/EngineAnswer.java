package racewalk.cli;

import java.util.Locale;

/**
 * What an engine other than the explorer says of a cell.
 *
 * @param engine its name
 * @param status how it ended
 * @param runs how many runs it made
 * @param nanos how long that took
 * @param what what is violated, how much was seen, or why there is no answer
 */
record EngineAnswer(String engine, Status status, long runs, long nanos, String what) {

    /** How a search ended. */
    enum Status {
        /** A run violates something. */
        VIOLATED,
        /** There is no other run, and none violates anything. */
        EXHAUSTED,
        /** None of the runs violates anything; there are others. */
        SAMPLED,
        /** The engine cannot run the cell, or did not end. */
        UNSUPPORTED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    double seconds() {
        return nanos / 1e9;
    }

    /** Whether a run was seen that no sequentially consistent machine can make. */
    boolean isForbidden() {
        return status == Status.VIOLATED && what.startsWith("FORBIDDEN");
    }
}
