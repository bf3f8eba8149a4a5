package racewalk.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern BAD_SAMPLES = Pattern.compile(", (\\d+) of \\d+ samples");

    /** jcstress's bad samples may be chance: so many are not. */
    private static final long CERTAINLY = 20;

    /** How hard it was to find: how many runs it took, or how many of jcstress's samples were bad. */
    long effort() {
        Matcher bad = BAD_SAMPLES.matcher(what);
        return bad.find() ? Long.parseLong(bad.group(1)) : runs;
    }

    /** The {@link #effort} from which on the engine will find it again. */
    long leastEffort() {
        return engine.equals(ForeignEngine.JCSTRESS) ? CERTAINLY : 0;
    }

    /** For people. */
    String describe() {
        return "%s, %,d runs, %.1f s; %s".formatted(status, runs, seconds(), what);
    }

    double seconds() {
        return nanos / 1e9;
    }

    /** Whether a run was seen that no sequentially consistent machine can make. */
    boolean isForbidden() {
        return status == Status.VIOLATED && what.startsWith("FORBIDDEN");
    }
}
