package racewalk.machine;

import java.util.List;
import java.util.function.Supplier;

/**
 * What must hold in every reachable state.
 *
 * @param name the name in reports, such as {@code NoTranslationOutlivesItsPage}
 * @param reads every word that {@code check} looks at: it is evaluated again only after one of them has changed
 * @param check looks at words by {@link Word#peek} alone; null if the invariant holds, else what is wrong, for people
 */
public record Invariant(String name, List<Word> reads, Supplier<String> check) {

    /** A copy of the list is kept. */
    public Invariant {
        reads = List.copyOf(reads);
    }
}
