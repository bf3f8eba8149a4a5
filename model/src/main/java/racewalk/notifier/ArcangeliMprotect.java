package racewalk.notifier;

import racewalk.machine.Machine;
import racewalk.mm.Protection;

/**
 * {@link Arcangeli} with the callback that its author says it could have (seed 001): "the invalidate_pages in mprotect
 * can be trivially switched to a mprotect_pages with proper params. This will prevent page faults completely in the
 * secondary MMU". Nobody posted it: that the parameter is the new protection, and the place that of {@code
 * invalidate_pages}, is deduced [R].
 */
public final class ArcangeliMprotect extends Arcangeli {

    /** The notifier of one address space. */
    public ArcangeliMprotect(Machine machine) {
        super(machine);
    }

    /** {@code change_pte_range}: after the loop, under the PT lock. */
    @Override
    public void changedLeafLocked(int start, int end, Protection protection) {
        call(ops -> ops.mprotectPages(start, end, protection));
    }
}
