package racewalk.explore;

/**
 * The hash functions of the 128-bit fingerprint of a state: two independent halves, each the exclusive or of one hash
 * for every word and every task, so that a step changes it by what the step changed.
 */
final class Fingerprint {

    private static final long LOW = 0x9E3779B97F4A7C15L;
    private static final long HIGH = 0xD1B54A32D192ED03L;

    private Fingerprint() {}

    /** The low half's hash of the pair of a place and what it holds. */
    static long low(long place, long content) {
        return scramble(content * 0xBF58476D1CE4E5B9L + scramble((place + 1) * LOW));
    }

    /** The high half's hash of the pair of a place and what it holds. */
    static long high(long place, long content) {
        return scramble(content * 0x94D049BB133111EBL + scramble((place + 1) * HIGH));
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
