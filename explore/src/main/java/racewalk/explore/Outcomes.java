package racewalk.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;

/**
 * Every way in which a program can end: what a machine that is sequentially consistent may show. Runs that break a rule
 * or end in a deadlock are among them; runs that never end are not.
 *
 * @param outcomes the outcomes, and of each whether some run to it has a history that the program's observer accepts:
 *     the same results may be legal or not, as operations overlap or follow each other
 * @param limit the limit that was met, for people: there may be other outcomes; null if these are all
 */
public record Outcomes(Map<Outcome, Boolean> outcomes, String limit) {

    private static final Set<String> RULES =
            Stream.of(Rule.values()).map(Rule::title).collect(Collectors.toUnmodifiableSet());

    /** A copy of the map is kept. */
    public Outcomes {
        outcomes = Map.copyOf(outcomes);
    }

    /** Whether there are no others. */
    public boolean isComplete() {
        return limit == null;
    }

    /**
     * Searches all runs within {@code budget}: depth first with sleep sets, which keep every reachable state. The
     * results so far are part of the state, so no two runs are taken for one that differ in them.
     */
    public static Outcomes of(Program.Factory factory, Budget budget) {
        try {
            World world = new World(machine -> recorded(factory.build(machine)), true);
            Crew crew = new Crew(new StateTable(Settings.of(Strategy.SLEEP).memory()));
            return of(new DepthFirstSearch(world, budget, Progress.NONE, Footprint::commutesWith, crew));
        } catch (BootFailure e) {
            return with(e.exploration(), new LinkedHashMap<>());
        } catch (ScopeExceeded e) {
            return new Outcomes(Map.of(), e.getMessage());
        }
    }

    /** The outcomes that {@code search} meets, whose program is {@link #recorded}. */
    static Outcomes of(Search search) {
        Map<Outcome, Boolean> met = new LinkedHashMap<>();
        search.onEnd = () -> atEnd(search.world, met);
        return with(search.run(), met);
    }

    /** The program with an observer that remembers the results; without symmetries, for results are not renamed. */
    static Program recorded(Program program) {
        return new Program(
                program.actors(),
                program.inFlight(),
                new Results<>(program.observer(), program.actors().size()),
                program.invariants());
    }

    private static void atEnd(World world, Map<Outcome, Boolean> met) {
        if (world.outOfScope() != null || Deadlock.isOne(world)) {
            return; // the one is a limit, the other a finding
        }
        List<String> violated = new ArrayList<>();
        world.checkAll((property, _) -> violated.add(property));
        boolean legal = !violated.remove(world.historyProperty());
        Results.Recorded recorded = (Results.Recorded) world.observerState();
        met.merge(
                new Outcome(recorded.results(), violated.isEmpty() ? null : violated.getFirst()),
                legal,
                Boolean::logicalOr);
    }

    private static Outcomes with(Exploration exploration, Map<Outcome, Boolean> met) {
        exploration.findings().keySet().stream()
                .filter(RULES::contains)
                .forEach(rule -> met.put(Outcome.broken(rule), false));
        return new Outcomes(met, exploration.limit());
    }
}
