package racewalk.walk;

/** What a walker's caller does with the entries of a range: the {@code flags} of {@code vpte_iter_for_each}. */
enum WalkMode {
    /** He looks at them: an entry may begin before the range and end behind it. */
    LOOK,
    /** He changes those that map something: one that is not within the range is split. */
    CHANGE,
    /** He changes all: where nothing is mapped, tables are allocated until an entry is within the range. */
    FILL;

    /** Whether an entry that points to no table must be within the range. */
    boolean fits(long entry) {
        return this == FILL || this == CHANGE && PtEntry.isLeaf(entry);
    }

    /** Whether the caller needs an entry's lock: what he looks at, too, is to be what it was when he came to it. */
    boolean locks(long entry) {
        return this == FILL || PtEntry.isLeaf(entry);
    }
}
