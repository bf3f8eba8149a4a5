package racewalk.machine;

/**
 * Thrown where model code breaks a rule of the machine: of locking, of memory, or its own {@code BUG_ON}. An engine
 * reports it as a violation at the step that follows.
 */
public final class BrokenRule extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The rules, with the names under which reports show them. */
    public enum Rule {
        /** A lock was waited for against the order of {@link LockClass}. */
        LOCK_ORDER("LockOrder", "no lock is waited for against the order of LockClass"),
        /** A lock was waited for by its owner. */
        LOCK_RECURSION("LockRecursion", "no lock is waited for by its owner"),
        /** A lock was released by a task that does not hold it. */
        UNLOCK_NOT_OWNED("UnlockNotOwned", "a lock is released by its owner"),
        /** A lock, an RCU read section or an interrupt was not left when an operation ended. */
        LOCK_LEAKED("LockLeaked", "nothing is held when an operation ends"),
        /** A sleeping lock or a blocking call in atomic context. */
        SLEEP_IN_ATOMIC(
                "SleepInAtomic", "nothing sleeps under a spinning lock, in an RCU read section or in an interrupt"),
        /** A lock that is taken with interrupts enabled was waited for in an interrupt. */
        IRQ_UNSAFE("IrqUnsafeLock", "an interrupt waits for no lock that is taken with interrupts enabled"),
        /** A lock that the kernel asserts to be held was not. */
        LOCK_NOT_HELD("LockNotHeld", "a lock that the kernel asserts to be held is held"),
        /** Kernel memory was used after it was freed, or before it was allocated. */
        USE_AFTER_FREE("UseAfterFree", "kernel memory is used only while it is allocated"),
        /** Kernel memory was freed twice. */
        DOUBLE_FREE("DoubleFree", "kernel memory is freed once"),
        /** A {@code BUG_ON} of the model. */
        BUG("Bug", "no BUG_ON fires"),
        /** An assertion of the model's code, Java's or a test framework's, failed. */
        ASSERTION("Assertion", "no assertion of the code fails"),
        /** Model code failed otherwise: what the kernel would call an oops, such as a null pointer. */
        OOPS("Oops", "model code does not fail"),
        /** Tasks wait, and nobody is left who would wake them. Only an engine can tell. */
        DEADLOCK("Deadlock", "whoever waits is woken"),
        /**
         * Tasks go round for ever and end no operation, though every task that can go on again and again does go on at
         * some time (strong fairness: the kernel's locks are queued). Only an engine can tell.
         */
        LIVELOCK("Livelock", "whoever tries again succeeds at some time");

        private final String title;
        private final String sentence;

        Rule(String title, String sentence) {
            this.title = title;
            this.sentence = sentence;
        }

        /** The rule's name in reports. */
        public String title() {
            return title;
        }

        /** What the rule says. */
        public String sentence() {
            return sentence;
        }
    }

    private final Rule rule;

    /** A broken {@code rule}, described for people by {@code message}. */
    public BrokenRule(Rule rule, String message) {
        super(message);
        this.rule = rule;
    }

    /** Which rule. */
    public Rule rule() {
        return rule;
    }
}
