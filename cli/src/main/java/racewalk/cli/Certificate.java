package racewalk.cli;

import racewalk.explore.Counts;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;

/**
 * What a verdict rests on: how much was visited, how surely each state was told from the others, what was left out as
 * redundant, and of which code and scenario all this is true.
 *
 * @param counts what was visited
 * @param settings how it was searched
 * @param hash of all that the cell uses, by {@link CellHash}
 * @param tool the hash of what searched
 */
record Certificate(Counts counts, Settings settings, String hash, String tool) {

    /** The width of a state's fingerprint. */
    static final int FINGERPRINT_BITS = 128;

    /** The version of this build. */
    static String version() {
        String version = Certificate.class.getPackage().getImplementationVersion();
        return version == null ? "from class files" : version;
    }

    /** Whether states were left out that are another's under a renaming, where the scenario declares any. */
    boolean usesSymmetry() {
        return settings.strategy() == Strategy.SLEEP && settings.symmetry();
    }

    /** Whether states are told apart by fingerprints at all: a search without a table knows no states. */
    boolean hasFingerprints() {
        return settings.strategy() != Strategy.RANDOM && settings.strategy() != Strategy.SOURCE_DPOR;
    }

    /**
     * A bound on the probability that two of the states had the same fingerprint, so that one was not visited, as the
     * exponent of a power of two: the birthday bound states² / 2<sup>129</sup>, rounded up. It holds for fingerprints
     * that are as good as random ones.
     */
    int collisionExponent() {
        double log = 2 * Math.log(Math.max(1, counts.states())) / Math.log(2);
        return (int) Math.ceil(log - (FINGERPRINT_BITS + 1));
    }
}
