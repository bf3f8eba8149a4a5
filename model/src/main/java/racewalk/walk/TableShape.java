package racewalk.walk;

/**
 * The shape of a page table, and what there is to build it of.
 *
 * @param levels how many levels of directories it has, the root's included: at least 2
 * @param entries how many entries a directory has: a power of two
 * @param root how many entries the root has: at most {@code entries}
 * @param directories how many pages there are for directories, the root's not included
 * @param mayFail whether the environment may let the allocation of a directory fail, but for those of the boot
 */
public record TableShape(int levels, int entries, int root, int directories, boolean mayFail) {

    /** Checks it. */
    public TableShape {
        if (levels < 2 || Integer.bitCount(entries) != 1 || entries < 2 || root < 1 || root > entries) {
            throw new IllegalArgumentException("no table has the shape " + levels + ", " + entries + ", " + root);
        }
    }

    /** A table of which every directory gets a page. */
    public TableShape(int levels, int entries, int root, int directories) {
        this(levels, entries, root, directories, false);
    }

    /** How many entries all directories of the last level have together. */
    public int span() {
        int span = root;
        for (int level = 1; level < levels; level++) {
            span *= entries;
        }
        return span;
    }
}
