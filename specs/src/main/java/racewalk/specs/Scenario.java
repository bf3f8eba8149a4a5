package racewalk.specs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;

/**
 * A scenario: a small closed system and the designs to try it on.
 *
 * @param file where it was read
 * @param id its name
 * @param title what it is about, in one sentence
 * @param tier when it is run
 * @param memory the process's memory
 * @param boot what happens, alone, before the actors start
 * @param actors the operations of each actor, by name
 * @param designs the designs of each kind to cross
 * @param invariants what must hold in every state
 * @param reaches what must be reached, or a proof is vacuous
 * @param expectations what is expected; the first that matches a cell counts
 * @param scope how it was reduced, {@link Scope#FULL} if it was not
 */
public record Scenario(
        Path file,
        String id,
        String title,
        Tier tier,
        Memory memory,
        List<Step> boot,
        Map<String, List<Operation>> actors,
        Map<Kind, List<Design>> designs,
        List<Invariants> invariants,
        List<Reach> reaches,
        List<Expectation> expectations,
        Scope scope) {

    /** When a scenario is run. */
    public enum Tier {
        /** By every {@code racewalk gate}. */
        GATE,
        /** Only by {@code racewalk gate --nightly}. */
        NIGHTLY
    }

    /**
     * The size of the process.
     *
     * @param pages the virtual pages, all mapped private, anonymous and writable at first
     * @param tables over how many leaf tables they are spread
     * @param frames the page frames
     * @param gather how many pages fit into a zap's gather
     */
    public record Memory(int pages, int tables, int frames, int gather) {}

    /** One operation of the boot. */
    public record Step(String actor, Operation operation) {}

    /** Marks that the cells of a pattern must reach. */
    public record Reach(CellPattern cells, List<String> marks) {}

    /** The verdict that the cells of a pattern are expected to have. */
    public record Expectation(CellPattern cells, Verdict verdict) {}

    /**
     * A smaller scope: only the first CPUs, only the first operations of each actor. As text it is added to the
     * scenario's id: {@code dontneed+cpus1+ops1}.
     *
     * @param cpus how many CPUs, or {@link #ALL}
     * @param operations how many operations of each actor, or {@link #ALL}
     */
    public record Scope(int cpus, int operations) {

        /** No limit. */
        public static final int ALL = Integer.MAX_VALUE;

        /** The scenario as it is. */
        public static final Scope FULL = new Scope(ALL, ALL);

        @Override
        public String toString() {
            return (cpus == ALL ? "" : "+cpus" + cpus) + (operations == ALL ? "" : "+ops" + operations);
        }
    }

    /** Copies are kept. */
    public Scenario {
        boot = List.copyOf(boot);
        actors = Collections.unmodifiableMap(new LinkedHashMap<>(actors));
        designs = Map.copyOf(designs);
        invariants = List.copyOf(invariants);
        reaches = List.copyOf(reaches);
        expectations = List.copyOf(expectations);
    }

    /** Whether an actor is a CPU and not a device. */
    public static boolean isCpu(String actor) {
        return actor.startsWith("cpu");
    }

    /** How many actors are CPUs. */
    public int cpus() {
        return (int) actors.keySet().stream().filter(Scenario::isCpu).count();
    }

    /** How many operations the actors have in all. */
    public int operations() {
        return actors.values().stream().mapToInt(List::size).sum();
    }

    /** The id, and how the scenario was reduced. */
    public String name() {
        return id + scope;
    }

    /**
     * The scenario within a smaller scope, of at least one CPU and one operation. What a dropped CPU did at boot cpu0
     * does.
     */
    public Scenario within(Scope smaller) {
        Map<String, List<Operation>> kept = new LinkedHashMap<>();
        int seen = 0;
        for (Map.Entry<String, List<Operation>> actor : actors.entrySet()) {
            if (!isCpu(actor.getKey()) || seen++ < smaller.cpus) {
                List<Operation> all = actor.getValue();
                kept.put(actor.getKey(), all.subList(0, Math.min(smaller.operations, all.size())));
            }
        }
        String first = kept.keySet().iterator().next();
        List<Step> steps = boot.stream()
                .map(step -> kept.containsKey(step.actor) ? step : new Step(first, step.operation))
                .toList();
        return new Scenario(
                file, id, title, tier, memory, steps, kept, designs, invariants, reaches, expectations, smaller);
    }

    /** The scenario before its boot. */
    public Scenario withoutBoot() {
        return new Scenario(
                file, id, title, tier, memory, List.of(), actors, designs, invariants, reaches, expectations, scope);
    }

    /** Every combination of the designs. */
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Design mm : designs.get(Kind.MM)) {
            for (Design notifier : designs.get(Kind.NOTIFIER)) {
                for (Design secondary : secondaries()) {
                    cells.add(new Cell((Design.Mm) mm, (Design.Notifier) notifier, (Design.Secondary) secondary));
                }
            }
        }
        return cells;
    }

    private List<Design> secondaries() {
        List<Design> secondaries = designs.get(Kind.SECONDARY);
        return secondaries == null ? Collections.singletonList(null) : secondaries;
    }

    /** The verdict that is expected of a cell. */
    public Optional<Verdict> expected(Map<Kind, String> ids) {
        return expectations.stream()
                .filter(expectation -> expectation.cells.matches(ids))
                .map(Expectation::verdict)
                .findFirst();
    }

    /** The marks that a cell must reach. */
    public List<String> required(Map<Kind, String> ids) {
        return reaches.stream()
                .filter(reach -> reach.cells.matches(ids))
                .flatMap(reach -> reach.marks.stream())
                .distinct()
                .toList();
    }

    /** The flat memory when the boot is over. */
    public long bootMemory() {
        long flat = 0;
        for (int page = 0; page < memory.pages; page++) {
            flat = FlatMemory.with(flat, page, Protection.READ_WRITE, 0);
        }
        for (Step step : boot) {
            flat = FlatMemory.effect(step.operation, flat).memory();
        }
        return flat;
    }
}
