package racewalk.hmm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import racewalk.machine.HeldCount;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;
import racewalk.walk.WalkedTable;

/**
 * A page that serves as a directory. What {@code struct page} keeps of it stays there when the page is free: its
 * reference count in {@code _mapcount}, which is -1 then, so that {@code atomic_inc_not_zero} <em>succeeds</em>; its
 * lock; its place on a list. Its entries are the page's content, which goes with it.
 */
final class Directory implements WalkedTable.DirectoryPage {

    /** {@code struct page}. */
    static final class Struct {

        private final HeldCount mapcount;
        private final SpinLock ptl;
        private final Word lru;

        Struct(Machine machine, String name) {
            this.mapcount = machine.heldCount(name + "._mapcount", -1);
            this.ptl = machine.spinLock(LockClass.HMM_DIRECTORY, name + ".ptl");
            this.lru = machine.word(name + ".lru", 0);
        }
    }

    private final HmmPt pt;
    private final int number;
    private final Struct page;
    private final Word[] entries;

    /** The directory on page {@code number}; its entries are made here. */
    Directory(HmmPt pt, int number, Struct page, Word[] entries) {
        this.pt = pt;
        this.number = number;
        this.page = page;
        this.entries = entries;
    }

    /** {@code page_to_pfn}. */
    int pfn() {
        return number + 1;
    }

    /** {@code _mapcount}: the walks that protect it, and its valid entries. */
    HeldCount mapcount() {
        return page.mapcount;
    }

    /** {@code ptl}, where locks are split. */
    SpinLock ptl() {
        return page.ptl;
    }

    /** One entry. */
    Word entry(int index) {
        return entries[index];
    }

    /** {@code list_add_tail(&ptd->lru)}. */
    void addToList() {
        page.lru.writeOnce(1);
    }

    /** {@code list_del(&ptd->lru)}. */
    void deleteFromList() {
        page.lru.writeOnce(0);
    }

    @Override
    public boolean isFree() {
        return !pt.isAllocated(this);
    }

    @Override
    public long references() {
        return page.mapcount.peek();
    }

    @Override
    public int holders() {
        return page.mapcount.peekHolders();
    }

    @Override
    public boolean isDead() {
        return page.lru.peek() != 0;
    }

    @Override
    public int validEntries() {
        return (int)
                Stream.of(entries).filter(entry -> HmmPt.isValid(entry.peek())).count();
    }

    @Override
    public List<Word> entries() {
        return List.of(entries);
    }

    @Override
    public List<Word> words() {
        List<Word> words = new ArrayList<>(List.of(page.mapcount.word(), page.lru));
        words.addAll(entries());
        return words;
    }

    @Override
    public String toString() {
        return pt + " page " + number;
    }
}
