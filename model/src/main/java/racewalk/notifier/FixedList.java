package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Notifiers that were registered before the tasks start, on a list whose walk forbids nothing to their methods: there
 * is nothing to see of it for the machine.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
final class FixedList<O> implements NotifierList<O> {

    private final List<O> notifiers = new ArrayList<>();

    @Override
    public void register(O ops) {
        notifiers.add(ops);
    }

    @Override
    public void call(Consumer<O> function) {
        notifiers.forEach(function);
    }
}
