package racewalk.machine;

/**
 * A branch that some run must reach, or a proof about it is vacuous. Implemented by enums beside the code that they
 * mark; reported by {@link Machine#reach}.
 */
public interface Mark {

    /** The constant's name. */
    String name();

    /** The mark's name in scenarios and reports, such as {@code Gru.DROPIN_IGNORED}. */
    default String id() {
        Class<?> type = getClass();
        Class<?> outer = type.getEnclosingClass();
        return (outer == null ? type : outer).getSimpleName() + "." + name();
    }
}
