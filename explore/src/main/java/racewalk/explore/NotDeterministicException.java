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

    private NotDeterministicException(String message) {
        super("model is not deterministic: " + message);
    }

    /** The words are not what they were after the same steps before; {@code who} took the last of them. */
    static NotDeterministicException words(String who, int steps) {
        return new NotDeterministicException(who + " left other values in the words, " + steps
                + " steps after the start, than when it did the same before");
    }

    /** Model code has looked at a word without a step. */
    static NotDeterministicException peek(String who, ExploredWord word) {
        return new NotDeterministicException(
                who + " peeks at " + word.name() + "; only invariants may, all others read");
    }
}
