package racewalk.machine;

import java.util.function.LongUnaryOperator;

/**
 * A renaming of tasks and words under which a program is said to be the same. An engine may then leave out states that
 * are another's under another name; it checks what is said wherever it uses it.
 */
public interface Symmetry {

    /** Who is renamed, for messages. */
    String name();

    /** The id of the task that a task is renamed to. */
    int task(int id);

    /** The word that a word is renamed to. */
    Word word(Word word);

    /** What a named option of a choice is renamed to. */
    default String option(String option) {
        return option;
    }

    /** What the renaming makes of the values of {@code word}; null if they stay what they are. */
    LongUnaryOperator values(Word word);
}
