package racewalk.machine;

/**
 * A Java monitor on which tasks take steps, one after the other. Of the code of a {@link LiveMachine} on monitors only
 * this class has to be seen by an engine that instruments the code under test: {@link #preempt} is where a task may be
 * preempted, {@link #await} where it waits, and a step is as indivisible as {@link Machine} promises.
 */
public final class Monitor {

    /** A step, or an attempt at it. */
    public interface Step {
        /** Takes the step if it is possible now, and says whether it was. Called with the monitor held. */
        boolean attempt();
    }

    @SuppressWarnings("unused") // reading it is what an engine sees
    private volatile boolean preemptible;

    /**
     * A shared access without an effect: here an engine that owns the schedule may run another task.
     *
     * @return nothing of use
     */
    public boolean preempt() {
        return preemptible;
    }

    /** Takes a step that was not possible when it was attempted, as soon as it is. */
    public void await(Step step) {
        sleep(step);
    }

    /** Lets all who wait try again. */
    public void wake() {
        wakeAll();
    }

    // For an engine these two are no place to be preempted: only to sleep.

    private synchronized void sleep(Step step) {
        while (!step.attempt()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting", e);
            }
        }
    }

    private synchronized void wakeAll() {
        notifyAll();
    }
}
