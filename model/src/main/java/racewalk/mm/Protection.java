package racewalk.mm;

/** What a VMA allows: the {@code VM_READ} and {@code VM_WRITE} flags. */
public enum Protection {
    /** Nothing is mapped there. */
    UNMAPPED,
    /** {@code PROT_NONE}. */
    NONE,
    /** {@code PROT_READ}. */
    READ,
    /** {@code PROT_READ | PROT_WRITE}. */
    READ_WRITE;

    /** Whether an access is allowed. */
    public boolean permits(boolean write) {
        return write ? this == READ_WRITE : this == READ || this == READ_WRITE;
    }
}
