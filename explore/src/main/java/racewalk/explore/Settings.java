package racewalk.explore;

/**
 * How to search.
 *
 * @param strategy the engine
 * @param workers how many threads share one search, where the strategy can: {@link Strategy#NAIVE} and {@link
 *     Strategy#SLEEP}
 * @param memory how many bytes the table of visited states may take
 * @param salt chooses the hash functions of the fingerprints: a second search with another salt has other collisions
 * @param symmetry whether {@link Strategy#SLEEP} leaves out states that are another's under a renaming that the program
 *     declares; the other strategies never do
 * @param checkpoints where the search keeps what it has done, if the strategy is one that workers can share; or null
 */
public record Settings(
        Strategy strategy, int workers, long memory, long salt, boolean symmetry, Checkpoints checkpoints) {

    /** Checks the numbers. */
    public Settings {
        if (workers < 1 || memory < 1) {
            throw new IllegalArgumentException("a search has at least one worker and one byte");
        }
    }

    /** One worker and three quarters of the memory that there is. */
    public static Settings of(Strategy strategy) {
        return new Settings(strategy, 1, Runtime.getRuntime().maxMemory() / 4 * 3, 0, true, null);
    }

    /** The same with as many workers. */
    public Settings withWorkers(int number) {
        return new Settings(strategy, number, memory, salt, symmetry, checkpoints);
    }

    /** The same with as much memory, in bytes. */
    public Settings withMemory(long bytes) {
        return new Settings(strategy, workers, bytes, salt, symmetry, checkpoints);
    }

    /** The same with other hash functions. */
    public Settings withSalt(long other) {
        return new Settings(strategy, workers, memory, other, symmetry, checkpoints);
    }

    /** The same, with the program's symmetries used or not. */
    public Settings withSymmetry(boolean used) {
        return new Settings(strategy, workers, memory, salt, used, checkpoints);
    }

    /** The same, keeping what it has done. */
    public Settings with(Checkpoints kept) {
        return new Settings(strategy, workers, memory, salt, symmetry, kept);
    }
}
