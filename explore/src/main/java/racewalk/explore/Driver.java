package racewalk.explore;

import java.util.List;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.Mark;

/** What an explored machine does with a primitive: perform it, or announce it. */
interface Driver {

    /** One access to one word. */
    long access(ExploredWord word, Access access);

    /** One step of a hardware unit. */
    long step(String unit, String what, LongSupplier effect);

    /** A choice of the environment. */
    int choose(String what, List<String> options);

    /** The head of a loop. */
    void loopHead(String what);

    /** A place where no more than {@code locals} is known. */
    void localsAre(String locals);

    /** The value of a word, without a step. */
    long peek(ExploredWord word);

    /** A branch was reached. */
    void reach(Mark mark);
}
