package racewalk.secondary;

import racewalk.mm.AddressSpace;

/** The driver of one device, as far as it registers and unregisters a notifier while the tasks run. */
public interface Driver {

    /** Makes the driver of {@code device}, which is called {@code name} and is not registered. */
    @FunctionalInterface
    interface Maker {
        /** The driver of {@code device}. */
        Driver make(String name, NotifiedMmu device, AddressSpace mm);
    }

    /** Registers, before the tasks start. */
    void registerAtBoot();

    /** Registers, if it is not: when this returns the device may be used. */
    void register();

    /**
     * Unregisters, if it is registered: when this returns the device cannot be used, and the notifier has been freed.
     */
    void unregister();

    /** Whether the device may be used. */
    boolean isRegistered();
}
