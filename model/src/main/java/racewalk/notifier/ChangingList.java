package racewalk.notifier;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import racewalk.machine.BrokenRule;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Slab;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;

/**
 * A list of notifiers that is changed while the tasks run: the kernel's {@code hlist}, with the patch's own locking in
 * the classes below this one. A {@code struct mmu_notifier} is kernel memory of its driver, who frees it.
 *
 * <p>{@code hlist_node.pprev} is modelled, because it says whether a node is hashed, and because two changes at once
 * damage the list by it.
 *
 * @param <O> the patch's {@code struct mmu_notifier_ops}
 */
public abstract class ChangingList<O extends Releasable> implements NotifierList<O> {

    /** Branches of the lists. */
    public enum Marks implements Mark {
        /** A notifier was registered while the tasks run. */
        REGISTERED,
        /** A notifier was unregistered. */
        UNREGISTERED,
        /** A walk started over, because the list had been changed. */
        RESTARTED,
        /** The exit of the process called {@code release}. */
        RELEASED,
        /** {@code mmu_notifier_unregister} called {@code release}. */
        RELEASED_BY_UNREGISTER,
        /** {@code mmu_notifier_unregister} came after the exit had unlinked the notifier. */
        UNREGISTERED_LATE
    }

    /** {@code struct mmu_notifier}. */
    public static final class Node {

        private final Word next;
        private final Word pprev;
        private final Word ops;
        private final int number;

        private Node(Machine machine, int number) {
            String name = "mn" + number;
            this.number = number;
            this.next = machine.word(name + ".next", NULL, ChangingList::showPointer);
            this.pprev = machine.word(name + ".pprev", NULL, ChangingList::showPointer);
            this.ops = machine.word(name + ".ops", NULL);
        }

        @Override
        public String toString() {
            return "mn" + number;
        }
    }

    private static final long NULL = 0;

    /** {@code LIST_POISON1}, {@code LIST_POISON2}. */
    private static final long POISON = -1;

    /** {@code &mm->mmu_notifier_list.first} as a {@code pprev}; that of a node is its number and one more. */
    private static final long HEAD = -2;

    protected final Machine machine;
    private final Slab<Node> slab;
    private final Word first;
    private final List<O> drivers = new ArrayList<>();

    /** An empty list, for at most so many notifiers at a time. */
    ChangingList(Machine machine, int notifiers) {
        this.machine = machine;
        this.slab = machine.slab("struct mmu_notifier", notifiers, i -> new Node(machine, i));
        this.first = machine.word("mmu_notifier_list", NULL, ChangingList::showPointer);
    }

    private static String showPointer(long pointer) {
        if (pointer == NULL) {
            return "NULL";
        }
        return pointer == POISON ? "LIST_POISON" : pointer == HEAD ? "head" : "mn" + (pointer - 1);
    }

    // ---- what a driver does --------------------------------------------------------------------------------------

    /** Makes a driver known, while the model is built: notifiers can have its {@code ops} then. */
    public final void introduce(O ops) {
        drivers.add(ops);
    }

    /** {@code kmalloc} of a {@code struct mmu_notifier} with the {@code ops} of a driver that is known; its number. */
    public final int alloc(O ops) {
        Node mn = slab.alloc();
        mn.ops.writeOnce(drivers.indexOf(ops) + 1L);
        mn.pprev.writeOnce(NULL); // INIT_HLIST_NODE
        return mn.number;
    }

    /** The notifier with that number. */
    public final Node node(int number) {
        return slab.get(number);
    }

    /** {@code kfree}. */
    public final void free(Node mn) {
        slab.free(mn);
    }

    /** {@code mmu_notifier_register}, with the locks that its caller must hold. */
    public abstract void register(Node mn, AddressSpace mm);

    /** What its caller must do before he may rely on being called; nothing, if the patch asks for nothing. */
    public void afterRegister() {}

    /** {@code mmu_notifier_unregister}, with the locks that its caller must hold. */
    public abstract void unregister(Node mn, AddressSpace mm);

    /** What its caller must do before he may free the notifier; nothing, if the patch asks for nothing. */
    public void beforeFree() {}

    /** Whether the patch says that {@code release} may free the notifier. */
    boolean mayBeFreedInRelease() {
        return false;
    }

