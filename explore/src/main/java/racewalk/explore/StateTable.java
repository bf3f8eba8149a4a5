package racewalk.explore;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * The states that a search has visited, by their 128-bit fingerprints, each with the sleep set under which it was
 * explored. Sixteen bytes a place: a state's segment tells the first eight bits of its fingerprint, which make room for
 * the sleep set. Any number of workers visit at once without a lock; {@link #grow} wants the table for itself.
 *
 * <p>Open addressing, in each segment in the order of the fingerprints, so that growing is a pass over memory
 * in order. A table of more than 64 MB grows by a quarter: it is never less than two thirds full, so that a state costs
 * at most {@value #BYTES_PER_STATE} bytes.
 */
class StateTable {

    /** What a state costs at most, once the table has grown. */
    static final int BYTES_PER_STATE = 24;

    /** The answer of {@link #visit} where there is no place: {@link #grow} and visit again. */
    static final int FULL = -1;

    /** How many tasks a sleep set can hold. */
    static final int MAX_TASKS = Byte.SIZE;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SEGMENTS = 1 << 8;
    private static final int BYTES_PER_PLACE = 16;
    private static final int INITIAL_PLACES = 1 << 10;
    /** Up to here the table doubles: it is small, whatever it wastes. */
    private static final int SMALL_PLACES = 1 << 14;

    /** How many longs the processor fetches at once. A new state is found to be new after some lines on average. */
    private static final int LINE = 8;

    private static final int NEW = 1 << 16;
    private static final long SLEEP = 0xFF;

    private final long[][] segments = new long[SEGMENTS][];
    private final LongAdder size = new LongAdder();
    private final long mostPlaces;
    private int places;

    /** A table that takes no more than {@code memory} bytes, but for a small beginning. */
    StateTable(long memory) {
        mostPlaces = Math.min(memory / BYTES_PER_PLACE / SEGMENTS, Integer.MAX_VALUE / 2 - 8);
        places = Math.clamp(mostPlaces, 1, INITIAL_PLACES);
        for (int s = 0; s < SEGMENTS; s++) {
            segments[s] = new long[2 * places];
        }
    }

    /** How many states there are. */
    long size() {
        return size.sum();
    }

    /** How many states there is room for. */
    long capacity() {
        return (long) places * SEGMENTS;
    }

    /** How much of the memory that it may take is full of states, from 0 to 1. */
    double fill() {
        return (double) size() / ((double) mostPlaces * SEGMENTS);
    }

    /** How many bytes it takes. */
    long bytes() {
        return capacity() * BYTES_PER_PLACE;
    }

    /** Whether to {@link #grow} at the next opportunity. */
    boolean isTight() {
        return size.sum() > capacity() / 100 * 84 && places < mostPlaces;
    }

    /** Whether the last visit, which answered {@code visit}, was the state's first. */
    static boolean isNew(int visit) {
        return (visit & NEW) != 0;
    }

    /** The tasks that the visit leaves out. */
    static int leavesOut(int visit) {
        return visit & 0xFF;
    }

    /** The tasks that sleep in what is explored from the state on this visit. */
    static int sleeps(int visit) {
        return visit >>> Byte.SIZE & 0xFF;
    }

    /**
     * Visits a state with a sleep set. On the first visit the tasks to explore are those not asleep. On a later one
     * they are those that were asleep on every visit before and are not now; what then sleeps is what sleeps on all
     * visits.
     *
     * <p>Every state is thus visited by whatever order of visits: {@code docs/explorer.md} has the proof.
     *
     * @return see {@link #isNew}, {@link #leavesOut} and {@link #sleeps}, or {@link #FULL}
     */
    int visit(long low, long high, int sleeping) {
        long[] segment = segments[(int) (low >>> 56)];
        long key = key(low);
        long second = second(high);
        int at = place(key);
        for (int probe = 0; probe < places; probe++) {
            long found = (long) LONGS.getAcquire(segment, 2 * at + 1);
            if (found == 0) {
                found = (long) LONGS.compareAndExchange(segment, 2 * at + 1, 0L, second);
                if (found == 0) {
                    LONGS.setRelease(segment, 2 * at, key | sleeping);
                    size.increment();
                    return NEW | sleeping | sleeping << Byte.SIZE;
                }
            }
            if (found == second) {
                int visit = visitKnown(segment, 2 * at, key, sleeping);
                if (visit >= 0) {
                    return visit;
                }
            }
            if (++at == places) {
                at = 0;
            }
        }
        return FULL;
    }

    /** The place holds a state with the same second half: it is ours if the first half is the same too. */
    private static int visitKnown(long[] segment, int index, long key, int sleeping) {
        while (true) {
            long first = (long) LONGS.getAcquire(segment, index);
            if (first == 0) {
                Thread.onSpinWait(); // another worker is about to write it
                continue;
            }
            if ((first & ~SLEEP) != key) {
                return -1;
            }
            int before = (int) (first & SLEEP);
            int stays = before & sleeping;
            if (stays == before || LONGS.compareAndSet(segment, index, first, key | stays)) {
                return ~(before & ~sleeping) & 0xFF | stays << Byte.SIZE;
            }
        }
    }

    /**
     * Reads from memory what {@link #visit} will read, so that the processor waits for it while it does other things.
     *
     * @return something to be used, or the read would be optimised away
     */
    long touch(long low) {
        long[] segment = segments[(int) (low >>> 56)];
        int at = 2 * place(key(low)) + 1;
        int end = segment.length - 1;
        return segment[at] ^ segment[Math.min(at + LINE, end)] ^ segment[Math.min(at + 2 * LINE, end)];
    }

    /** Whether the state has been visited. Only while nobody visits or grows. */
    boolean contains(long low, long high) {
        long[] segment = segments[(int) (low >>> 56)];
        long key = key(low);
        int at = place(key);
        for (int probe = 0; probe < places && segment[2 * at + 1] != 0; probe++) {
            if (segment[2 * at + 1] == second(high) && (segment[2 * at] & ~SLEEP) == key) {
                return true;
            }
            at = at + 1 == places ? 0 : at + 1;
        }
        return false;
    }

    /** The low half without what the segment tells: never 0, which is an entry that is being written. */
    private static long key(long low) {
        long key = low << Byte.SIZE;
        return key == 0 ? 1L << Byte.SIZE : key;
    }

    /** The high half: never 0, which is a free place. */
    private static long second(long high) {
        return high == 0 ? 1 : high;
    }

    private int place(long key) {
        return (int) Math.unsignedMultiplyHigh(key, places);
    }

    /**
     * Makes the table larger, as far as its memory allows. Nobody else may use it meanwhile.
     *
     * @return whether there is more room now
     */
    boolean grow() {
        long wished = places < SMALL_PLACES ? 2L * places : places + places / 4L;
        int more = (int) Math.min(mostPlaces, wished);
        if (more <= places) {
            return false;
        }
        places = more;
        IntStream.range(0, SEGMENTS).parallel().forEach(this::growSegment); // whoever visits waits for it
        return true;
    }

    private void growSegment(int number) {
        long[] old = segments[number];
        segments[number] = new long[2 * places];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i + 1] != 0) {
                put(segments[number], old[i], old[i + 1]);
            }
        }
    }

    /** Writes what {@link #read} reads. Nobody else may use the table meanwhile. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(places);
        out.writeLong(size());
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES * Math.min(places, 1 << 12));
        for (long[] segment : segments) {
            for (int from = 0; from < segment.length; from += bytes.capacity() / Long.BYTES) {
                int length = Math.min(bytes.capacity() / Long.BYTES, segment.length - from);
                bytes.asLongBuffer().put(segment, from, length);
                out.write(bytes.array(), 0, length * Long.BYTES);
            }
        }
    }

    /** A table that was written, which may grow to {@code memory} bytes. */
    static StateTable read(DataInputStream in, long memory) throws IOException {
        StateTable table = new StateTable(memory);
        table.places = in.readInt();
        table.size.add(in.readLong());
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES * Math.min(table.places, 1 << 12));
        for (int s = 0; s < SEGMENTS; s++) {
            long[] segment = new long[2 * table.places];
            for (int from = 0; from < segment.length; from += bytes.capacity() / Long.BYTES) {
                int length = Math.min(bytes.capacity() / Long.BYTES, segment.length - from);
                in.readFully(bytes.array(), 0, length * Long.BYTES);
                bytes.asLongBuffer().get(segment, from, length);
            }
            table.segments[s] = segment;
        }
        return table;
    }

    private void put(long[] segment, long first, long second) {
        int at = place(first & ~SLEEP);
        while (segment[2 * at + 1] != 0) {
            at = at + 1 == places ? 0 : at + 1;
        }
        segment[2 * at] = first;
        segment[2 * at + 1] = second;
    }
}
