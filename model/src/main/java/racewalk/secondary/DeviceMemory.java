package racewalk.secondary;

import racewalk.migrate.MigrateVma;

/** A device with memory of its own, to which the pages of a process may go. */
public interface DeviceMemory {

    /** Something that a device could not do, as its results have it: {@code -EPERM}. */
    long EPERM = -3;

    /** {@code -ENOENT}. */
    long ENOENT = -4;

    /** {@code -EINVAL}. */
    long EINVAL = -5;

    /** {@code -EBUSY}. */
    long EBUSY = -6;

    /**
     * Says which device it is, before the tasks start.
     *
     * @param owner the number of the device, whose memory is {@code PhysicalMemory.pagesOf} that
     * @param migration migrates the pages of its process
     */
    void attach(int owner, MigrateVma migration);

    /** The pages of {@code [start, end)} go to the device: 0, {@link #ENOENT} if one did not, {@link #EINVAL}. */
    long migrateToDevice(int start, int end);

    /** Those of {@code [start, end)} that the device has come back: 0, or {@link #EINVAL}. */
    long migrateToSystem(int start, int end);

    /** All that the device has come back, whoever maps them. */
    void evict();
}
