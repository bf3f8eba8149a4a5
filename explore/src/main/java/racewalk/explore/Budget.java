package racewalk.explore;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a search may go. Whatever limit it meets, its result says so and proves nothing.
 *
 * @param time the wall-clock time
 * @param states the number of visited states
 * @param depth the number of steps of one run
 * @param stop polled now and then: true ends the search
 */
public record Budget(Duration time, long states, int depth, BooleanSupplier stop) {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    /** What is left of this budget when {@code nanoTime} is when it began. */
    Budget since(long nanoTime) {
        return new Budget(time.minusNanos(System.nanoTime() - nanoTime), states, depth, stop);
    }

    /** The same, and it ends when {@code also} is true. */
    Budget stoppedWhen(BooleanSupplier also) {
        return new Budget(time, states, depth, () -> stop.getAsBoolean() || also.getAsBoolean());
    }

    /** Room for anything that fits into the memory of a small machine, within {@code time}. */
    public static Budget of(Duration time) {
        return new Budget(time, 150_000_000L, 20_000, () -> false);
    }

    /**
     * Reads a time such as {@code 500ms}, {@code 60s}, {@code 5m}, {@code 2h}.
     *
     * @throws IllegalArgumentException if it is none, or nothing
     */
    public static Duration parseTime(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new IllegalArgumentException("expected a time such as 500ms, 60s, 5m or 2h, not '" + text + "'");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    /** No limit that a test would meet. */
    public static Budget unlimited() {
        return of(Duration.ofDays(1));
    }
}
