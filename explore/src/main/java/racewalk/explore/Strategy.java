package racewalk.explore;

/** How to search. Every one but {@link #RANDOM} is exhaustive if no limit is met. */
public enum Strategy {
    /** Depth first over all states: the oracle for the others. */
    NAIVE("every step of every state, with a table of visited states"),
    /** Depth first with sleep sets: every reachable state, but fewer steps between them. */
    SLEEP("sleep sets with a table: every reachable state by fewer steps"),
    /**
     * Depth first with persistent sets and sleep sets: fewer states, but each deadlock, each local state and each
     * violation of an invariant. Of a program that breaks a rule it may find other violations than the others do.
     */
    PERSISTENT("persistent sets and sleep sets with a table: fewer states, the same verdict"),
    /** Depth first without a table, one run of each trace: final states, deadlocks and violations, not every state. */
    SOURCE_DPOR("source-DPOR with sleep sets, without a table: each order of dependent steps once"),
    /** Fewest preemptions first, then fewest steps: the first counterexample of each property is the shortest. */
    PREEMPTION("fewest preemptions first, then fewest steps"),
    /** Random runs: finds, and never proves. */
    RANDOM("random runs until the budget ends: never a proof");

    private final String description;

    Strategy(String description) {
        this.description = description;
    }

    /** What it does, in a few words. */
    public String description() {
        return description;
    }
}
