package racewalk.explore;

import racewalk.machine.Observer;

/**
 * The hash functions of the 128-bit fingerprint of a state: two independent halves, each the exclusive or of one hash
 * for every word and every task, so that a step changes it by what the step changed.
 *
 * @param salt chooses the pair of functions: two searches with different salts share no collision but by chance
 */
record Fingerprint(long salt) {

    /** The functions of every search that does not ask for others. */
    static final Fingerprint STANDARD = new Fingerprint(0);

    /** How many bits there are. */
    static final int WIDTH = 128;

    private static final long LOW = 0x9E3779B97F4A7C15L;
    private static final long HIGH = 0xD1B54A32D192ED03L;

    private static final long OBSERVER_PLACE = -2;

    /** The low half's hash of the pair of a place and what it holds. */
    long low(long place, long content) {
        return lowOf(lowKey(place), content);
    }

    /** The high half's hash of the pair of a place and what it holds. */
    long high(long place, long content) {
        return highOf(highKey(place), content);
    }

    /** The low half's hash of an observer's state. */
    long low(Observer.State state) {
        return state.hash(lowKey(OBSERVER_PLACE));
    }

    /** The high half's hash of an observer's state. */
    long high(Observer.State state) {
        return state.hash(highKey(OBSERVER_PLACE));
    }

    /** What {@link #lowOf} needs to know of a place. */
    long lowKey(long place) {
        return scramble((place + 1) * LOW + scramble(salt));
    }

    /** What {@link #highOf} needs to know of a place. */
    long highKey(long place) {
        return scramble((place + 1) * HIGH - scramble(salt));
    }

    /** {@link #low(long, long)} of the place with that key. */
    static long lowOf(long key, long content) {
        return scramble(content * 0xBF58476D1CE4E5B9L + key);
    }

    /** {@link #high(long, long)} of the place with that key. */
    static long highOf(long key, long content) {
        return scramble(content * 0x94D049BB133111EBL + key);
    }

    /** A bijection of 64 bits in which every bit of the result depends on every bit of the argument (MurmurHash3's). */
    private static long scramble(long x) {
        x ^= x >>> 33;
        x *= 0xFF51AFD7ED558CCDL;
        x ^= x >>> 33;
        x *= 0xC4CEB9FE1A85EC53L;
        return x ^ (x >>> 33);
    }
}
