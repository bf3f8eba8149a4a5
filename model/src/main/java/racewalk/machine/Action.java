package racewalk.machine;

import java.util.function.LongSupplier;

/**
 * One operation of an actor: from its invocation to its response.
 *
 * @param label what is called, for people: {@code munmap(0)}
 * @param result how people read the result
 * @param body the call; returns the operation's result. No local of it outlives it
 */
public record Action(String label, Word.Format result, LongSupplier body) {

    /** An operation whose result is shown in decimal. */
    public Action(String label, LongSupplier body) {
        this(label, Word.Format.DECIMAL, body);
    }
}
