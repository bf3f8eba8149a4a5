package racewalk.mm;

/** {@code struct dev_pagemap_ops} of Linux 7.0, {@code include/linux/memremap.h}: what a driver does for its memory. */
@FunctionalInterface
public interface DevPagemap {

    /** What the fault has of the page while it is brought back. */
    enum Held {
        /** Nothing. */
        NOTHING,
        /** A reference, {@code fault_page} since 2022. */
        REFERENCE,
        /** A reference and the page lock, since 2025. */
        LOCK
    }

    /**
     * {@code migrate_to_ram}: a CPU has faulted on a device-private entry, and the driver brings the page back. Linux
     * is not told whether
     * it could: the fault is tried again.
     *
     * @param mm whose fault it is, {@code vmf->vma->vm_mm}, with the mmap lock held for read
     * @param notifier its notifiers
     * @param page {@code vmf->page}
     * @param held what the fault has of it
     * @param caller what the fault's callers know, as {@link racewalk.machine.Machine#localsAre} has it; null if it is
     *     not said
     * @return whether the page has come back
     */
    boolean migrateToRam(AddressSpace mm, NotifierSites notifier, int address, Page page, Held held, String caller);
}
