package racewalk.stress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import racewalk.machine.BrokenRule.Rule;
import racewalk.specs.Design.Kind;
import racewalk.specs.Entry;
import racewalk.specs.Ledger;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;
import racewalk.specs.Verdict;

/** Lines of the ledger to run. */
final class Choice {

    static final Path SCENARIOS = Path.of("../specs/scenarios");
    private static final Path LEDGER = Path.of("../specs/ledger");

    /** Larger cells take the explorer long: they are chosen for designs that have no smaller one. */
    private static final long MOST_STATES = 200_000;

    private static final Set<Map<Kind, String>> HANGING =
            all().stream().filter(Choice::hangs).map(Entry::designs).collect(Collectors.toSet());

    private Choice() {}

    /** Every line. */
    static List<Entry> all() {
        Ledger ledger = new Ledger(LEDGER);
        return ScenarioReader.readAll(SCENARIOS).stream()
                .map(Scenario::id)
                .flatMap(id -> ledger.of(id).stream())
                .toList();
    }

    /** Every line of the scenarios that each gate runs. */
    static List<Entry> gate() {
        Set<String> gate = new HashSet<>();
        ScenarioReader.readAll(SCENARIOS).stream()
                .filter(scenario -> scenario.tier() == Scenario.Tier.GATE)
                .forEach(scenario -> gate.add(scenario.id()));
        return all().stream().filter(entry -> gate.contains(entry.scenario())).toList();
    }

    /** A design of some line. */
    record Named(Kind kind, String design) {}

    static Stream<Named> designs(Entry entry) {
        return entry.designs().entrySet().stream().map(design -> new Named(design.getKey(), design.getValue()));
    }

    /**
     * As few of {@code entries} as it takes for every design to be in one whose runs end; of equals a refuted one, and
     * that with the fewest states.
     */
    static List<Entry> everyDesign(List<Entry> entries) {
        List<Entry> all = entries.stream()
                .filter(entry -> !mayHang(entry))
                .sorted(Comparator.comparing(Entry::verdict)
                        .reversed()
                        .thenComparingLong(Entry::states)
                        .thenComparing(Entry::scenario)
                        .thenComparing(entry -> entry.designs().toString()))
                .toList();
        Set<Named> open = all.stream().flatMap(Choice::designs).collect(Collectors.toSet());
        List<Entry> chosen = new ArrayList<>();
        for (long most : List.of(MOST_STATES, Long.MAX_VALUE)) {
            List<Entry> candidates =
                    all.stream().filter(entry -> entry.states() <= most).toList();
            for (Entry best = best(candidates, open); news(best, open) > 0; best = best(candidates, open)) {
                chosen.add(best);
                designs(best).forEach(open::remove);
            }
        }
        return chosen;
    }

    /** The first of those that bring most of {@code open}. */
    private static Entry best(List<Entry> candidates, Set<Named> open) {
        return candidates.stream()
                .max(Comparator.comparingLong(entry -> news(entry, open)))
                .orElseThrow();
    }

    /**
     * Whether some run has no end: then jcstress may come to no answer in its time. The explorer stops a run where it
     * violates something, and jcstress goes on: so what designs do in another scenario tells, too.
     */
    static boolean mayHang(Entry entry) {
        return hangs(entry) || entry.verdict() == Verdict.REFUTED && HANGING.contains(entry.designs());
    }

    private static boolean hangs(Entry entry) {
        return entry.violated().containsKey(Rule.DEADLOCK.title())
                || entry.violated().containsKey(Rule.LIVELOCK.title());
    }

    private static long news(Entry entry, Set<Named> open) {
        return designs(entry).filter(open::contains).count();
    }

    /** A line as the command line names it, at its full scope. */
    static Request request(Entry entry) {
        return new Request(
                SCENARIOS.resolve(entry.scenario() + ".yaml").toString(),
                Scenario.Scope.ALL,
                Scenario.Scope.ALL,
                String.join("/", ordered(entry.designs())));
    }

    private static List<String> ordered(Map<Kind, String> designs) {
        return Stream.of(Kind.values())
                .filter(designs::containsKey)
                .map(designs::get)
                .toList();
    }
}
