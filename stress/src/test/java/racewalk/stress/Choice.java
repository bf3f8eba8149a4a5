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

/** Lines of the ledger to run. */
final class Choice {

    static final Path SCENARIOS = Path.of("../specs/scenarios");
    private static final Path LEDGER = Path.of("../specs/ledger");

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
        List<Entry> left = new ArrayList<>(
                entries.stream().filter(entry -> !mayHang(entry)).toList());
        Set<Named> open = left.stream().flatMap(Choice::designs).collect(Collectors.toSet());
        left.sort(Comparator.comparing(Entry::verdict)
                .reversed()
                .thenComparingLong(Entry::states)
                .thenComparing(Entry::scenario)
                .thenComparing(entry -> entry.designs().toString()));
        List<Entry> chosen = new ArrayList<>();
        while (!open.isEmpty()) {
            Entry best = left.getFirst();
            for (Entry entry : left) {
                if (news(entry, open) > news(best, open)) {
                    best = entry;
                }
            }
            chosen.add(best);
            left.remove(best);
            designs(best).forEach(open::remove);
        }
        return chosen;
    }

    /** Whether some run has no end: then jcstress may come to no answer in its time. */
    static boolean mayHang(Entry entry) {
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