    // ---- what the VM does ----------------------------------------------------------------------------------------

    /** {@code mmu_notifier_release}, in {@code exit_mmap}. */
    @Override
    public abstract void release();

    /** Registers a driver that is known, before the tasks start. */
    @Override
    public final void register(O ops) {
        registerAtBoot(ops);
    }

    /** Registers a driver that is known, before the tasks start; the number of its notifier. */
    public final int registerAtBoot(O ops) {
        int number = alloc(ops);
        hasNotifiers();
        hlistAddHeadRcu(node(number));
        return number;
    }

    /** A notifier is about to be registered; what a list must know of that. */
    void hasNotifiers() {}

    /** A method of a notifier: the driver's structure, of which the notifier is a part, is in use until it returns. */
    final void callMethod(Node mn, Consumer<O> function) {
        function.accept(opsOf(mn));
        mn.ops.readOnce(); // container_of: the last use, such as of its lock
    }

    /** {@code mn->ops}. */
    final O opsOf(Node mn) {
        return drivers.get((int) mn.ops.readOnce() - 1);
    }

    /** {@code mn->ops->release}, in the exit of the process. */
    final void callRelease(Node mn) {
        machine.reach(Marks.RELEASED);
        opsOf(mn).release();
        if (mayBeFreedInRelease()) {
            free(mn);
        }
    }

    // ---- hlist ---------------------------------------------------------------------------------------------------

    /** {@code hlist_empty}. */
    final boolean isEmpty() {
        return first.readOnce() == NULL;
    }

    /** {@code list.first}, or null. */
    final Node first() {
        return pointee(first.loadAcquire());
    }

    /** {@code mn->hlist.next}, or null. */
    final Node next(Node mn) {
        return pointee(mn.next.loadAcquire());
    }

    private Node pointee(long pointer) {
        check(pointer);
        return pointer == NULL ? null : slab.get((int) pointer - 1);
    }

    private void check(long pointer) {
        if (pointer == POISON) {
            throw new BrokenRule(BrokenRule.Rule.OOPS, machine.current().name() + " follows LIST_POISON");
        }
    }

    /** {@code hlist_add_head_rcu}. */
    final void hlistAddHeadRcu(Node mn) {
        long next = first.readOnce();
        mn.next.writeOnce(next);
        mn.pprev.writeOnce(HEAD);
        first.storeRelease(mn.number + 1L);
        if (next != NULL) {
            pointee(next).pprev.writeOnce(mn.number + 1L);
        }
    }

    /** {@code hlist_unhashed}. */
    final boolean isUnhashed(Node mn) {
        return mn.pprev.readOnce() == NULL;
    }

    /** {@code hlist_del_rcu}: a reader that stands on the node goes on from it. */
    final void hlistDelRcu(Node mn) {
        unlink(mn);
        mn.pprev.writeOnce(POISON);
    }

    /** {@code hlist_del_init_rcu}: as {@link #hlistDelRcu}, and the node is unhashed; nothing, if it is already. */
    final void hlistDelInitRcu(Node mn) {
        if (!isUnhashed(mn)) {
            unlink(mn);
            mn.pprev.writeOnce(NULL);
        }
    }

    /** {@code hlist_del_init}: a reader that stands on the node finds the end there. */
    final void hlistDelInit(Node mn) {
        if (!isUnhashed(mn)) {
            unlink(mn);
            mn.next.writeOnce(NULL);
            mn.pprev.writeOnce(NULL);
        }
    }

    /** {@code hlist_del}: for lists without readers. */
    final void hlistDel(Node mn) {
        unlink(mn);
        mn.next.writeOnce(POISON);
        mn.pprev.writeOnce(POISON);
    }

    /** {@code __hlist_del}. */
    private void unlink(Node mn) {
        long next = mn.next.readOnce();
        long pprev = mn.pprev.readOnce();
        check(pprev);
        if (pprev == NULL) {
            throw new BrokenRule(
                    BrokenRule.Rule.OOPS, machine.current().name() + " unlinks " + mn + ", whose pprev is NULL");
        }
        (pprev == HEAD ? first : slab.get((int) pprev - 1).next).writeOnce(next);
        if (next != NULL) {
            pointee(next).pprev.writeOnce(pprev);
        }
    }
}
