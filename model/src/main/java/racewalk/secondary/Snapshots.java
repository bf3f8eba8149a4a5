package racewalk.secondary;

/** A device that can tell what the CPUs' page table has for it, without a fault: {@code HMM_DMIRROR_SNAPSHOT}. */
public interface Snapshots {

    /**
     * {@code HMM_DMIRROR_PROT_*} of one page, as far as there are such pages here. That a page is in another device's
     * private memory, {@code DEV_PRIVATE_REMOTE}, nobody is told: it is {@link #NONE}.
     */
    enum Prot {
        /** Nothing is there that the device might use. */
        NONE,
        /** Nothing may be read there. */
        ERROR,
        /** A page of system memory, for reading. */
        READ,
        /** A page of system memory, for writing. */
        WRITE,
        /** {@code DEV_PRIVATE_LOCAL}: a page in the device's own memory, for reading. */
        LOCAL_READ,
        /** A page in the device's own memory, for writing. */
        LOCAL_WRITE
    }

    /** How many bits of a snapshot a page has. */
    int PROT_BITS = 3;

    /** The device will be asked for snapshots: before it is registered. */
    void willSnapshot();

    /** What the pages of {@code [start, end)} are at one moment: the {@link Prot} of each, the first one lowest. */
    long snapshot(int start, int end);

    /** The page number {@code i} of a snapshot. */
    static Prot prot(long snapshot, int i) {
        return Prot.values()[(int) (snapshot >>> i * PROT_BITS) & (1 << PROT_BITS) - 1];
    }
}
