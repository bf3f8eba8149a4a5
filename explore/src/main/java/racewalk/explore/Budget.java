package racewalk.explore;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How far a search may go. Whatever limit it meets, its result says so and proves nothing.
 *
 * @param time the wall-clock time
 * @param states the number of visited states
 * @param depth the number of steps of one run
 * @param stop polled now and then: true ends the search
 */
public record Budget(Duration time, long states, int depth, BooleanSupplier stop) {

    /** Room for anything that fits into the memory of a small machine, within {@code time}. */
    public static Budget of(Duration time) {
        return new Budget(time, 150_000_000L, 20_000, () -> false);
    }

    /** No limit that a test would meet. */
    public static Budget unlimited() {
        return of(Duration.ofDays(1));
    }
}
