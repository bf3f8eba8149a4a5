package racewalk.cli;

import java.util.ArrayList;
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
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/**
 * Computes verdicts.
 *
 * @param settings how to search
 * @param budget how far, for each cell
 * @param reduces whether to look for the smallest part of the scenario that violates what the whole does
 */
record Checker(Settings settings, Budget budget, boolean reduces) {

    /** The verdict about one cell. */
    CellResult check(Scenario scenario, Cell cell, Progress progress) {
        long start = System.nanoTime();
        Program.Factory factory = machine -> Rigs.program(machine, scenario, cell);
        Exploration exploration = Explorer.explore(factory, settings, budget, progress);
        Map<String, Finding> shortest = shortest(factory, exploration);
        List<CellResult.Violation> violations = violations(scenario, factory, exploration, shortest);
        String why = whyNotProved(scenario, cell, exploration);
        Verdict verdict = !violations.isEmpty() ? Verdict.REFUTED : why == null ? Verdict.PROVED : Verdict.UNKNOWN;
        CellResult result = new CellResult(
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
        return reduces ? Reduction.of(result, budget.stop()) : result;
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
            Scenario scenario, Program.Factory factory, Exploration exploration, Map<String, Finding> shortest) {
        List<CellResult.Violation> violations = new ArrayList<>();
        exploration.findings().forEach((property, first) -> {
            Finding finding = shortest.getOrDefault(property, first);
            Replay replay = Replay.of(factory, finding.schedule());
            violations.add(new CellResult.Violation(replay.preemptions(), scenario, finding, replay));
        });
        violations.sort(CellResult.SHORTEST_FIRST);
        return violations;
    }
}
