package racewalk.walk;

/** Gets to see the valid entries that a walk meets. Its text tells what it has seen, for {@code localsAre}. */
@FunctionalInterface
public interface Visitor {

    /** Whoever sees nothing. */
    Visitor NONE = new Visitor() {
        @Override
        public void sees(int table, int address, long value) {}

        @Override
        public String toString() {
            return "";
        }
    };

    /**
     * A valid entry.
     *
     * @param table the number of the table, where several are walked
     * @param address its address, in pages
     * @param value its value, not 0
     */
    void sees(int table, int address, long value);
}
