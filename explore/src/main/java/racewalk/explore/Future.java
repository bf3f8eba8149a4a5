package racewalk.explore;

import java.util.Arrays;

/**
 * What a task may still touch, whatever it is told: for each word the bits, and whether it may begin or end operations
 * and change what invariants read.
 */
final class Future {

    private final long[] reads;
    private final long[] writes;
    private final byte[] kinds;
    private boolean invokes;
    private boolean responds;
    private long watched;

    /** Nothing, of so many words. */
    Future(int words) {
        reads = new long[words];
        writes = new long[words];
        kinds = new byte[words];
        Arrays.fill(kinds, Footprint.NOT_COMMUTING);
    }

    /**
     * Adds a step that touches {@code print}; {@code watchers} are the invariants that read what it writes, as bits.
     */
    void add(Footprint print, long watchers) {
        for (int i = 0; i < print.size(); i++) {
            add(print.word(i), print.reads(i), print.writes(i), print.kind(i));
        }
        watched |= watchers;
    }

    private void add(int word, long read, long written, byte kind) {
        if (written != 0) {
            kinds[word] = writes[word] == 0 || kinds[word] == kind ? kind : Footprint.NOT_COMMUTING;
        }
        reads[word] |= read;
        writes[word] |= written;
    }

    /** Adds the beginning of an operation, which the invariants {@code watchers} see. */
    void addInvocation(long watchers) {
        invokes = true;
        watched |= watchers;
    }

    /** Adds the end of an operation, which the invariants {@code watchers} see. */
    void addResponse(long watchers) {
        responds = true;
        watched |= watchers;
    }

    /** Adds all of {@code other}. */
    void add(Future other) {
        for (int w = 0; w < reads.length; w++) {
            add(w, other.reads[w], other.writes[w], other.kinds[w]);
        }
        invokes |= other.invokes;
        responds |= other.responds;
        watched |= other.watched;
    }

    /** Whether a bit of {@code mask} of the word may be written. */
    boolean mayWrite(int word, long mask) {
        return (writes[word] & mask) != 0;
    }

    /**
     * Whether anything of this may not commute with a step of another task, or may change, as that step does, what one
     * invariant reads.
     *
     * @param step what the step touches
     * @param begins whether it begins an operation, if that matters
     * @param ends whether it may end one, if that matters
     * @param watchers the invariants that read what the step writes
     */
    boolean conflictsWith(Footprint step, boolean begins, boolean ends, long watchers) {
        if ((watched & watchers) != 0 || begins && responds || ends && invokes) {
            return true;
        }
        for (int i = 0; i < step.size(); i++) {
            int word = step.word(i);
            if ((writes[word] & step.reads(i)) != 0 || (reads[word] & step.writes(i)) != 0) {
                return true;
            }
            if ((writes[word] & step.writes(i)) != 0
                    && (kinds[word] == Footprint.NOT_COMMUTING || kinds[word] != step.kind(i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Future future
                && Arrays.equals(reads, future.reads)
                && Arrays.equals(writes, future.writes)
                && Arrays.equals(kinds, future.kinds)
                && invokes == future.invokes
                && responds == future.responds
                && watched == future.watched;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(reads) + Arrays.hashCode(writes) + Long.hashCode(watched);
    }
}
