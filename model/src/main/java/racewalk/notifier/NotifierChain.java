package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import racewalk.machine.Machine;
import racewalk.machine.Rcu;

/**
 * The list of notifiers of one address space, as the patches of February 2008 have it: walked in an RCU read section.
 * The notifiers here are registered before the tasks start; {@link ChangingList} is of those that are not.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
final class NotifierChain<O> implements NotifierList<O> {

    private final Rcu rcu;
    private final List<O> notifiers = new ArrayList<>();

    NotifierChain(Machine machine) {
        this.rcu = machine.rcu("rcu");
    }

    /** {@code mmu_notifier_register}. */
    @Override
    public void register(O ops) {
        notifiers.add(ops);
    }

    /** The macro {@code mmu_notifier(function, mm, args...)}. */
    @Override
    public void call(Consumer<O> function) {
        if (notifiers.isEmpty()) {
            return;
        }
        rcu.readLock();
        notifiers.forEach(function);
        rcu.readUnlock();
    }
}
