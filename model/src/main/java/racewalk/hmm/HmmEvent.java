package racewalk.hmm;

/**
 * {@code struct hmm_event} of "[PATCH 07/36] HMM: add per mirror page table v3", 21 May 2015: what happens to
 * {@code [start, end)}, as a mirror and its driver are told.
 */
record HmmEvent(Type type, int start, int end) {

    /** {@code enum hmm_etype}, but for {@code HMM_NONE}, which no driver gets. */
    enum Type {
        /** {@code HMM_FORK}: no writes any more. */
        FORK(~MirrorEntry.WRITE),
        /** {@code HMM_ISDIRTY}: soft-dirty bits are cleared; nothing of an entry goes. */
        ISDIRTY(-1L),
        /** {@code HMM_MIGRATE}: the pages go, the range stays. */
        MIGRATE(0),
        /** {@code HMM_MUNMAP}: the range goes. */
        MUNMAP(0),
        /** {@code HMM_DEVICE_RFAULT}: the mirror has entries that may be read through. */
        DEVICE_RFAULT(-1L),
        /** {@code HMM_DEVICE_WFAULT}: the mirror has entries that may be written through. */
        DEVICE_WFAULT(-1L),
        /** {@code HMM_WRITE_PROTECT}: no writes any more. */
        WRITE_PROTECT(~MirrorEntry.WRITE);

        private final long pteMask;

        Type(long pteMask) {
            this.pteMask = pteMask;
        }

        /** Whether it is a device fault. */
        boolean isDeviceFault() {
            return this == DEVICE_RFAULT || this == DEVICE_WFAULT;
        }
    }

    /** {@code event->pte_mask}, of {@code hmm_event_init}: the bits of an entry that stay. */
    long pteMask() {
        return type.pteMask;
    }

    /** {@code hmm_event_overlap}. */
    boolean overlaps(int from, int to) {
        return from < end && start < to;
    }
}
