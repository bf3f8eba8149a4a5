package racewalk.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import racewalk.explore.Measurement;
import racewalk.explore.Measurement.Engine;

/** One search shared by more and more workers. */
record ScalingBench(Stopwatch stopwatch, Duration limit) {

    private static final List<String> COLUMNS = List.of(
            "program", "workers", "states", "transitions", "seconds", "transitions/s", "times one worker", "ended");

    /** From one worker to {@code most}; all must visit the same states. */
    Section scale(List<Subject> subjects, int most) {
        List<List<Object>> rows = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        for (Subject subject : subjects) {
            Measurement one = null;
            for (int workers = 1; workers <= most; workers++) {
                Measurement now = stopwatch.search(subject, Engine.SLEEP, workers, limit);
                one = one == null ? now : one;
                rows.add(List.of(
                        subject.name(),
                        (long) workers,
                        EngineBench.states(now),
                        now.exploration().counts().transitions(),
                        EngineBench.seconds(now),
                        EngineBench.transitionsPerSecond(now),
                        (double) one.nanos() / now.nanos(),
                        EngineBench.ended(now.exploration())));
                difference(subject, workers, one, now, differences);
            }
        }
        return new Section("Scaling: sleep sets, one table", COLUMNS, rows, List.of(), differences);
    }

    /** Notes it if {@code workers} have not found what one has. */
    static void difference(Subject subject, int workers, Measurement one, Measurement now, List<String> differences) {
        if (!one.exploration().isExhaustive() || !now.exploration().isExhaustive()) {
            return; // a limit was met: nothing to compare, and the table says so
        }
        if (EngineBench.states(one) != EngineBench.states(now)) {
            differences.add("%s: %,d states by one worker, %,d by %d"
                    .formatted(subject.name(), EngineBench.states(one), EngineBench.states(now), workers));
        }
        if (!one.exploration()
                .findings()
                .keySet()
                .equals(now.exploration().findings().keySet())) {
            differences.add("%s: one worker finds %s, %d find %s"
                    .formatted(
                            subject.name(),
                            one.exploration().findings().keySet(),
                            workers,
                            now.exploration().findings().keySet()));
        }
    }
}
