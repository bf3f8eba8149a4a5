package racewalk.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import racewalk.explore.Measurement;
import racewalk.explore.Measurement.Engine;

/** Spin on {@code specs/promela/device-fault.pml} beside the explorer on {@link DeviceFault}. */
record SpinBench(Stopwatch stopwatch, Path promela, Duration limit) {

    private static final String TITLE = "Spin on the same program";
    private static final List<String> COLUMNS = List.of(
            "program",
            "search",
            "states",
            "transitions",
            "seconds",
            "transitions/s",
            "states/s",
            "times spin",
            "outcome",
            "ended");

    /** Measures the programs, or says that there is no Spin. */
    Section compare(List<DeviceFault> programs) {
        Optional<Spin> spin = Spin.find();
        if (spin.isEmpty()) {
            return new Section(
                    TITLE,
                    COLUMNS,
                    List.of(),
                    List.of("not measured: spin and a C compiler are not both on the PATH (Debian: spin, gcc)"),
                    List.of());
        }
        List<List<Object>> rows = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        programs.forEach(program -> compare(spin.get(), program, rows, differences));
        return new Section(
                TITLE,
                COLUMNS,
                rows,
                List.of(
                        "times spin: how many times faster than the same search by Spin, reduced or not; compiling the"
                                + " verifier does not count",
                        "not reduced, both visit the same states by the same transitions, which is checked"),
                differences);
    }

    private void compare(Spin spin, DeviceFault program, List<List<Object>> rows, List<String> differences) {
        Spin.Result full = spin(spin, program, false);
        Spin.Result reduced = spin(spin, program, true);
        rows.add(row(program, "spin, not reduced", full));
        Measurement naive = explorer(program, Engine.NAIVE, full, rows);
        rows.add(row(program, "spin, partial order", reduced));
        explorer(program, Engine.SLEEP, reduced, rows);
        explorer(program, Engine.PERSISTENT, reduced, rows);
        differences.addAll(differences(program, full, naive));
    }

    /** What differs of two searches that must visit the same states by the same transitions. */
    static List<String> differences(DeviceFault program, Spin.Result spin, Measurement naive) {
        if (!spin.exhausted() || !naive.exploration().isExhaustive()) {
            return List.of();
        }
        List<String> differences = new ArrayList<>();
        long transitions = naive.exploration().counts().transitions();
        if (spin.states() != EngineBench.states(naive)) {
            differences.add("%s: %,d states by spin, %,d by naive"
                    .formatted(program, spin.states(), EngineBench.states(naive)));
        }
        if (spin.transitions() != transitions) {
            differences.add(
                    "%s: %,d transitions by spin, %,d by naive".formatted(program, spin.transitions(), transitions));
        }
        if (spin.errors() == 0 != naive.exploration().findings().isEmpty()) {
            differences.add("%s: %d errors by spin, and naive finds %s"
                    .formatted(
                            program,
                            spin.errors(),
                            naive.exploration().findings().keySet()));
        }
        return differences;
    }

    private Spin.Result spin(Spin spin, DeviceFault program, boolean reduced) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("racewalk-spin");
            List<String> defines = new ArrayList<>(
                    List.of("ROUNDS=" + program.rounds(), "CPUS=" + program.cpus(), "DEVICES=" + program.devices()));
            if (program.follow()) {
                defines.add("FOLLOW");
            }
            Path verifier = spin.verifier(folder, promela.resolve("device-fault.pml"), defines, reduced);
            String what = program + ", spin" + (reduced ? " with partial order" : "");
            return stopwatch.median(what, () -> Spin.verify(verifier), Spin.Result::nanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Measurement explorer(DeviceFault program, Engine engine, Spin.Result spin, List<List<Object>> rows) {
        Measurement it = stopwatch.search(Subject.of(program), engine, 1, limit);
        rows.add(Arrays.asList(
                program.toString(),
                engine.title(),
                EngineBench.states(it),
                it.exploration().counts().transitions(),
                EngineBench.seconds(it),
                EngineBench.transitionsPerSecond(it),
                EngineBench.states(it) / EngineBench.seconds(it),
                it.exploration().isExhaustive() && spin.exhausted() ? (double) spin.nanos() / it.nanos() : null,
                it.exploration().findings().isEmpty() ? "holds" : "violated",
                EngineBench.ended(it.exploration())));
        return it;
    }

    private static List<Object> row(DeviceFault program, String search, Spin.Result it) {
        double seconds = it.nanos() / 1e9;
        return List.of(
                program.toString(),
                search,
                it.states(),
                it.transitions(),
                seconds,
                it.transitions() / seconds,
                it.states() / seconds,
                1.0,
                it.errors() == 0 ? "holds" : "violated",
                it.exhausted() ? "exhausted" : "not exhausted");
    }
}
