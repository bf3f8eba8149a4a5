package racewalk.notifier;

import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The notifiers of one address space, as the calls of a design go through them.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public interface NotifierList<O> {

    /** Adds a notifier before the tasks start. */
    void register(O ops);

    /** Calls a method of every notifier. */
    void call(Consumer<O> function);

    /** {@code mmu_notifier_age_page}, {@code clear_young}, {@code clear_flush_young}: asks every notifier. */
    default boolean ask(Predicate<O> function) {
        boolean[] young = new boolean[1];
        call(ops -> young[0] |= function.test(ops));
        return young[0];
    }

    /** {@code mmu_notifier_release}: the process exits. A list that does not change has nothing to do with it. */
    default void release() {}
}
