package racewalk.migrate;

/** A way to move the pages of a range to other frames. */
public interface Migration {

    /**
     * A driver migrates the pages of {@code [start, end)}, which lie in one VMA: it holds the mmap lock for read,
     * gives a new frame for each page, and copies the content.
     */
    void migrate(int start, int end);
}
