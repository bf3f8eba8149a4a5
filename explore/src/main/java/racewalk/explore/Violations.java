package racewalk.explore;

/** Is told what a state violates. */
@FunctionalInterface
interface Violations {

    /** {@code property} does not hold, because of {@code message}. */
    void violated(String property, String message);
}
