package racewalk.walk;

import java.util.List;
import racewalk.machine.Word;

/**
 * A page table with its callers, as one design has them: they come while others are at it. Addresses are counted in
 * pages, and ranges are {@code [start, end)}. An entry holds a value that is not 0, or is invalid.
 */
public interface WalkedTable {

    /** Lets {@code visitor} see the valid entries of a range. */
    void walk(int start, int end, Visitor visitor);

    /**
     * Makes the entry at {@code address} valid, or another: a device's fault.
     *
     * @return false, for {@code -ENOMEM}, if a directory could not be allocated
     */
    boolean populate(int address, long value);

    /**
     * Makes all entries of a range map {@code value}: with entries of the largest orders that fit, where the design has
     * orders.
     *
     * @return false if there was no memory for a directory: then some entries may be as they were
     */
    default boolean populate(int start, int end, long value) {
        for (int address = start; address < end; address++) {
            if (!populate(address, value)) {
                return false;
            }
        }
        return true;
    }

    /** Makes all entries of a range invalid: the invalidation of a range. */
    void clear(int start, int end);

    /**
     * Walks several tables at once, by one address: {@code visitor} sees what any of them has at an address before what
     * one has at the next.
     *
     * @param tables the tables, of this design, and this one among them
     */
    void lockstep(List<WalkedTable> tables, int start, int end, Visitor visitor);

    /** Takes the table apart when nobody uses it any more. */
    void finish();

    /** The pages that directories are made of, for invariants. */
    List<? extends DirectoryPage> pages();

    /** The root's entries, for invariants. */
    List<Word> root();

    /** The words that say which of the pages are free, for invariants. */
    Word free();

    /** The page to which an entry that is not of the last level points, for invariants: null if it is invalid. */
    DirectoryPage pageOf(long entry);

    /** How many levels of directories there are, the root's included. */
    int levels();

    /** A page for a directory, for invariants: all of it is looked at without a step. */
    interface DirectoryPage {
        /** Whether it is free. */
        boolean isFree();

        /** Its reference count. */
        long references();

        /** How many walks protect it. */
        int holders();

        /** Whether it is on somebody's list of directories that are to be freed. */
        boolean isDead();

        /** Whether it is of use when it is linked. */
        default boolean isOfUse() {
            return references() != 0;
        }

        /** How many of its entries are valid. */
        int validEntries();

        /** Its entries. */
        List<Word> entries();

        /** The words of its reference count and its place on a list. */
        List<Word> words();
    }
}
