package racewalk.walk;

import java.util.List;

/**
 * The shape of a page table, and what there is to build it of.
 *
 * <p>A <em>folded</em> level has no tables: an entry of the level above is its only entry, so two levels share a word
 * ({@code include/asm-generic/pgtable-nop4d.h}). Levels have the numbers of their entries, from 0 for a PTE; neither
 * that of the PTEs nor the root's can be folded.
 *
 * @param levels how many levels there are, the root's and those that are folded included
 * @param entries how many entries a directory has: a power of two
 * @param root how many entries the root has: at most {@code entries}
 * @param directories how many pages there are for directories, the root's not included
 * @param mayFail whether the environment may let the allocation of a directory fail, but for those of the boot
 * @param folded the levels that are folded, in ascending order; two at least are not
 */
public record TableShape(int levels, int entries, int root, int directories, boolean mayFail, List<Integer> folded) {

    /** Checks it. */
    public TableShape {
        folded = folded.stream().distinct().sorted().toList();
        for (int level : folded) {
            if (level < 1 || level > levels - 2) {
                throw new IllegalArgumentException("level " + level + " of " + levels + " cannot be folded");
            }
        }
        if (levels < 2 || Integer.bitCount(entries) != 1 || entries < 2 || root < 1 || root > entries) {
            throw new IllegalArgumentException("no table has the shape " + levels + ", " + entries + ", " + root);
        }
    }

    /** A shape without folded levels, of which every directory gets a page. */
    public TableShape(int levels, int entries, int root, int directories) {
        this(levels, entries, root, directories, false, List.of());
    }

    /** How many levels have tables, the root's included: at least 2. */
    public int depth() {
        return levels - folded.size();
    }

    /** How many entries all directories of the last level have together. */
    public int span() {
        int span = root;
        for (int level = 1; level < depth(); level++) {
            span *= entries;
        }
        return span;
    }
}
