package racewalk.lincheck;

/**
 * The search that is under way. Static, because Lincheck makes its structures and verifiers itself, by constructors
 * without arguments. Set before a search; its methods are called only where Lincheck looks away.
 */
final class Stage {

    private static Search search;
    private static CellRun run;

    private Stage() {}

    static void set(Search next) {
        search = next;
        run = null;
    }

    /** Builds the model for the next interleaving. */
    static void start() {
        run = search.start(run);
    }

    /** The interleaving that is run now. */
    static CellRun run() {
        return run;
    }

    /** Whether the interleaving that is over violates nothing. */
    static boolean judge() {
        return search.judge(run);
    }
}
