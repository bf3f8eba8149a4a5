package racewalk.notifier;

import java.util.function.Consumer;
import racewalk.machine.Machine;

/**
 * {@link V10List} whose every round reads the sequence number anew, as the seqlock's readers do: what #v10 must have
 * meant [R].
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public final class V10ReadAgain<O extends Releasable> extends V10List<O> {

    /** A list for at most so many notifiers. */
    public V10ReadAgain(Machine machine, int notifiers) {
        super(machine, notifiers);
    }

    @Override
    void walk(Consumer<O> function) {
        long seq;
        do {
            seq = seqcount.readBegin();
            round(function);
        } while (retry(seq));
    }

    private boolean retry(long seq) {
        boolean retry = seqcount.readRetry(seq);
        if (retry) {
            machine.reach(Marks.RESTARTED);
        }
        return retry;
    }
}
