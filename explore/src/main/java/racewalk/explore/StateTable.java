package racewalk.explore;

/**
 * The states that a search has visited, by their 128-bit fingerprints, each with the sleep set under which it was
 * explored: open addressing over arrays of primitives, 17 bytes a place, at most three quarters full.
 */
final class StateTable {

    private static final int INITIAL_PLACES = 1 << 12;

    private long[] low = new long[INITIAL_PLACES];
    private long[] high = new long[INITIAL_PLACES];
    private byte[] sleep = new byte[INITIAL_PLACES];
    private int size;
    private boolean known;

    /** How many states there are. */
    int size() {
        return size;
    }

    /** Whether the last state that was visited had been there before. */
    boolean known() {
        return known;
    }

    /**
     * Visits a state with a sleep set. On the first visit the tasks to explore are those not asleep. On a later one
     * they are those that were asleep on every visit before and are not now; what then sleeps is what sleeps on all
     * visits.
     *
     * @return the tasks to leave out now and, in the second byte, those that stay asleep
     */
    int visit(long stateLow, long stateHigh, int sleeping) {
        long keyLow = (stateLow | stateHigh) == 0 ? 1 : stateLow; // 0, 0 marks a free place
        int place = find(keyLow, stateHigh);
        known = (low[place] | high[place]) != 0;
        if (!known) {
            low[place] = keyLow;
            high[place] = stateHigh;
            sleep[place] = (byte) sleeping;
            if (++size > low.length - low.length / 4) {
                grow();
            }
            return sleeping | sleeping << Byte.SIZE;
        }
        int before = sleep[place] & 0xFF;
        int stays = before & sleeping;
        sleep[place] = (byte) stays;
        int leaveOut = ~(before & ~sleeping) & 0xFF;
        return leaveOut | stays << Byte.SIZE;
    }

    private int find(long keyLow, long keyHigh) {
        int mask = low.length - 1;
        int place = (int) (keyLow ^ keyLow >>> 32) & mask;
        while ((low[place] != keyLow || high[place] != keyHigh) && (low[place] | high[place]) != 0) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldLow = low;
        long[] oldHigh = high;
        byte[] oldSleep = sleep;
        int places = 2 * oldLow.length;
        low = new long[places];
        high = new long[places];
        sleep = new byte[places];
        for (int i = 0; i < oldLow.length; i++) {
            if ((oldLow[i] | oldHigh[i]) != 0) {
                int place = find(oldLow[i], oldHigh[i]);
                low[place] = oldLow[i];
                high[place] = oldHigh[i];
                sleep[place] = oldSleep[i];
            }
        }
    }
}
