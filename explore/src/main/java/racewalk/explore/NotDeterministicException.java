package racewalk.explore;

/**
 * The model's code, told the same values twice, did different things: it has state that the machine does not know of.
 */
public final class NotDeterministicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotDeterministicException(String task, int step, Op before, Op now) {
        super("model is not deterministic: " + task + ", step " + (step + 1) + " of its operation, did "
                + Describe.op(before) + " and then, told the same, " + Describe.op(now)
                + "; look for a plain field, a static, the time or an identity hash");
    }
}
