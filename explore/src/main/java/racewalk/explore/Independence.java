package racewalk.explore;

/** A relation of steps: symmetric, and only between steps that lead to the same state in either order. */
@FunctionalInterface
interface Independence {

    /** Every order of steps is explored. */
    Independence NOTHING = (_, _) -> false;

    /** Whether steps with these footprints commute. */
    boolean commute(Footprint one, Footprint other);
}
