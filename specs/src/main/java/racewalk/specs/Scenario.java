package racewalk.specs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Design.Kind;
import racewalk.walk.TableShape;

/**
 * A scenario: a small closed system and the designs to try it on.
 *
 * @param file where it was read
 * @param id its name
 * @param title what it is about, in one sentence
 * @param tier when it is run; of some cells an expectation may say that they are run only nightly
 * @param memory the memory of each process
 * @param processes the processes and who is of which
 * @param boot what happens, alone, before the actors start
 * @param actors the operations of each actor, by name
 * @param symmetric renamings under which it is the same; of a smaller scope none
 * @param cells the designs to run it on
 * @param invariants what must hold in every state
 * @param reaches what must be reached, or a proof is vacuous
 * @param expectations what is expected; the first that matches a cell counts
 * @param scope how it was reduced, {@link Scope#FULL} if it was not
 * @param migrates whether pages migrate, are pinned, or become a device's alone: then they have the rmap and the LRU
 *     list of 2016
 * @param tables the walked tables, of a scenario that has these instead of a memory; else null
 * @param results for some actors, what each of their operations may give, as people read it; {@code any} for anything
 */
public record Scenario(
        Path file,
        String id,
        String title,
        Tier tier,
        Memory memory,
        Processes processes,
        List<Step> boot,
        Map<String, List<Operation>> actors,
        List<Cycle> symmetric,
        List<Cell> cells,
        List<Invariants> invariants,
        List<Reach> reaches,
        List<Expectation> expectations,
        Scope scope,
        boolean migrates,
        Tables tables,
        Map<String, List<List<String>>> results) {

    /** When a scenario is run. */
    public enum Tier {
        /** By every {@code racewalk gate}. */
        GATE,
        /** Only by {@code racewalk gate --nightly}. */
        NIGHTLY
    }

    /**
     * The size of a process, and the memory that all share.
     *
     * @param pages the virtual pages, in the first process all mapped private, anonymous and writable at first
     * @param tables over how many leaf tables they are spread
     * @param frames the page frames
     * @param gather how many pages fit into a zap's gather
     * @param allocations whether an allocation may fail
     * @param deviceFrames the page frames of each device in its own memory
     * @param filePages how many of the first pages are not anonymous, but a shared mapping of a file
     */
    public record Memory(
            int pages, int tables, int frames, int gather, Allocations allocations, int deviceFrames, int filePages) {

        /** A memory in which no file is mapped. */
        public Memory(int pages, int tables, int frames, int gather, Allocations allocations, int deviceFrames) {
            this(pages, tables, frames, gather, allocations, deviceFrames, 0);
        }

        /** Whether its pages know their rmap, whatever the operations are. */
        boolean hasRmap() {
            return deviceFrames > 0 || filePages > 0;
        }

        /** A memory beside which no device has its own. */
        public Memory(int pages, int tables, int frames, int gather, Allocations allocations) {
            this(pages, tables, frames, gather, allocations, 0);
        }

        /** A memory of which every allocation gets some. */
        public Memory(int pages, int tables, int frames, int gather) {
            this(pages, tables, frames, gather, Allocations.SUCCEED);
        }
    }

    /**
     * Walked tables, all of one shape. Their entries are counted through, first those of the first one.
     *
     * @param shape the shape
     * @param count how many
     * @param contiguous how many entries of a leaf table may be contiguous; 0 if that is not modelled
     */
    public record Tables(TableShape shape, int count, int contiguous) {

        /** Tables each of whose entries is by itself. */
        public Tables(TableShape shape, int count) {
            this(shape, count, 0);
        }

        /** How many entries there are in all. */
        public int entries() {
            return count * shape.span();
        }
    }

    /** One operation of the boot. */
    public record Step(String actor, Operation operation) {}

    /** Marks that the cells of a pattern must reach. */
    public record Reach(CellPattern cells, List<String> marks) {}

    /** The verdict that the cells of a pattern are expected to have, and when they are run. */
    public record Expectation(CellPattern cells, Verdict verdict, Tier tier) {}

    /**
     * Something of the scenario that is left out.
     *
     * @param actor an actor
     * @param operation the number of one of its operations, from 1, or {@link #ACTOR} for the actor with all of them
     */
    public record Drop(String actor, int operation) implements Comparable<Drop> {

        /** The actor itself. */
        public static final int ACTOR = 0;

        @Override
        public int compareTo(Drop other) {
            int order = actor.compareTo(other.actor);
            return order != 0 ? order : Integer.compare(operation, other.operation);
        }

        @Override
        public String toString() {
            return operation == ACTOR ? actor : actor + "." + operation;
        }
    }

    /**
     * A smaller scope: only the first CPUs, only the first operations of each actor, and of these not all. As text it
     * is added to the scenario's id: {@code dontneed+cpus1+ops2~dev0.1}.
     *
     * @param cpus how many CPUs, or {@link #ALL}
     * @param operations how many operations of each actor, or {@link #ALL}
     * @param dropped what else is left out
     */
    public record Scope(int cpus, int operations, SortedSet<Drop> dropped) {

        /** No limit. */
        public static final int ALL = Integer.MAX_VALUE;

        /** The scenario as it is. */
        public static final Scope FULL = new Scope(ALL, ALL);

        /** A copy is kept. */
        public Scope {
            dropped = Collections.unmodifiableSortedSet(new TreeSet<>(dropped));
        }

        /** The first CPUs, and the first operations of each actor. */
        public Scope(int cpus, int operations) {
            this(cpus, operations, Collections.emptySortedSet());
        }

        /** The same with other things left out. */
        public Scope without(SortedSet<Drop> others) {
            return new Scope(cpus, operations, others);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            text.append(cpus == ALL ? "" : "+cpus" + cpus).append(operations == ALL ? "" : "+ops" + operations);
            dropped.forEach(drop -> text.append('~').append(drop));
            return text.toString();
        }
    }

    /** A scenario without tables, in which pages migrate if it has operations for it; of any results. */
    public Scenario(
            Path file,
            String id,
            String title,
            Tier tier,
            Memory memory,
            Processes processes,
            List<Step> boot,
            Map<String, List<Operation>> actors,
            List<Cycle> symmetric,
            List<Cell> cells,
            List<Invariants> invariants,
            List<Reach> reaches,
            List<Expectation> expectations,
            Scope scope) {
        this(
                file,
                id,
                title,
                tier,
                memory,
                processes,
                boot,
                actors,
                symmetric,
                cells,
                invariants,
                reaches,
                expectations,
                scope,
                memory.hasRmap() || migrates(actors),
                null,
                Map.of());
    }

    /** A scenario of one process. */
    public Scenario(
            Path file,
            String id,
            String title,
            Tier tier,
            Memory memory,
            List<Step> boot,
            Map<String, List<Operation>> actors,
            List<Cell> cells,
            List<Invariants> invariants,
            List<Reach> reaches,
            List<Expectation> expectations,
            Scope scope) {
        this(
                file,
                id,
                title,
                tier,
                memory,
                Processes.single(memory.pages),
                boot,
                actors,
                List.of(),
                cells,
                invariants,
                reaches,
                expectations,
                scope);
    }

    /** Copies are kept. */
    public Scenario {
        boot = List.copyOf(boot);
        actors = Collections.unmodifiableMap(new LinkedHashMap<>(actors));
        symmetric = List.copyOf(symmetric);
        cells = List.copyOf(cells);
        invariants = List.copyOf(invariants);
        reaches = List.copyOf(reaches);
        expectations = List.copyOf(expectations);
        results = Map.copyOf(results);
    }

    /** The scenario with these expected results. */
    Scenario withResults(Map<String, List<List<String>>> expected) {
        return new Scenario(
                file,
                id,
                title,
                tier,
                memory,
                processes,
                boot,
                actors,
                symmetric,
                cells,
                invariants,
                reaches,
                expectations,
                scope,
                migrates,
                tables,
                expected);
    }

    /** Whether an actor is a CPU and not a device. */
    public static boolean isCpu(String actor) {
        return actor.startsWith("cpu");
    }

    /** An operation of an actor, as text. */
    String show(String actor, Operation operation) {
        return Operations.show(isCpu(actor), operation, processes.firstPage(processes.of(actor)));
    }

    /** How many actors are CPUs. */
    public int cpus() {
        return (int) actors.keySet().stream().filter(Scenario::isCpu).count();
    }

    /** How many actors are devices. */
    int devices() {
        return actors.size() - cpus();
    }

    /** The number of a device among the devices. */
    int device(String actor) {
        return actors.keySet().stream().filter(name -> !isCpu(name)).toList().indexOf(actor);
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
     * The scenario within a smaller scope. What a dropped CPU did at boot the first one of its process does. A child
     * that is not forked any more is never there.
     *
     * @throws IllegalArgumentException if something is to be dropped that is not there or without which the boot cannot
     *     be
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
        for (Drop drop : smaller.dropped) {
            if (drop.operation > kept.getOrDefault(drop.actor, List.of()).size() || !kept.containsKey(drop.actor)) {
                throw new IllegalArgumentException("there is no " + drop + " in " + id + " to leave out");
            }
        }
        Map<String, List<Operation>> rest = new LinkedHashMap<>();
        kept.forEach((actor, operations) -> {
            if (!smaller.dropped.contains(new Drop(actor, Drop.ACTOR))) {
                rest.put(actor, without(smaller.dropped, actor, operations));
            }
        });
        List<Step> steps = new ArrayList<>();
        for (Step step : boot) {
            String actor = standIn(step, rest.keySet())
                    .orElseThrow(() -> new IllegalArgumentException(step.actor + " is needed at boot"));
            steps.add(new Step(actor, step.operation));
        }
        return new Scenario(
                file,
                id,
                title,
                tier,
                memory,
                processes.within(rest.keySet()),
                steps,
                rest,
                smaller.equals(Scope.FULL) ? symmetric : List.of(),
                cells,
                invariants,
                reaches,
                expectations,
                smaller,
                migrates,
                tables,
                smaller.equals(Scope.FULL) ? results : Map.of());
    }

    /** Whether the boot can be without the actors that are not left. */
    public boolean canBootWith(Collection<String> left) {
        return boot.stream().allMatch(step -> standIn(step, left).isPresent());
    }

    /** Who of those left does a step of the boot: its actor, or the first CPU of the same process for another. */
    private Optional<String> standIn(Step step, Collection<String> left) {
        if (left.contains(step.actor)) {
            return Optional.of(step.actor);
        }
        int process = processes.of(step.actor);
        return left.stream()
                .filter(actor -> isCpu(step.actor) && isCpu(actor) && processes.of(actor) == process)
                .findFirst();
    }

    private static List<Operation> without(SortedSet<Drop> dropped, String actor, List<Operation> operations) {
        List<Operation> rest = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            if (!dropped.contains(new Drop(actor, i + 1))) {
                rest.add(operations.get(i));
            }
        }
        return rest;
    }

    /** What of this scenario is dropped, for people. */
    public String describe(Drop drop) {
        return drop.operation == Drop.ACTOR
                ? drop.actor
                : drop.actor + "'s " + show(drop.actor, actors.get(drop.actor).get(drop.operation - 1));
    }

    /** The scenario before its boot. */
    public Scenario withoutBoot() {
        return new Scenario(
                file,
                id,
                title,
                tier,
                memory,
                processes,
                List.of(),
                actors,
                symmetric,
                cells,
                invariants,
                reaches,
                expectations,
                scope,
                migrates,
                tables,
                results);
    }

    /** The verdict that is expected of a cell. */
    public Optional<Verdict> expected(Map<Kind, String> ids) {
        return expectation(ids).map(Expectation::verdict);
    }

    private Optional<Expectation> expectation(Map<Kind, String> ids) {
        return expectations.stream()
                .filter(expectation -> expectation.cells.matches(ids))
                .findFirst();
    }

    /** Whether every gate runs the cell with these designs. */
    public boolean isOfGate(Map<Kind, String> ids) {
        return tier == Tier.GATE && expectation(ids).map(Expectation::tier).orElse(tier) == Tier.GATE;
    }

    /** The marks that a cell must reach. */
    public List<String> required(Map<Kind, String> ids) {
        return reaches.stream()
                .filter(reach -> reach.cells.matches(ids))
                .flatMap(reach -> reach.marks.stream())
                .distinct()
                .toList();
    }

    /** Whether some operation ages a page: only then is account kept of accesses. */
    public boolean ages() {
        return boot.stream().anyMatch(step -> step.operation instanceof Operation.Age)
                || actors.values().stream().flatMap(List::stream).anyMatch(Operation.Age.class::isInstance);
    }

    /** The flat memory when the boot is over. */
    public long bootMemory() {
        long flat = FlatMemory.mapping(ages() ? FlatMemory.aging(0) : 0, memory.filePages);
        for (int page = 0; page < memory.pages; page++) {
            flat = FlatMemory.with(flat, page, Protection.READ_WRITE, 0);
        }
        for (Step step : boot) {
            flat = FlatMemory.effect(step.operation, flat).memory();
        }
        for (Map.Entry<String, List<Operation>> actor : actors.entrySet()) {
            for (Operation operation : actor.getValue()) {
                if (operation instanceof Operation.Unregister(int device) && startsRegistered(actor.getKey())) {
                    flat = FlatMemory.with(flat, device, true);
                }
            }
        }
        return flat;
    }

    /** Whether notifiers are registered, unregistered or released while the actors run. */
    boolean changesNotifiers() {
        return !migrates() && has(Operation::changesNotifiers);
    }

    /** Whether somebody walks the rmap of 2008, or takes its lock. */
    boolean walksRmap() {
        return !migrates() && (changesNotifiers() || has(operation -> operation instanceof Operation.Reclaim));
    }

    /** Whether pages migrate, are pinned, or become a device's alone, if these are the actors. */
    static boolean migrates(Map<String, List<Operation>> actors) {
        return actors.values().stream()
                .flatMap(List::stream)
                .anyMatch(operation -> operation instanceof Operation.Migrate
                        || operation instanceof Operation.Pin
                        || operation.isOfExclusiveAccess());
    }

    /** Whether a device makes snapshots, be it at boot. */
    boolean takesSnapshots(String device) {
        return actors.get(device).stream().anyMatch(Operation.Snapshot.class::isInstance)
                || boot.stream()
                        .anyMatch(step -> step.actor.equals(device) && step.operation instanceof Operation.Snapshot);
    }

    /** Whether some operation is of pages that are a device's alone, be it at boot. */
    public boolean hasExclusiveAccess() {
        return has(Operation::isOfExclusiveAccess)
                || boot.stream().anyMatch(step -> step.operation.isOfExclusiveAccess());
    }

    /** Whether it asks about a claim, which correct designs may refute, and not whether a design is correct. */
    public boolean asks() {
        return invariants.stream().anyMatch(Invariants::isAsked);
    }

    /** Whether devices have pages of a file: it asks who is told of what is done to them, and not how pages move. */
    public boolean hasDeviceOfFile() {
        return memory != null && memory.filePages > 0 && devices() > 0;
    }

    /** Whether pages migrate. */
    boolean hasMigrate() {
        return has(operation -> operation instanceof Operation.Migrate);
    }

    /** Whether pages are pinned without a lock. */
    boolean pinsFast() {
        return has(operation -> operation instanceof Operation.Pin(int _, var way) && way == Operation.Pin.Way.FAST);
    }

    /** Whether soft-dirty bits are cleared. */
    boolean clearsRefs() {
        return has(operation -> operation instanceof Operation.ClearRefs);
    }

    /** Whether the process exits. */
    boolean exits() {
        return has(operation -> operation instanceof Operation.Exit);
    }

    private boolean has(Predicate<Operation> what) {
        return actors.values().stream().flatMap(List::stream).anyMatch(what);
    }

    /** Whether a device's driver has registered it before the actors start: unless it is to do so itself. */
    boolean startsRegistered(String device) {
        return actors.get(device).stream()
                .filter(operation ->
                        operation instanceof Operation.Register || operation instanceof Operation.Unregister)
                .findFirst()
                .map(operation -> operation instanceof Operation.Unregister)
                .orElse(true);
    }
}
