package racewalk.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/** Which designs some scenarios prove, and which they refute: a table for the pages of the ledger. */
final class CellsByDesign {

    private CellsByDesign() {}

    /** A row for each combination of designs: how many of its cells are proved, and what refutes the others. */
    static List<List<String>> rows(List<Scenario> scenarios, List<Entry> known) {
        Map<Map<Kind, String>, List<Entry>> cells = new LinkedHashMap<>();
        scenarios.forEach(scenario -> known.stream()
                .filter(entry -> entry.scenario().equals(scenario.id()))
                .forEach(entry -> cells.computeIfAbsent(entry.designs(), _ -> new ArrayList<>())
                        .add(entry)));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("design", "what it is", "source", "proved in", "refuted in"));
        cells.entrySet().stream()
                .sorted(Comparator.comparing(cell -> places(cell.getKey())))
                .forEach(cell -> {
                    Design.About about = telling(cell.getKey()).about();
                    rows.add(List.of(
                            String.join(" / ", cell.getKey().values()),
                            about.title(),
                            about.source(),
                            proved(cell.getValue()),
                            LedgerText.refutations(
                                    cell.getValue(), (property, preemptions) -> preemptions + " " + property)));
                });
        return rows;
    }

    /** Where the designs stand in the registry, the one that tells most first: as text that sorts like numbers. */
    private static String places(Map<Kind, String> ids) {
        return Stream.of(Kind.TABLE, Kind.SECONDARY, Kind.NOTIFIER, Kind.MM)
                .filter(ids::containsKey)
                .map(kind -> "%04d"
                        .formatted(Designs.all()
                                .indexOf(Designs.find(kind, ids.get(kind)).orElseThrow())))
                .collect(Collectors.joining());
    }

    /** The design that a cell is about: an mm that is not Linux's, else the secondary MMU or the table. */
    private static Design telling(Map<Kind, String> ids) {
        String mm = ids.get(Kind.MM);
        Kind kind = mm == null
                ? Kind.TABLE
                : mm.startsWith("linux-") && ids.containsKey(Kind.SECONDARY) ? Kind.SECONDARY : Kind.MM;
        return Designs.find(kind, ids.get(kind)).orElseThrow();
    }

    private static String proved(List<Entry> cells) {
        return cells.stream()
                .filter(cell -> cell.verdict() == Verdict.PROVED)
                .map(Entry::scenario)
                .collect(Collectors.joining(", "));
    }
}
