package racewalk.cli.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import racewalk.explore.Measurement.Engine;
import racewalk.specs.Scenario;

/** The whole benchmark. */
public final class Bench {

    /** Large enough for ten million transitions, or small enough for a test. */
    public enum Size {
        /** Minutes: the figures mean something. */
        FULL,
        /** Seconds: whether it works. */
        QUICK
    }

    /** What can be measured by itself. */
    public enum Part {
        /** The engines, with a table and without. */
        ENGINES,
        /** One search by several workers. */
        SCALING,
        /** The largest scope exhausted in some seconds. */
        SCOPE,
        /** Beside Lincheck. */
        LINCHECK,
        /** Beside Spin. */
        SPIN,
        /** What notifiers cost: counts. */
        NOTIFIERS,
        /** What migrations cost: counts. */
        MIGRATIONS,
        /** What walks of a page table cost: counts. */
        TABLES,
        /** What a walk of the page tables of a process costs: no search, and no time. */
        WALKS,
        /** What a change of contiguous entries costs: counts. */
        BLOCKS,
        /** What several mirrors of a process cost: counts. */
        MIRRORS
    }

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration LIMIT_WITHOUT_TABLE = Duration.ofSeconds(10);

    private static final Duration SCOPE_LIMIT = Duration.ofSeconds(5);

    private final Path root;
    private final Function<String, Scenario> scenarios;
    private final boolean quick;
    private final Stopwatch stopwatch;
    private final double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();

    /**
     * Measures nothing yet.
     *
     * @param root the folder of the checkout
     * @param scenarios the committed scenarios by id
     * @param progress where to say what is being measured
     * @param stop whether to stop
     */
    public Bench(
            Path root, Function<String, Scenario> scenarios, Size size, PrintStream progress, BooleanSupplier stop) {
        this.root = root;
        this.scenarios = scenarios;
        this.quick = size == Size.QUICK;
        this.stopwatch = new Stopwatch(progress, stop);
    }

    /** Measures those parts; what an interrupt leaves out is missing. */
    public Report run(Set<Part> parts) {
        Targets targets = new Targets();
        List<Section> sections = new ArrayList<>();
        try {
            for (Part part : parts) {
                switch (part) {
                    case ENGINES -> {
                        sections.add(targets.withTable(withTable()));
                        sections.add(targets.withoutTable(withoutTable()));
                    }
                    case SCALING -> sections.add(targets.scaling(scaling()));
                    case SCOPE -> sections.add(targets.scope(scope()));
                    case LINCHECK -> sections.add(lincheck());
                    case SPIN -> sections.add(spin());
                    case NOTIFIERS -> sections.add(new NotifierBench().count());
                    case MIGRATIONS -> sections.add(new MigrationBench().count());
                    case TABLES -> sections.add(new TableBench().iterators());
                    case WALKS -> sections.add(new TableBench().walkers());
                    case BLOCKS -> sections.add(new BlockBench().count());
                    case MIRRORS -> sections.add(new MirrorBench().count());
                }
            }
        } catch (Stopwatch.Stopped e) {
            // What has been measured is worth its report.
        }
        if (!targets.section().rows().isEmpty()) {
            sections.add(targets.section());
        }
        return new Report(sections, load);
    }

    /** A cell that is proved by more than ten million transitions, or a small one. */
    private Subject cell() {
        return quick
                ? Subject.of(scenarios.apply("dontneed").within(new Scenario.Scope(1, 1)), "piggin/gru-lockless-rule")
                : Subject.of(scenarios.apply("nightly-dontneed"), "piggin/gru-lockless-rule");
    }

    private Section withTable() {
        return new EngineBench(stopwatch, LIMIT)
                .compare(
                        "With a table of visited states",
                        List.of(
                                cell(),
                                Subject.of(new Counters(4, quick ? 8 : 56, 1, 0)),
                                Subject.of(new Counters(4, quick ? 3 : 14, 2, 1))),
                        List.of(Engine.NAIVE, Engine.SLEEP, Engine.PERSISTENT));
    }

    private Section withoutTable() {
        Subject cell =
                Subject.of(scenarios.apply("dontneed").within(new Scenario.Scope(1, 1)), "piggin/gru-lockless-rule");
        return new EngineBench(stopwatch, quick ? Duration.ofMillis(500) : LIMIT_WITHOUT_TABLE)
                .compare(
                        "Without a table: each run to its end",
                        List.of(
                                cell,
                                Subject.of(new Counters(3, quick ? 3 : 6, 1, 1)),
                                Subject.of(new Counters(3, quick ? 3 : 6, 0, 1))),
                        List.of(Engine.NAIVE_WITHOUT_TABLE, Engine.SLEEP_WITHOUT_TABLE, Engine.SOURCE_DPOR));
    }

    private Section scaling() {
        return new ScalingBench(stopwatch, LIMIT)
                .scale(
                        List.of(cell(), Subject.of(new Counters(4, quick ? 8 : 56, 1, 0))),
                        Runtime.getRuntime().availableProcessors());
    }

    private Section scope() {
        Scenario nightly = scenarios.apply("nightly-dontneed");
        List<ScopeBench.Family> families = new ArrayList<>();
        for (int tasks = 2; tasks <= 4; tasks++) {
            int number = tasks;
            families.add(new ScopeBench.Family(size -> Subject.of(new PageOperations(number, size)), quick ? 1 : 16));
        }
        families.add(new ScopeBench.Family(
                size -> Subject.of(nightly.within(new Scenario.Scope(2, size)), "arcangeli/gru-ptlock"),
                quick ? 1 : 2));
        return new ScopeBench(stopwatch, SCOPE_LIMIT).largest(families, List.of(Engine.SLEEP, Engine.PERSISTENT));
    }

    private Section lincheck() {
        Duration limit = quick ? Duration.ofMillis(200) : LIMIT_WITHOUT_TABLE;
        return new LincheckBench(stopwatch, root.resolve("lincheck"), scenarios.apply("dontneed"), limit)
                .compare(quick ? 15 : 1_000, quick ? 1 : Stopwatch.RUNS + 1);
    }

    private Section spin() {
        DeviceFault holds = quick ? new DeviceFault(1, 1, 1, false) : new DeviceFault(3, 2, 2, false);
        DeviceFault violated = quick ? new DeviceFault(1, 1, 1, true) : new DeviceFault(2, 2, 2, true);
        return new SpinBench(stopwatch, root.resolve("specs/promela"), LIMIT).compare(List.of(holds, violated));
    }
}
