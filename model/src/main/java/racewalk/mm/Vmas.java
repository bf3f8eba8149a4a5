package racewalk.mm;

import java.util.List;
import racewalk.machine.Machine;
import racewalk.machine.RwSemaphore;
import racewalk.machine.Word;

/**
 * The VMAs of an address space: private and anonymous. The tree is one word, two bits of {@link Protection} for each
 * page, because whoever reads it holds the mmap lock and sees it whole; adjacent pages of equal protection are one VMA.
 *
 * <p>Of more pages than the word has room for, which only a measurement has, as many as need be share two bits; then
 * they can be set and found, and a walk over several VMAs is refused.
 */
public final class Vmas {

    /** How many pages the word has room for. */
    public static final int MAX_PAGES = 31;

    /** The name of the word, in the first process. */
    public static final String NAME = "vmas";

    private final RwSemaphore mmapLock;
    private final Word tree;
    /** How many pages share two bits of the tree. */
    private final int share;

    Vmas(Machine machine, String prefix, RwSemaphore mmapLock, int pages) {
        this.mmapLock = mmapLock;
        this.share = (pages + MAX_PAGES - 1) / MAX_PAGES;
        this.tree = machine.word(prefix + NAME, 0, value -> show(value, (pages + share - 1) / share));
    }

    /** {@code find_vma} and its flags: what {@code address} allows. The mmap lock must be held. */
    public Protection find(int address) {
        int place = address / share;
        return at(readPlaces(place, place + 1), place);
    }

    /** Whether VMAs cover {@code [start, end)}. The mmap lock must be held. */
    public boolean cover(int start, int end) {
        long vmas = read(start, end);
        for (int address = start; address < end; address++) {
            if (at(vmas, address) == Protection.UNMAPPED) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@code vma->vm_flags} and {@code vma->vm_page_prot} of a VMA that was come to by the rmap, without the mmap
     * lock. Of one that {@code munmap} has detached already it is said that nothing is mapped there; Linux still finds
     * its flags, until it is unlinked from the rmap [R].
     */
    public Protection findByRmap(int address) {
        return at(tree.readOnce(3L << 2 * (address / share)), address / share);
    }

    /** The tree's part for {@code [start, end)}, for a function that walks several VMAs. The mmap lock must be held. */
    long read(int start, int end) {
        if (share > 1) {
            throw new IllegalStateException("at most " + MAX_PAGES + " pages can be walked");
        }
        return readPlaces(start, end);
    }

    private long readPlaces(int start, int end) {
        mmapLock.assertHeld();
        return tree.readOnce(((1L << (2 * end)) - 1) & -(1L << (2 * start)));
    }

    /**
     * Splits and merges VMAs so that {@code [start, end)} has {@code protection}. The mmap lock must be held for write.
     */
    public void set(int start, int end, Protection protection) {
        mmapLock.assertHeldForWrite();
        long next = tree.readOnce();
        for (int place = start / share; place * share < end; place++) {
            next = next & ~(3L << (2 * place)) | ((long) protection.ordinal() << (2 * place));
        }
        tree.writeOnce(next);
    }

    /** What {@code address} allows, in a tree that was read. */
    static Protection at(long tree, int address) {
        return Protection.values()[(int) (tree >>> (2 * address)) & 3];
    }

    /**
     * {@code vma->vm_end} of the VMA or hole that holds {@code address}, but not beyond {@code end}, in a tree that was
     * read.
     */
    static int vmaEnd(long tree, int address, int end) {
        int next = address + 1;
        while (next < end && at(tree, next) == at(tree, address)) {
            next++;
        }
        return next;
    }

    /** Whether {@code [start, end)} holds no VMA, in a tree that was read. */
    static boolean isHole(long tree, int start, int end) {
        for (int address = start; address < end; address++) {
            if (at(tree, address) != Protection.UNMAPPED) {
                return false;
            }
        }
        return true;
    }

    /** The tree when pages are renamed: page {@code p} to {@code pages.get(p)}. */
    public static long renamed(long tree, List<Integer> pages) {
        long renamed = tree;
        for (int address = 0; address < pages.size(); address++) {
            int to = 2 * pages.get(address);
            renamed = renamed & ~(3L << to) | (tree >>> (2 * address) & 3) << to;
        }
        return renamed;
    }

    private static String show(long tree, int pages) {
        StringBuilder text = new StringBuilder();
        for (int address = 0; address < pages; address++) {
            text.append(
                    switch (at(tree, address)) {
                        case UNMAPPED -> "[]";
                        case NONE -> "[--]";
                        case READ -> "[r-]";
                        case READ_WRITE -> "[rw]";
                    });
        }
        return text.toString();
    }
}
