package racewalk.junit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import racewalk.explore.Budget;
import racewalk.explore.Diagram;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Finding;
import racewalk.explore.Progress;
import racewalk.explore.Replay;
import racewalk.explore.Schedule;
import racewalk.explore.Settings;
import racewalk.explore.StaleScheduleException;
import racewalk.explore.Strategy;

/**
 * Computes the verdict about a test's program.
 *
 * @param program the program
 * @param strategy how to search
 * @param budget how far, for each search
 */
record Judge(TestProgram program, Strategy strategy, Budget budget) {

    /** One violated property, with a run on the real code. */
    private record Violation(Finding finding, Replay replay) {

        String line() {
            return finding.property() + " by "
                    + Verdict.counted(replay.preemptions(), "preemption") + " in "
                    + Verdict.counted(replay.steps().size(), "step") + ": " + finding.message();
        }

        /** What to paste to see the run again; nothing if the first state is the violation. */
        String again() {
            Schedule schedule = finding.schedule();
            return schedule.length() == 0 ? "" : "  again: @Explore(replay = \"" + schedule + "\")\n";
        }
    }

    /** The verdict about every interleaving. */
    Verdict explored() {
        long start = System.nanoTime();
        return verdict(Explorer.explore(program, strategy, budget, Progress.NONE), start);
    }

    private Verdict verdict(Exploration exploration, long start) {
        String covered = String.format(
                Locale.ROOT,
                "%s, %,d states, %.1f s",
                program.scope(),
                exploration.counts().states(),
                (System.nanoTime() - start) / 1e9);
        if (!exploration.findings().isEmpty()) {
            return refuted(exploration, covered);
        }
        List<String> missing = new ArrayList<>(program.required());
        missing.removeAll(exploration.marks());
        if (!exploration.isExhaustive()) {
            return new Verdict.Unknown("UNKNOWN: " + exploration.limit() + "; covered without a violation: " + covered);
        }
        if (!missing.isEmpty()) {
            return new Verdict.Unknown(
                    "UNKNOWN: vacuous, no run reached " + String.join(", ", missing) + "; covered: " + covered);
        }
        return new Verdict.Proved("PROVED: " + covered);
    }

    private Verdict refuted(Exploration exploration, String covered) {
        Map<String, Finding> shortest = shortest(exploration);
        List<Violation> violations = new ArrayList<>();
        exploration.findings().forEach((property, first) -> {
            Finding finding = shortest.getOrDefault(property, first);
            violations.add(new Violation(finding, Replay.of(program, finding.schedule())));
        });
        violations.sort(Comparator.comparingInt(
                        (Violation violation) -> violation.replay().preemptions())
                .thenComparingInt(violation -> violation.replay().steps().size())
                .thenComparing(violation -> violation.finding().property()));
        Violation first = violations.removeFirst();
        StringBuilder story = new StringBuilder(drawn(program, first.replay()))
                .append("violated ")
                .append(first.line())
                .append('\n')
                .append(first.again());
        for (Violation other : violations) {
            story.append("violated too: ").append(other.line()).append('\n').append(other.again());
        }
        if (!shortest.keySet().containsAll(exploration.findings().keySet())) {
            story.append("shorter runs may exist: the budget of ")
                    .append(budget.time().toMillis() / 1000.0)
                    .append(" s was too small to know\n");
        }
        return new Verdict.Refuted(
                "REFUTED: " + first.finding().property() + "; covered: " + covered, story.toString());
    }

    /** For each violated property the run with the fewest preemptions and steps, if the budget suffices. */
    private Map<String, Finding> shortest(Exploration exploration) {
        if (strategy == Strategy.PREEMPTION) {
            return exploration.findings();
        }
        return Explorer.shortest(program, exploration.findings().keySet(), Settings.of(strategy), budget, Progress.NONE)
                .findings();
    }

    /**
     * The verdict about one run.
     *
     * @throws ExtensionConfigurationException if the run cannot be made
     */
    static Verdict replayed(TestProgram program, Schedule schedule) {
        Replay replay = replay(program, schedule);
        StringBuilder story = new StringBuilder(drawn(program, replay));
        if (replay.violations().isEmpty()) {
            return new Verdict.Harmless(
                    "this run violates nothing, which proves nothing: explore, without replay", story.toString());
        }
        replay.violations()
                .forEach((property, message) -> story.append("violated ")
                        .append(property)
                        .append(": ")
                        .append(message)
                        .append('\n'));
        return new Verdict.Refuted(
                "REFUTED: " + String.join(", ", replay.violations().keySet()) + "; by the run " + schedule,
                story.toString());
    }

    private static Replay replay(TestProgram program, Schedule schedule) {
        try {
            return Replay.of(program, schedule);
        } catch (StaleScheduleException e) {
            throw new ExtensionConfigurationException(
                    "@Explore(replay = \"" + schedule + "\"): " + e.getMessage()
                            + "; the code has changed since that run was found: explore, without replay",
                    e);
        }
    }

    private static String drawn(TestProgram program, Replay replay) {
        return Diagram.of(replay, program.tasks());
    }
}
