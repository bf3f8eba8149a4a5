package racewalk.explore;

/** Is told how far a search has come. */
@FunctionalInterface
public interface Progress {

    /** Nobody wants to know. */
    Progress NONE = status -> {};

    /** The search has done this much so far; called some times a second. */
    void at(Status status);
}
