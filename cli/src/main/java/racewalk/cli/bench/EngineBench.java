package racewalk.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import racewalk.explore.Counts;
import racewalk.explore.Exploration;
import racewalk.explore.Measurement;
import racewalk.explore.Measurement.Engine;

/** The engines on the same programs. */
record EngineBench(Stopwatch stopwatch, Duration limit) {

    private static final List<String> COLUMNS = List.of(
            "program",
            "engine",
            "states",
            "transitions",
            "runs",
            "seconds",
            "transitions/s",
            "states/s",
            "bytes/state",
            "states saved",
            "transitions saved",
            "ended");

    /** Measures all of {@code engines}; what they save is a factor of what the first of them takes. */
    Section compare(String title, List<Subject> subjects, List<Engine> engines) {
        List<List<Object>> rows = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        for (Subject subject : subjects) {
            Map<Engine, Measurement> measured = new EnumMap<>(Engine.class);
            engines.forEach(engine -> measured.put(engine, stopwatch.search(subject, engine, 1, limit)));
            measured.forEach((engine, it) -> rows.add(row(subject, engine, it, measured.get(engines.getFirst()))));
            differences.addAll(differences(subject, measured));
        }
        return new Section(
                title,
                COLUMNS,
                rows,
                List.of("saved: the factor in what '" + engines.getFirst().title()
                        + "' takes, where both were exhausted"),
                differences);
    }

    private static List<Object> row(Subject subject, Engine engine, Measurement it, Measurement first) {
        Counts counts = it.exploration().counts();
        Counts most = first.exploration().counts();
        boolean both = it.exploration().isExhaustive() && first.exploration().isExhaustive();
        return Arrays.asList(
                subject.name(),
                engine.title(),
                counts.states(),
                counts.transitions(),
                counts.executions(),
                seconds(it),
                transitionsPerSecond(it),
                counts.states() / seconds(it),
                it.tableBytes() == 0 ? null : (double) it.tableBytes() / counts.states(),
                both ? (double) most.states() / counts.states() : null,
                both ? (double) most.transitions() / counts.transitions() : null,
                ended(it.exploration()));
    }

    /** What must be the same whatever the engine: the verdict, and for those that keep every state their number. */
    private static List<String> differences(Subject subject, Map<Engine, Measurement> measured) {
        List<String> differences = new ArrayList<>();
        List<Measurement> exhausted = measured.values().stream()
                .filter(one -> one.exploration().isExhaustive())
                .toList();
        if (exhausted.stream()
                        .map(one -> one.exploration().findings().isEmpty())
                        .distinct()
                        .count()
                > 1) {
            differences.add(subject.name() + ": the engines do not agree whether anything is violated");
        }
        Measurement naive = measured.get(Engine.NAIVE);
        Measurement sleep = measured.get(Engine.SLEEP);
        if (naive != null
                && sleep != null
                && naive.exploration().isExhaustive()
                && sleep.exploration().isExhaustive()
                && states(naive) != states(sleep)) {
            differences.add(
                    "%s: %,d states by naive, %,d by sleep".formatted(subject.name(), states(naive), states(sleep)));
        }
        return differences;
    }

    static long states(Measurement one) {
        return one.exploration().counts().states();
    }

    static double seconds(Measurement one) {
        return one.nanos() / 1e9;
    }

    static double transitionsPerSecond(Measurement one) {
        return one.exploration().counts().transitions() / seconds(one);
    }

    static String ended(Exploration exploration) {
        return exploration.isExhaustive() ? "exhausted" : exploration.limit();
    }
}
