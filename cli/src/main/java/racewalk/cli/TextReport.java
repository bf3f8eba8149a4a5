package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import racewalk.explore.Counts;
import racewalk.explore.Diagram;
import racewalk.specs.Cycle;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/** Results as text for people. */
final class TextReport {

    private TextReport() {}

    /** One result in one line. */
    static String line(CellResult result) {
        return "%-8s %s  %s".formatted(result.verdict(), cell(result), summary(result));
    }

    /** The scenario and the designs. */
    static String cell(CellResult result) {
        return result.scenario().name() + "/" + result.cell();
    }

    private static String summary(CellResult result) {
        if (result.verdict() == Verdict.REFUTED) {
            CellResult.Violation first = result.violations().getFirst();
            return first.finding().property() + " by " + run(result, first);
        }
        return result.verdict() == Verdict.PROVED ? "within " + scope(result) : result.why();
    }

    /** How short the run of a violation is, and what of the scenario it does without. */
    private static String run(CellResult result, CellResult.Violation violation) {
        String dropped = dropped(result, violation).stream().collect(Collectors.joining(", "));
        int preemptions = violation.replay().preemptions();
        return many(preemptions, "preemption")
                + (preemptions < violation.preemptions() ? " (" + violation.preemptions() + " in the whole)" : "")
                + " in " + many(violation.length(), "step")
                + (dropped.isEmpty() ? "" : ", without " + dropped);
    }

    /** What was dropped from the scenario for a counterexample. */
    static List<String> dropped(CellResult result, CellResult.Violation violation) {
        SortedSet<Scenario.Drop> dropped =
                new TreeSet<>(violation.scenario().scope().dropped());
        dropped.removeAll(result.scenario().scope().dropped());
        return dropped.stream().map(result.scenario()::describe).toList();
    }

    /** What the verdict is about. */
    static String scope(CellResult result) {
        return scope(result.scenario());
    }

    /** What a verdict about the scenario is about. */
    static String scope(Scenario scenario) {
        Scenario.Tables tables = scenario.tables();
        if (tables != null && tables.contiguous() != 0) {
            return String.join(
                    ", ",
                    many(scenario.cpus(), "CPU"),
                    many(scenario.actors().size() - scenario.cpus(), "device"),
                    many(scenario.operations(), "operation"),
                    tables.entries() + " entries, " + tables.contiguous() + " contiguous");
        }
        if (tables != null) {
            return String.join(
                    ", ",
                    many(scenario.cpus(), "CPU"),
                    many(scenario.operations(), "operation"),
                    many(tables.count(), "table") + " of " + tables.shape().levels() + " levels, "
                            + many(tables.entries(), "entry").replace("entrys", "entries"));
        }
        int devices = scenario.actors().size() - scenario.cpus();
        return String.join(
                ", ",
                many(scenario.cpus(), "CPU"),
                many(devices, "device"),
                many(scenario.operations(), "operation"),
                many(scenario.memory().pages(), "page") + " over "
                        + many(scenario.memory().tables(), "table"));
    }

    /** A number of things. */
    static String many(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** One result in full: the counts, each violation, the shortest run. */
    static String full(CellResult result) {
        StringBuilder text = new StringBuilder();
        text.append(line(result)).append('\n');
        text.append("  scope: ").append(scope(result)).append('\n');
        text.append("  ").append(counts(result.counts(), result.seconds()));
        text.append(result.exhausted() ? ", exhausted\n" : ", not exhausted: " + result.why() + "\n");
        if (result.verdict() == Verdict.PROVED) {
            text.append(certificate(result));
        }
        if (!result.shortest()) {
            text.append("  the runs below are not known to be the shortest\n");
        }
        for (CellResult.Violation violation : result.violations()) {
            text.append("  violated: %s by %s%n    %s%n    racewalk replay '%s'%n"
                    .formatted(
                            violation.finding().property(),
                            run(result, violation),
                            violation.finding().message(),
                            result.id(violation)));
        }
        if (!result.violations().isEmpty()) {
            CellResult.Violation first = result.violations().getFirst();
            text.append('\n').append(counterexample(first));
        }
        return text.toString();
    }

    private static String certificate(CellResult result) {
        Certificate certificate = result.certificate();
        return """
                  certificate: searched by %s%s, %s, salt %d; code and scenario %s, explorer %s, version %s
                    two states had one %d-bit fingerprint with a probability below 2^%d (states² / 2^%d)
                """.formatted(
                        StrategyOption.name(certificate.settings().strategy()),
                        symmetry(result),
                        many(certificate.settings().workers(), "worker"),
                        certificate.settings().salt(),
                        certificate.hash(),
                        certificate.tool(),
                        Certificate.version(),
                        Certificate.FINGERPRINT_BITS,
                        certificate.collisionExponent(),
                        Certificate.FINGERPRINT_BITS + 1);
    }

    /** The renamings that were used. */
    private static String symmetry(CellResult result) {
        List<Cycle> symmetric = result.scenario().symmetric();
        return symmetric.isEmpty() || !result.certificate().usesSymmetry()
                ? ""
                : " and symmetry (" + symmetric.stream().map(Cycle::toString).collect(Collectors.joining("; ")) + ")";
    }

    private static String counts(Counts counts, double seconds) {
        return "%,d states, %,d transitions, %,d complete runs, depth %d, %.2f s"
                .formatted(counts.states(), counts.transitions(), counts.executions(), counts.depth(), seconds);
    }

    /** A violation's run, and what it violates. */
    static String counterexample(CellResult.Violation violation) {
        List<String> actors = new ArrayList<>(violation.scenario().actors().keySet());
        return Diagram.of(violation.replay(), actors) + "violated "
                + violation.finding().property() + ": " + violation.finding().message() + "\n";
    }
}
