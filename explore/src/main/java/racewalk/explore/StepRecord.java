package racewalk.explore;

import java.util.List;

/**
 * One step of a run, as people read it.
 *
 * @param task the number of the task that took it
 * @param cpu that task's name
 * @param operation the operation that it belongs to
 * @param function the model's function that took it, named after the kernel's
 * @param file the source file of that function
 * @param line the line
 * @param object what was accessed: a word, a lock, a hardware unit
 * @param action the kernel's name of what was done
 * @param value what was found, and what it was changed to
 * @param begins whether the operation was invoked by this step
 * @param result the operation's result if this was its last step, else null
 * @param held the locks that the task holds afterwards, the oldest first
 */
public record StepRecord(
        int task,
        String cpu,
        String operation,
        String function,
        String file,
        int line,
        String object,
        String action,
        String value,
        boolean begins,
        String result,
        List<String> held) {}
