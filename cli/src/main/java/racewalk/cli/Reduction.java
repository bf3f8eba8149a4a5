package racewalk.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import racewalk.explore.Budget;
import racewalk.explore.Explorer;
import racewalk.explore.Finding;
import racewalk.explore.Progress;
import racewalk.explore.Replay;
import racewalk.explore.Settings;
import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Operation;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;
import racewalk.specs.Scenario.Drop;

/**
 * Makes a counterexample smaller: drops actors and operations from its scenario while what remains still violates the
 * same property by as few preemptions, until nothing more can be dropped alone. So the run has the fewest preemptions
 * first, then operations of which none can be spared, then the fewest steps. Greedy: it is 1-minimal (Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002), not always the smallest; and a part whose
 * search exceeds {@value #MAX_STATES} states is kept.
 */
final class Reduction {

    private static final int MAX_STATES = 50_000;
    private static final int MAX_DEPTH = 5_000;
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    private final Scenario whole;
    private final Cell cell;
    private final Settings settings;
    private final Budget budget;
    private final int preemptions;

    /** What has been dropped, and the shortest run of the rest. */
    private final SortedSet<Drop> dropped = new TreeSet<>();

    private Scenario scenario;
    private Finding finding;

    private Reduction(CellResult result, CellResult.Violation violation, Budget budget) {
        this.whole = result.scenario();
        this.cell = result.cell();
        this.settings = result.certificate().settings();
        this.budget = budget;
        this.preemptions = violation.preemptions();
        this.scenario = violation.scenario();
        this.finding = violation.finding();
    }

    /** The result with smaller counterexamples, where there are any; {@code stop} ends the attempts. */
    static CellResult of(CellResult result, BooleanSupplier stop) {
        Budget budget = new Budget(MAX_TIME, MAX_STATES, MAX_DEPTH, stop);
        List<CellResult.Violation> smaller = new ArrayList<>();
        for (CellResult.Violation violation : result.violations()) {
            smaller.add(
                    violation.scenario() == result.scenario()
                            ? new Reduction(result, violation, budget).reduced()
                            : violation);
        }
        smaller.sort(CellResult.SHORTEST_FIRST);
        return result.with(smaller);
    }

    private CellResult.Violation reduced() {
        attempt(notBegun());
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Drop drop : candidates()) {
                smaller |= attempt(List.of(drop));
            }
        }
        return new CellResult.Violation(
                preemptions, scenario, finding, Replay.of(factory(scenario), finding.schedule()));
    }

    /** The operations that the run does not come to. */
    private List<Drop> notBegun() {
        List<Integer> begun = new ArrayList<>();
        List<String> names = List.copyOf(scenario.actors().keySet());
        names.forEach(_ -> begun.add(0));
        Replay.of(factory(scenario), finding.schedule()).steps().stream()
                .filter(step -> step.begins())
                .forEach(step -> begun.set(step.task(), begun.get(step.task()) + 1));
        List<Drop> drops = new ArrayList<>();
        for (int t = 0; t < names.size(); t++) {
            int operations = scenario.actors().get(names.get(t)).size();
            for (int number = begun.get(t) + 1; number <= operations; number++) {
                drops.add(new Drop(names.get(t), number));
            }
        }
        return drops;
    }

    /** What may be dropped next: actors first, the last ones first. */
    private List<Drop> candidates() {
        List<Drop> actors = new ArrayList<>();
        List<Drop> operations = new ArrayList<>();
        for (String actor : scenario.actors().keySet()) {
            actors.addFirst(new Drop(actor, Drop.ACTOR));
            List<Operation> all = whole.actors().get(actor);
            for (int number = 1; number <= all.size(); number++) {
                operations.addFirst(new Drop(actor, number));
            }
        }
        actors.addAll(operations);
        return actors;
    }

    /** Drops something more if the rest still does it. */
    private boolean attempt(Collection<Drop> more) {
        SortedSet<Drop> drops = new TreeSet<>(dropped);
        if (!drops.addAll(more) || more.stream().anyMatch(drop -> dropped.contains(actor(drop)))) {
            return false;
        }
        drops.removeIf(drop -> drop.operation() != Drop.ACTOR && drops.contains(actor(drop)));
        if (!isPossible(drops)) {
            return false;
        }
        Scenario rest = whole.within(whole.scope().without(drops));
        Finding found = shortest(rest);
        if (found == null) {
            return false;
        }
        dropped.clear();
        dropped.addAll(drops);
        scenario = rest;
        finding = found;
        return true;
    }

    private static Drop actor(Drop drop) {
        return new Drop(drop.actor(), Drop.ACTOR);
    }

    /** Whether there is still a CPU, and whoever the boot needs. */
    private boolean isPossible(Set<Drop> drops) {
        List<String> left = whole.actors().keySet().stream()
                .filter(actor -> !drops.contains(new Drop(actor, Drop.ACTOR)))
                .toList();
        return (whole.cpus() == 0 ? !left.isEmpty() : left.stream().anyMatch(Scenario::isCpu))
                && whole.canBootWith(left);
    }

    /** The shortest run of a part of the scenario that violates the property by as few preemptions; null if none. */
    private Finding shortest(Scenario part) {
        Map<String, Finding> findings = Explorer.shortest(
                        factory(part), Set.of(finding.property()), settings, budget, Progress.NONE)
                .findings();
        Finding found = findings.get(finding.property());
        return found == null || Replay.of(factory(part), found.schedule()).preemptions() > preemptions ? null : found;
    }

    private Program.Factory factory(Scenario part) {
        return machine -> Rigs.program(machine, part, cell);
    }
}
