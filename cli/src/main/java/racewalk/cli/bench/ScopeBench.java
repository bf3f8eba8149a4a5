package racewalk.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import racewalk.explore.Measurement;
import racewalk.explore.Measurement.Engine;

/** The largest scope that is exhausted within a time. */
record ScopeBench(Stopwatch stopwatch, Duration limit) {

    private static final List<String> COLUMNS =
            List.of("program", "engine", "operations each", "states", "transitions", "seconds", "ended");

    /** Programs that differ in one number only, which grows from 1. */
    record Family(IntFunction<Subject> of, int most) {}

    /** For each engine and family the largest program that is exhausted in the time, and the next, which is not. */
    Section largest(List<Family> families, List<Engine> engines) {
        List<List<Object>> rows = new ArrayList<>();
        for (Family family : families) {
            for (Engine engine : engines) {
                int size = 1;
                Measurement next = once(family, engine, size);
                while (next.exploration().isExhaustive() && size < family.most()) {
                    size++;
                    next = once(family, engine, size);
                }
                int largest = next.exploration().isExhaustive() ? size : size - 1;
                if (largest > 0) {
                    Subject subject = family.of().apply(largest);
                    rows.add(row(subject, engine, largest, stopwatch.search(subject, engine, 1, limit)));
                }
                if (largest < size) {
                    rows.add(row(family.of().apply(size), engine, size, next));
                }
            }
        }
        return new Section(
                "The largest scope exhausted in " + limit.toMillis() / 1000.0 + " s",
                COLUMNS,
                rows,
                List.of("for each engine the largest program that was exhausted, and the next one, which was not"),
                List.of());
    }

    private Measurement once(Family family, Engine engine, int size) {
        return stopwatch.once(family.of().apply(size), engine, 1, limit);
    }

    private static List<Object> row(Subject subject, Engine engine, int size, Measurement it) {
        return List.of(
                subject.name(),
                engine.title(),
                (long) size,
                EngineBench.states(it),
                it.exploration().counts().transitions(),
                EngineBench.seconds(it),
                it.exploration().isExhaustive() ? "exhausted" : "not exhausted");
    }
}
