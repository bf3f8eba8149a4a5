package racewalk.machine;

/**
 * Thrown where the model needs more than the scope provides: an object of an exhausted pool, a task beyond the eighth.
 * It is not a violation; a verdict that met it is {@code UNKNOWN}.
 */
public final class ScopeExceeded extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What ran out, and how to provide more. */
    public ScopeExceeded(String message) {
        super(message);
    }
}
