package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.specs.Entry;
import racewalk.specs.Verdict;

/**
 * A cell, and what is wrong with it.
 *
 * @param job the cell
 * @param entry its line: as it was computed, or that of the ledger if it was skipped
 * @param result what was computed; null if the cell was skipped
 * @param complaints how it differs from what is expected; empty if it does not
 */
record Compared(Run.Job job, Entry entry, CellResult result, List<String> complaints) {

    /** A computed result against what the scenario expects and the ledger has among its {@code lines}. */
    static Compared computed(CellResult result, List<Entry> lines) {
        Entry computed = result.entry();
        Run.Job job = new Run.Job(result.scenario(), result.cell());
        List<String> complaints = unexpected(job, computed, result.why());
        complaints.addAll(withLedger(result, lines));
        return new Compared(job, computed, result, complaints);
    }

    /** A cell whose line of the ledger is taken as it is. */
    static Compared skipped(Run.Job job, Entry line) {
        return new Compared(job, line, null, unexpected(job, line, null));
    }

    boolean isSkipped() {
        return result == null;
    }

    boolean isLimited() {
        return result != null && result.isLimited();
    }

    private static List<String> unexpected(Run.Job job, Entry entry, String why) {
        List<String> complaints = new ArrayList<>();
        Verdict expected = job.scenario().expected(job.cell().ids()).orElseThrow();
        if (entry.verdict() != expected) {
            complaints.add("expected " + expected + ", found " + entry.verdict() + (why == null ? "" : ": " + why));
        }
        return complaints;
    }

    /** How a computed result differs from its line in the ledger. */
    static List<String> withLedger(CellResult result, List<Entry> lines) {
        Entry computed = result.entry();
        Optional<Entry> line = lines.stream()
                .filter(entry -> entry.designs().equals(computed.designs()))
                .findFirst();
        if (line.isEmpty()) {
            return List.of("the ledger has no line for it: review it, and accept it by 'racewalk gate --accept'");
        }
        String difference = difference(computed, line.get(), result);
        return difference == null ? List.of() : List.of(difference);
    }

    /**
     * What differs between a computed line and a committed one, null if nothing: of the counts those that every search
     * with these settings has in common with the one that wrote the ledger.
     */
    private static String difference(Entry computed, Entry committed, CellResult result) {
        if (computed.verdict() != committed.verdict()) {
            return "the ledger says " + committed.verdict();
        }
        if (!computed.violated().equals(committed.violated())) {
            return "the ledger has the violations " + committed.violated() + ", not " + computed.violated();
        }
        if (computed.exhausted() != committed.exhausted()) {
            return "the ledger says that " + (committed.exhausted() ? "all" : "not all") + " was visited";
        }
        Settings settings = result.certificate().settings();
        boolean sameSymmetry =
                result.scenario().symmetric().isEmpty() || result.certificate().usesSymmetry();
        boolean sameSearch = settings.strategy() == Strategy.SLEEP && settings.workers() == 1 && sameSymmetry;
        boolean sameStates =
                sameSymmetry && (settings.strategy() == Strategy.SLEEP || settings.strategy() == Strategy.NAIVE);
        if (sameSearch
                ? counts(computed).equals(counts(committed))
                : !sameStates || computed.states() == committed.states()) {
            return null;
        }
        return sameSearch
                ? "the ledger has %d states, %d transitions, %d runs, depth %d, not %d, %d, %d, %d"
                        .formatted(counts(committed, computed))
                : "the ledger has %d states, not %d".formatted(committed.states(), computed.states());
    }

    private static List<Long> counts(Entry entry) {
        return List.of(entry.states(), entry.transitions(), entry.executions(), entry.depth());
    }

    private static Object[] counts(Entry committed, Entry computed) {
        List<Long> both = new ArrayList<>(counts(committed));
        both.addAll(counts(computed));
        return both.toArray();
    }
}
