package racewalk.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import racewalk.explore.Counts;
import racewalk.explore.Finding;
import racewalk.explore.Replay;
import racewalk.specs.Cell;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/**
 * What a run has found out about one cell.
 *
 * @param scenario the scenario
 * @param cell the designs
 * @param verdict the verdict
 * @param why what kept it from being proved: the limit that was met, the marks that were not reached; else null
 * @param exhausted whether every state of the scope was visited
 * @param violations the violations: fewest preemptions first, then fewest steps
 * @param shortest whether their runs are known to be the shortest
 * @param certificate what the verdict rests on
 * @param marks the marks that were reached
 * @param seconds how long it took
 */
record CellResult(
        Scenario scenario,
        Cell cell,
        Verdict verdict,
        String why,
        boolean exhausted,
        List<Violation> violations,
        boolean shortest,
        Certificate certificate,
        List<String> marks,
        double seconds) {

    /**
     * One violated property, with its shortest run as the real code did it.
     *
     * @param preemptions the fewest preemptions of a run of the cell's scenario that violates it
     * @param scenario the scenario of the run, which may be a part of the cell's
     * @param finding the property and the schedule
     * @param replay the run
     */
    record Violation(int preemptions, Scenario scenario, Finding finding, Replay replay) {

        int length() {
            return replay.steps().size();
        }
    }

    /** The order of a result's violations. */
    static final Comparator<Violation> SHORTEST_FIRST = Comparator.comparingInt(Violation::preemptions)
            .thenComparingInt(Violation::length)
            .thenComparing(violation -> violation.finding().property());

    /** Whether a limit has kept something from being known: the result may differ in another run. */
    boolean isLimited() {
        return !exhausted || !shortest;
    }

    /** What the search did. */
    Counts counts() {
        return certificate.counts();
    }

    /** The id of a violation's counterexample. */
    String id(Violation violation) {
        return CounterexampleId.of(
                        violation.scenario(), cell, violation.finding().schedule())
                .toString();
    }

    /** The same with other runs for the same violations. */
    CellResult with(List<Violation> others) {
        return new CellResult(scenario, cell, verdict, why, exhausted, others, shortest, certificate, marks, seconds);
    }

    /** The result as a line of the ledger. */
    Entry entry() {
        Map<String, Integer> violated = new TreeMap<>();
        for (Violation violation : violations) {
            violated.put(violation.finding().property(), violation.preemptions());
        }
        return new Entry(
                scenario.id(),
                cell.ids(),
                verdict,
                exhausted,
                violated,
                counts().states(),
                counts().transitions(),
                counts().executions(),
                counts().depth(),
                certificate.hash());
    }
}
