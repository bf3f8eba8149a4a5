package racewalk.explore;

/** A schedule does not fit the program: it was made of another, or of what the program was before it was changed. */
public final class StaleScheduleException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    StaleScheduleException(String message) {
        super(message);
    }
}
