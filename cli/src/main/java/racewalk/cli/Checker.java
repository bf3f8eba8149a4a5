package racewalk.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Finding;
import racewalk.explore.Progress;
import racewalk.explore.Replay;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/**
 * Computes verdicts.
 *
 * @param settings how to search
 * @param budget how far, for each cell
 */
record Checker(Settings settings, Budget budget) {

    /** The verdict about one cell. */
    CellResult check(Scenario scenario, Cell cell, Progress progress) {
        long start = System.nanoTime();
        Program.Factory factory = machine -> new Rig(machine, scenario, cell).program();
        Exploration exploration = Explorer.explore(factory, settings, budget, progress);
        Map<String, Finding> shortest = shortest(factory, exploration);
        List<CellResult.Violation> violations = violations(factory, exploration, shortest);
        String why = whyNotProved(scenario, cell, exploration);
        Verdict verdict = !violations.isEmpty() ? Verdict.REFUTED : why == null ? Verdict.PROVED : Verdict.UNKNOWN;
        return new CellResult(
                scenario,
                cell,
                verdict,
                why,
                exploration.isExhaustive(),
                violations,
                shortest.keySet().containsAll(exploration.findings().keySet()),
                new Certificate(
                        exploration.counts(), settings, CellHash.CURRENT.of(scenario, cell), CellHash.CURRENT.tool()),
                exploration.marks(),
                (System.nanoTime() - start) / 1e9);
    }

    private static String whyNotProved(Scenario scenario, Cell cell, Exploration exploration) {
        if (!exploration.isExhaustive()) {
            return exploration.limit();
        }
        List<String> missing = new ArrayList<>(scenario.required(cell.ids()));
        missing.removeAll(exploration.marks());
        return missing.isEmpty() ? null : "vacuous: no run reached " + String.join(", ", missing);
    }

    /** For each violated property the run with the fewest preemptions and steps, if the budget suffices. */
    private Map<String, Finding> shortest(Program.Factory factory, Exploration exploration) {
        Set<String> properties = exploration.findings().keySet();
        if (properties.isEmpty() || settings.strategy() == Strategy.PREEMPTION) {
            return exploration.findings();
        }
        return Explorer.shortest(factory, properties, settings, budget, Progress.NONE)
                .findings();
    }

    /** Each violated property with its run on the real code, the shortest that is known. */
    private static List<CellResult.Violation> violations(
            Program.Factory factory, Exploration exploration, Map<String, Finding> shortest) {
        List<CellResult.Violation> violations = new ArrayList<>();
        exploration.findings().forEach((property, first) -> {
            Finding finding = shortest.getOrDefault(property, first);
            violations.add(new CellResult.Violation(finding, Replay.of(factory, finding.schedule())));
        });
        violations.sort(Comparator.comparingInt(
                        (CellResult.Violation violation) -> violation.replay().preemptions())
                .thenComparingInt(CellResult.Violation::length)
                .thenComparing(violation -> violation.finding().property()));
        return violations;
    }
}
