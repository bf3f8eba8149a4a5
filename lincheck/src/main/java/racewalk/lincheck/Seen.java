package racewalk.lincheck;

import java.util.List;
import racewalk.machine.Access;
import racewalk.machine.Word;

/** What a run did, as it was recorded: values are turned into text only for a run that is shown. */
sealed interface Seen {

    /**
     * An access.
     *
     * @param before what the word held
     * @param now what it held afterwards
     * @param told what the access told
     */
    record Accessed(Word word, Access access, long before, long now, long told) implements Seen {}

    /** A step of a hardware unit, and its accesses. */
    record Stepped(String unit, String what, List<Accessed> inside) implements Seen {}
}
