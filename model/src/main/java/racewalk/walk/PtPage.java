package racewalk.walk;

import java.util.List;
import java.util.stream.Stream;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/** A page that serves as a table of a {@link PageTables}: its entries, and the lock in its {@code struct page}. */
public final class PtPage implements WalkedTable.DirectoryPage {

    private final PageTables mm;
    private final int number;
    private final SpinLock ptl;
    private final Word[] entries;

    /**
     * A table.
     *
     * @param number from 0; -1 for the root, which is never free
     * @param ptl its lock: {@code mm->page_table_lock} for the root
     */
    PtPage(PageTables mm, int number, SpinLock ptl, Word[] entries) {
        this.mm = mm;
        this.number = number;
        this.ptl = ptl;
        this.entries = entries;
    }

    int number() {
        return number;
    }

    boolean isRoot() {
        return number < 0;
    }

    /** {@code ptlock_ptr}: the lock in its {@code struct page}. */
    public SpinLock ptl() {
        return ptl;
    }

    /** One entry. */
    public Word entry(int index) {
        return entries[index];
    }

    /** How many entries it has. */
    int size() {
        return entries.length;
    }

    @Override
    public boolean isFree() {
        return !isRoot() && !mm.isAllocated(this);
    }

    /** No table is counted: what points to it is its only reference. */
    @Override
    public long references() {
        return validEntries();
    }

    @Override
    public int holders() {
        return 0;
    }

    @Override
    public boolean isDead() {
        return false;
    }

    @Override
    public boolean isOfUse() {
        return true;
    }

    @Override
    public int validEntries() {
        return (int)
                Stream.of(entries).filter(entry -> entry.peek() != PtEntry.NONE).count();
    }

    @Override
    public List<Word> entries() {
        return List.of(entries);
    }

    @Override
    public List<Word> words() {
        return entries();
    }

    @Override
    public String toString() {
        return mm + (isRoot() ? " root" : " table " + number);
    }
}
