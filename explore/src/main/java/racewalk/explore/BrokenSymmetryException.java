package racewalk.explore;

/** A program is not the same under a renaming that it declares: nothing may be left out because of it. */
public final class BrokenSymmetryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BrokenSymmetryException(String symmetry, String why) {
        super("the declared symmetry of " + symmetry + " does not hold: " + why);
    }
}
