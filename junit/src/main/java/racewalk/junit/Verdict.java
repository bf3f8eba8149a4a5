package racewalk.junit;

import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What an exploration, or one run, has come to. */
sealed interface Verdict {

    /** The verdict with its scope, in one line. */
    String line();

    /** Lets the test pass, or throws what ends it otherwise. */
    void settle();

    /** Every state was visited, and none violates anything. */
    record Proved(String line) implements Verdict {
        @Override
        public void settle() {
            // The test passes.
        }
    }

    /**
     * Something is violated.
     *
     * @param story the run that does it, and how to make it again
     */
    record Refuted(String line, String story) implements Verdict {
        @Override
        public void settle() {
            throw new AssertionFailedError(line + "\n" + story);
        }
    }

    /** A limit was met, or a proof would be vacuous. */
    record Unknown(String line) implements Verdict {
        @Override
        public void settle() {
            throw new AssertionFailedError(line);
        }
    }

    /**
     * A single run that violates nothing: no failure, and no proof either.
     *
     * @param story the run
     */
    record Harmless(String line, String story) implements Verdict {
        @Override
        public void settle() {
            throw new TestAbortedException(line + "\n" + story);
        }
    }

    /** {@code 1 task}, {@code 2 tasks}. */
    static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
