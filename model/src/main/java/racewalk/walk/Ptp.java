package racewalk.walk;

import racewalk.machine.Word;

/**
 * A pointer to an entry of a page table, and the level of that entry: {@code ptp_t} of "Proof-of-concept: better(?)
 * page-table manipulation API", Shutemov, 24 Apr 2018. Like a pointer it may stand one behind a table's last entry.
 *
 * @param table the table that has the entry
 * @param index the entry's place in it
 * @param level the entry's level, from 0 for a PTE; a folded level has no number of its own
 */
public record Ptp(PtPage table, int index, int level) {

    /** The entry. */
    public Word word() {
        return table.entry(index);
    }

    /** {@code ptp_next}: the next entry of the same table. */
    public Ptp next() {
        return new Ptp(table, index + 1, level);
    }
}
