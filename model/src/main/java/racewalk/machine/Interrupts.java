package racewalk.machine;

/**
 * The interrupts of one CPU: while they are disabled it acknowledges no inter-processor interrupt, and no grace period
 * of RCU-sched ends that began meanwhile.
 */
public final class Interrupts {

    private static final long DISABLED = 1;
    private static final Access SAVE =
            Access.always("local_irq_save", Change.or(DISABLED), Observe.NOTHING, Order.ACQUIRE);
    private static final Access RESTORE =
            Access.always("local_irq_restore", Change.clear(DISABLED), Observe.NOTHING, Order.RELEASE);
    private static final Access IPI =
            Access.await("smp_call_function_single", Guard.clear(DISABLED), Change.KEEP, Observe.NOTHING, Order.FULL);

    private final Machine machine;
    private final Word word;

    Interrupts(Machine machine, String cpu) {
        this.machine = machine;
        this.word = machine.gate(cpu + " interrupts", 0, value -> value == 0 ? "enabled" : "disabled");
    }

    /** {@code local_irq_save}, by the CPU itself: nothing may sleep until {@link #restore}. */
    public void save() {
        machine.current().lockDep().irqSave();
        word.access(SAVE);
    }

    /** {@code local_irq_restore}. */
    public void restore() {
        word.access(RESTORE);
        machine.current().lockDep().irqRestore();
    }

    /** By another CPU: waits until this one has taken an interrupt. */
    public void awaitIpi() {
        word.access(IPI);
    }

    /** Whether they are disabled now. */
    public boolean areDisabled() {
        return word.readOnce() != 0;
    }

    @Override
    public String toString() {
        return word.name();
    }
}
