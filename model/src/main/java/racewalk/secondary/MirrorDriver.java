package racewalk.secondary;

import java.util.List;
import racewalk.machine.Word;
import racewalk.mm.AddressSpace;
import racewalk.notifier.ChangingIntervals;
import racewalk.notifier.ChangingList;

/**
 * The driver of a {@link Mirror}, which inserts its interval notifiers, one for each page, and removes them. What the
 * device has is dropped first, when nobody uses it any more: {@code dmirror_fops_release} of {@code lib/test_hmm.c}
 * removes first, of a device whose file is closed [R].
 */
public final class MirrorDriver implements Driver {

    private final Mirror device;
    private final List<ChangingIntervals.Inserted> subscriptions;
    private final ChangingIntervals notifier;
    private final AddressSpace mm;
    private final Word inserted;

    /** The driver of {@code device}, which is called {@code name} and has no interval notifier. */
    public MirrorDriver(String name, Mirror device, ChangingIntervals notifier, AddressSpace mm) {
        this.device = device;
        this.notifier = notifier;
        this.mm = mm;
        this.subscriptions = device.introduce(notifier);
        this.inserted = mm.machine().word(name + ".inserted", 0);
    }

    @Override
    public void registerAtBoot() {
        insert();
    }

    @Override
    public void register() {
        if (!isRegistered()) {
            insert();
            mm.machine().reach(ChangingList.Marks.REGISTERED);
        }
    }

    private void insert() {
        for (ChangingIntervals.Inserted subscription : subscriptions) {
            subscription.alloc();
            notifier.insert(subscription, mm);
        }
        inserted.writeOnce(1);
    }

    @Override
    public void unregister() {
        if (!isRegistered()) {
            return;
        }
        device.dropAll();
        for (ChangingIntervals.Inserted subscription : subscriptions) {
            notifier.remove(subscription);
            subscription.free();
        }
        inserted.writeOnce(0);
        mm.machine().reach(ChangingList.Marks.UNREGISTERED);
    }

    @Override
    public boolean isRegistered() {
        return inserted.readOnce() != 0;
    }
}
