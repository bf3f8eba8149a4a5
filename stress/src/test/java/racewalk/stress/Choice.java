package racewalk.stress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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

    /** A design with a verdict that some line gives it. */
    record Claim(Kind kind, String design, Verdict verdict) {}

    static Stream<Claim> claims(Entry entry) {
        return entry.designs().entrySet().stream()
                .map(design -> new Claim(design.getKey(), design.getValue(), entry.verdict()));
    }

    /**
     * As few of {@code entries} as it takes for every design to be in a proved and in a refuted one, as far as there
     * are any; of equals the one with the fewest states.
     */
    static List<Entry> everyDesignProvedAndRefuted(List<Entry> entries) {
        Set<Claim> open = new HashSet<>();
        entries.forEach(entry -> claims(entry).forEach(open::add));
        List<Entry> left = new ArrayList<>(entries);
        left.sort(Comparator.comparingLong(Entry::states)
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
            claims(best).forEach(open::remove);
        }
        return chosen;
    }

    private static long news(Entry entry, Set<Claim> open) {
        return claims(entry).filter(open::contains).count();
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
