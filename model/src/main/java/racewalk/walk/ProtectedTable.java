package racewalk.walk;

/** A page table of a process, whose entries can be write-protected. */
public interface ProtectedTable extends WalkedTable {

    /** Takes the permission to write from all entries of a range: {@code change_protection}. */
    void protect(int start, int end);
}
