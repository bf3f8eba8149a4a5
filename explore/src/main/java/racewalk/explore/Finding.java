package racewalk.explore;

/**
 * A violation that a search has found, and a run that leads to it.
 *
 * @param property what is violated: an invariant's, an observer's or a rule's name
 * @param message how, for people
 * @param schedule the run
 * @param preemptions how often the run takes a task off in the middle of an operation that could have gone on
 */
public record Finding(String property, String message, Schedule schedule, int preemptions) {}
