package racewalk.explore;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import racewalk.machine.Change;

/**
 * What a transition read and wrote, bit by bit: what decides whether it commutes with another. Reading covers all that
 * the outcome, the enabledness and the answer depend on.
 */
final class Footprint {

    /** Changes that commute with others of the same kind on the same bits, because nobody is told the value between. */
    static final byte NOT_COMMUTING = -1;

    private int size;
    private int[] word = new int[1];
    private long[] reads = new long[1];
    private long[] writes = new long[1];
    private byte[] kind = new byte[1];
    /** A set bit for every word of the footprint, modulo 64: two footprints without a common bit share no word. */
    private long signature;

    private boolean invokes;
    private boolean responds;
    /** The invariants whose words the transition may change, as bits, for a search that must keep them in order. */
    private long watched;

    /** A footprint that stays as it is when this one is used again. */
    Footprint copy() {
        Footprint copy = new Footprint();
        copy.addAll(this);
        copy.invokes = invokes;
        copy.responds = responds;
        return copy;
    }

    void clear() {
        size = 0;
        signature = 0;
        watched = 0;
        invokes = false;
        responds = false;
    }

    /** The transition began an operation. */
    void setInvokes() {
        invokes = true;
    }

    /** The transition ended an operation. */
    void setResponds() {
        responds = true;
    }

    boolean responds() {
        return responds;
    }

    /**
     * From now on transitions that may change words of one invariant do not commute: every state of those words is then
     * met in every order of the others.
     *
     * @param watchers for each word the invariants that read it, as bits
     * @param more invariants beyond those of the words in this footprint
     */
    void watch(long[] watchers, long more) {
        watched |= more;
        for (int i = 0; i < size; i++) {
            if (writes[i] != 0) {
                watched |= watchers[word[i]];
            }
        }
    }

    /** Adds all that {@code other} does. */
    void include(Footprint other) {
        addAll(other);
        invokes |= other.invokes;
        responds |= other.responds;
        watched |= other.watched;
    }

    /** Adds all accesses of {@code other}. */
    void addAll(Footprint other) {
        while (size + other.size > word.length) {
            grow();
        }
        for (int i = 0; i < other.size; i++, size++) { // one or two: four calls of arraycopy would take longer
            word[size] = other.word[i];
            reads[size] = other.reads[i];
            writes[size] = other.writes[i];
            kind[size] = other.kind[i];
        }
        signature |= other.signature;
    }

    /** Writes what {@link #read} reads. */
    void write(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int i = 0; i < size; i++) {
            out.writeInt(word[i]);
            out.writeLong(reads[i]);
            out.writeLong(writes[i]);
            out.writeByte(kind[i]);
        }
        out.writeBoolean(invokes);
        out.writeBoolean(responds);
    }

    /** A footprint that was written. */
    static Footprint read(DataInput in) throws IOException {
        Footprint print = new Footprint();
        for (int i = in.readInt(); i > 0; i--) {
            print.merge(in.readInt(), in.readLong(), in.readLong(), in.readByte());
        }
        print.invokes = in.readBoolean();
        print.responds = in.readBoolean();
        return print;
    }

    int size() {
        return size;
    }

    int word(int i) {
        return word[i];
    }

    long reads(int i) {
        return reads[i];
    }

    long writes(int i) {
        return writes[i];
    }

    byte kind(int i) {
        return kind[i];
    }

    /**
     * Adds all accesses of {@code other}, one entry for each word.
     *
     * @return whether that made a difference
     */
    boolean merge(Footprint other) {
        boolean changed = false;
        for (int i = 0; i < other.size; i++) {
            changed |= merge(other.word[i], other.reads[i], other.writes[i], other.kind[i]);
        }
        return changed;
    }

    private boolean merge(int index, long read, long written, byte change) {
        for (int i = 0; i < size; i++) {
            if (word[i] == index) {
                byte both = written == 0 || kind[i] == change ? kind[i] : writes[i] == 0 ? change : NOT_COMMUTING;
                boolean changed = (read & ~reads[i]) != 0 || (written & ~writes[i]) != 0 || both != kind[i];
                reads[i] |= read;
                writes[i] |= written;
                kind[i] = both;
                return changed;
            }
        }
        if (size == word.length) {
            grow();
        }
        word[size] = index;
        reads[size] = read;
        writes[size] = written;
        kind[size++] = change;
        signature |= 1L << index;
        return true;
    }

    /** Adds an access; {@code change} is the kind of change of the bits in {@code written}. */
    void add(int index, long read, long written, Change.Kind change) {
        if (size == word.length) {
            grow();
        }
        word[size] = index;
        reads[size] = read;
        writes[size] = written;
        kind[size] = switch (change) {
            case ADD, OR, AND -> (byte) change.ordinal();
            default -> NOT_COMMUTING;
        };
        size++;
        signature |= 1L << index;
    }

    private void grow() {
        int length = 2 * word.length;
        word = Arrays.copyOf(word, length);
        reads = Arrays.copyOf(reads, length);
        writes = Arrays.copyOf(writes, length);
        kind = Arrays.copyOf(kind, length);
    }

    /** Whether the transition accesses the word. */
    boolean touches(int index) {
        for (int i = 0; i < size; i++) {
            if (word[i] == index) {
                return true;
            }
        }
        return false;
    }

    /** Whether a transition with this footprint and one with {@code other} lead to the same state in either order. */
    boolean commutesWith(Footprint other) {
        return (watched & other.watched) == 0 && !isOrderedInRealTime(other) && !conflictsWith(other);
    }

    /** Whether one begins and the other ends an operation: their order is the real-time order of two operations. */
    boolean isOrderedInRealTime(Footprint other) {
        return invokes && other.responds || responds && other.invokes;
    }

    /** Whether some bit of some word makes their order matter. */
    boolean conflictsWith(Footprint other) {
        if ((signature & other.signature) == 0) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < other.size; j++) {
                if (word[i] == other.word[j] && conflict(i, other, j)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean conflict(int i, Footprint other, int j) {
        if ((writes[i] & other.reads[j]) != 0 || (reads[i] & other.writes[j]) != 0) {
            return true;
        }
        return (writes[i] & other.writes[j]) != 0 && (kind[i] == NOT_COMMUTING || kind[i] != other.kind[j]);
    }
}
