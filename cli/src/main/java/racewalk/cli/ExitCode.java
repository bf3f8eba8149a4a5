package racewalk.cli;

/** The exit codes of the command. */
final class ExitCode {

    /** All is as expected. */
    static final int AS_EXPECTED = 0;
    /** A verdict differs, or a property is violated. */
    static final int DIFFERS = 1;
    /** The command line or a file is malformed. */
    static final int USAGE = 2;
    /** A limit was met: nothing is proved. */
    static final int INCONCLUSIVE = 3;
    /** Racewalk itself failed. */
    static final int INTERNAL = 70;

    private ExitCode() {}
}
