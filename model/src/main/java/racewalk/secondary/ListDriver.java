package racewalk.secondary;

import racewalk.machine.Machine;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.notifier.ChangingList;

/**
 * The driver of a device that has one notifier, of the whole process. It is kernel memory that it allocates before it
 * registers it, and frees when it has been unregistered. The device does nothing while there is none.
 */
public final class ListDriver implements Driver {

    private static final long NONE = 0;

    private final NotifiedMmu device;
    private final ChangingList<? super NotifiedMmu> list;
    private final AddressSpace mm;
    private final Word notifier;

    /** The driver of {@code device}, which is called {@code name} and is not registered. */
    public ListDriver(
            Machine machine, String name, NotifiedMmu device, ChangingList<? super NotifiedMmu> list, AddressSpace mm) {
        this.device = device;
        this.list = list;
        this.mm = mm;
        this.notifier = machine.word(name + ".notifier", NONE, value -> value == NONE ? "none" : "mn" + (value - 1));
        list.introduce(device);
    }

    @Override
    public void registerAtBoot() {
        notifier.writeOnce(list.registerAtBoot(device) + 1L);
    }

    @Override
    public void register() {
        if (isRegistered()) {
            return;
        }
        int number = list.alloc(device);
        device.beforeRegister();
        list.register(list.node(number), mm);
        list.afterRegister();
        notifier.writeOnce(number + 1L);
        mm.machine().reach(ChangingList.Marks.REGISTERED);
    }

    @Override
    public void unregister() {
        long number = notifier.readOnce();
        if (number == NONE) {
            return;
        }
        ChangingList.Node mn = list.node((int) number - 1);
        device.beforeUnregister();
        list.unregister(mn, mm);
        device.afterUnregister();
        list.beforeFree();
        list.free(mn);
        notifier.writeOnce(NONE);
        mm.machine().reach(ChangingList.Marks.UNREGISTERED);
    }

    @Override
    public boolean isRegistered() {
        return notifier.readOnce() != NONE;
    }
}
