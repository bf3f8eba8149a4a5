package racewalk.walk;

/** A page table of a process: entries can be write-protected, and copied into the table of another process by fork. */
public interface CopiedTable extends ProtectedTable {

    /**
     * {@code copy_page_range} of a private mapping: each valid entry of a range is write-protected, and copied to the
     * same address of {@code child}, in which nothing is mapped there.
     *
     * @param child a table of the same design and shape
     * @param visitor sees each entry as it was, as of table 0, and what was put into the child's, as of table 1
     */
    void copyRange(WalkedTable child, int start, int end, Visitor visitor);
}
