package racewalk.explore;

/** A checkpoint cannot be written, or cannot be read, or is of another search. The message says so, for people. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CheckpointException(String message) {
        super(message);
    }

    CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
