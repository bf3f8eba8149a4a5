package racewalk.machine;

/**
 * The condition under which an access may happen, as a test of one word: {@code (word & mask) == value}, or {@code !=}
 * where {@code equal} is false. It is data and not code, so that an engine can tell which bits it depends on.
 *
 * @param mask the bits that are looked at; 0 for no condition
 * @param value what they are compared with
 * @param equal whether they must be equal or must differ
 */
public record Guard(long mask, long value, boolean equal) {

    /** No condition. */
    public static final Guard ALWAYS = new Guard(0, 0, true);

    /** Open when the whole word is {@code value}. */
    public static Guard is(long value) {
        return new Guard(-1L, value, true);
    }

    /** Open when none of {@code mask}'s bits is set. */
    public static Guard clear(long mask) {
        return new Guard(mask, 0, true);
    }

    /** Open when any of {@code mask}'s bits is set. */
    public static Guard anySet(long mask) {
        return new Guard(mask, 0, false);
    }

    /** Whether an access to a word that holds {@code word} may happen. */
    public boolean open(long word) {
        return ((word & mask) == value) == equal;
    }
}
