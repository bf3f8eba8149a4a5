package racewalk.cli.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Measurement;
import racewalk.explore.Measurement.Engine;
import racewalk.explore.Progress;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.specs.Scenario;

/** Lincheck's model checking beside the explorer, on the same model in the same scenario. */
record LincheckBench(Stopwatch stopwatch, Path module, Scenario dontneed, Duration limit) {

    private static final String TITLE = "Lincheck's model checking on the same model";
    private static final List<String> COLUMNS = List.of(
            "cell", "search", "runs", "seconds", "runs/s", "times lincheck", "outcome", "seconds to fault", "ended");

    /** A refuted cell and its repair. */
    private static final List<String> CELLS =
            List.of("linux-2.6.24/lameter/gru-lockless-rule", "linux-2.6.24/lameter/gru-lockless-rule-active");

    /** What the refuted cell violates first. */
    private static final String FAULT = "NoTranslationOutlivesItsPage";

    /**
     * Lincheck takes up to {@code budget} interleavings for each cell, as it never comes to an end of them; of {@code
     * searches} the first is the warm-up, unless it is the only one.
     */
    Section compare(int budget, int searches) {
        Lincheck lincheck = new Lincheck(module);
        if (!lincheck.isBuilt()) {
            String how = "not measured: the module lincheck is not built; '" + Lincheck.BUILD + "' does it";
            return new Section(TITLE, COLUMNS, List.of(), List.of(how), List.of());
        }
        stopwatch.progress().println("bench: lincheck, " + budget + " interleavings of each cell");
        Map<String, List<Lincheck.Result>> byCell = lincheck.search(dontneed.file(), CELLS, budget, searches).stream()
                .collect(Collectors.groupingBy(Lincheck.Result::cell, LinkedHashMap::new, Collectors.toList()));
        List<List<Object>> rows = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        byCell.forEach((cell, results) -> compare(cell, median(results), budget, rows, differences));
        return new Section(
                TITLE,
                COLUMNS,
                rows,
                List.of(
                        "runs: complete interleavings; a search with a table ends most where it has been before",
                        "lincheck builds the model for each run; both look at the invariants in every state",
                        "lincheck is exhausted if it ran fewer than its budget of " + budget
                                + (searches == 1 ? "; it ran once, without a warm-up" : "")),
                differences);
    }

    private static Lincheck.Result median(List<Lincheck.Result> results) {
        List<Lincheck.Result> counting = results.size() == 1 ? results : results.subList(1, results.size());
        List<Lincheck.Result> sorted = counting.stream()
                .sorted(Comparator.comparingLong(Lincheck.Result::nanos))
                .toList();
        return sorted.get(sorted.size() / 2);
    }

    private void compare(
            String cell, Lincheck.Result lincheck, int budget, List<List<Object>> rows, List<String> differences) {
        double seconds = lincheck.nanos() / 1e9;
        rows.add(Arrays.asList(
                cell,
                "lincheck",
                lincheck.runs(),
                seconds,
                lincheck.runs() / seconds,
                1.0,
                lincheck.violated() ? "violated" : "nothing found",
                lincheck.violated() ? seconds : null,
                lincheck.violated() ? "at the first fault" : lincheck.exhausted() ? "exhausted" : "budget"));
        String[] name = cell.split("/", 3); // scenario, memory management, notifier and secondary
        Subject subject = Subject.of(dontneed.within(new Scenario.Scope(1, 1)), name[2]);
        for (Engine engine : List.of(Engine.NAIVE_WITHOUT_TABLE, Engine.SLEEP_WITHOUT_TABLE, Engine.SOURCE_DPOR)) {
            Measurement it = stopwatch.search(subject, engine, 1, limit);
            rows.add(row(subject, engine.title(), it, lincheck, null));
        }
        Measurement table = stopwatch.search(subject, Engine.SLEEP, 1, limit);
        boolean violated = !table.exploration().findings().isEmpty();
        rows.add(row(subject, Engine.SLEEP.title(), table, null, null));
        if (violated) {
            Measurement shortest = stopwatch.median(
                    subject.name() + ", fewest preemptions first", () -> shortest(subject), Measurement::nanos);
            rows.add(row(subject, "fewest preemptions first", shortest, null, EngineBench.seconds(shortest)));
        } else if (lincheck.violated()) {
            differences.add(cell + ": lincheck finds a violation, and sleep none");
        }
    }

    /** The search for the shortest run that violates the fault, the check of it on the real code included. */
    private Measurement shortest(Subject subject) {
        long start = System.nanoTime();
        Exploration exploration = Explorer.shortest(
                subject.factory(), Set.of(FAULT), Settings.of(Strategy.PREEMPTION), Budget.of(limit), Progress.NONE);
        return new Measurement(exploration, System.nanoTime() - start, 0);
    }

    private static List<Object> row(
            Subject subject, String search, Measurement it, Lincheck.Result lincheck, Double toFault) {
        Exploration exploration = it.exploration();
        double seconds = EngineBench.seconds(it);
        boolean complete = lincheck != null; // the runs of a search with a table are not all complete
        double perSecond = exploration.counts().executions() / seconds;
        return Arrays.asList(
                subject.name(),
                search,
                complete ? exploration.counts().executions() : null,
                seconds,
                complete ? perSecond : null,
                complete ? perSecond / (lincheck.runs() / (lincheck.nanos() / 1e9)) : null,
                exploration.findings().isEmpty() ? "nothing found" : "violated",
                toFault,
                toFault != null && exploration.isExhaustive()
                        ? "at the shortest fault"
                        : EngineBench.ended(exploration));
    }
}
