package racewalk.notifier;

import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import racewalk.machine.Machine;
import racewalk.mm.AddressSpace;

/**
 * The list of Lameter's EMM, 3 March 2008: singly linked, without RCU, "simple linked list for notifier"; registration
 * holds the mmap lock for write, and there is no way to unregister but the process's exit. {@code exit_mmap} tells
 * {@code emm_release} by {@code emm_notify}, which leaves the list as it is; {@code emm_notifier_release}, which
 * empties it, is called by nobody in that mail.
 */
public class EmmList extends ChangingList<Emm.Ops> {

    /** A list for at most so many notifiers. */
    public EmmList(Machine machine, int notifiers) {
        super(machine, notifiers);
    }

    /** {@code emm_notify}: the first answer that is not 0 ends the walk. */
    final int emmNotify(ToIntFunction<Emm.Ops> function) {
        int[] answer = new int[1];
        for (Node e = first(); e != null && answer[0] == 0; e = answer[0] != 0 ? null : next(e)) {
            callMethod(e, ops -> answer[0] = function.applyAsInt(ops));
        }
        return answer[0];
    }

    @Override
    public final void call(Consumer<Emm.Ops> function) {
        emmNotify(ops -> {
            function.accept(ops);
            return 0;
        });
    }

    /** {@code emm_notifier_register}: "Must hold the mmap_sem for write". */
    @Override
    public void register(Node e, AddressSpace mm) {
        mm.mmapLock().downWrite();
        hlistAddHeadRcu(e);
        mm.mmapLock().upWrite();
    }

    /** There is no way to unregister. */
    @Override
    public final void unregister(Node e, AddressSpace mm) {
        machine.bugOn(true, "EMM has no way to unregister");
    }

    /** {@code exit_mmap}: {@code emm_notify(mm, emm_release, 0, TASK_SIZE)}. */
    @Override
    public final void release() {
        for (Node e = first(); e != null; e = next(e)) {
            machine.reach(Marks.RELEASED);
            opsOf(e).func(Emm.Operation.RELEASE, 0, 0);
        }
    }
}
