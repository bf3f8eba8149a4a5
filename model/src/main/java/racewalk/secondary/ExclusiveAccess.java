package racewalk.secondary;

/** A device that may have pages of system memory for itself: {@code make_device_exclusive}. */
public interface ExclusiveAccess {

    /**
     * The pages of {@code [start, end)} become the device's alone, until somebody else wants them: 0; {@link
     * SecondaryMmu#DENIED} if one may not be written to, {@link DeviceMemory#EBUSY}, or {@link DeviceMemory#ENOENT} if
     * one was lost again.
     */
    long makeExclusive(int start, int end);

    /** {@link DeviceMemory#EPERM} if the device has one of {@code [start, end)} for itself, else 0. */
    long checkExclusive(int start, int end);

    /**
     * An atomic exchange by the device on a page that it has for itself: what {@code address} held, or {@link
     * DeviceMemory#ENOENT} if it has not.
     */
    long exchange(int address, long value);
}
