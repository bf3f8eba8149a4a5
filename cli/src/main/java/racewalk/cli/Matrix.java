package racewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import racewalk.explore.TextTable;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/**
 * Secondary MMUs by notifiers, for one memory management: all scenarios together, but for those with ageing, which has
 * nothing to do with whether memory is safe, those of devices that have pages of a file, and those in which pages
 * migrate, which have one matrix of memory managements by notifiers; what only asks about a claim is not in it. A pair
 * is refuted if one scenario refutes it. Walked tables have one with a single column.
 *
 * @param title the memory management's id and whether it is about ageing or files, or that it is about migration
 * @param lines the kind of designs that have a line each
 * @param entries its cells
 */
record Matrix(String title, Kind lines, List<Entry> entries) {

    /** What stands for a pair that is not crossed. */
    private static final String NOTHING = "-";

    private static final String NO_DEVICE = "no device";

    /** Stands for the designs of another kind that a walked table has not. */
    private static final String ALONE = "verdict";

    private static final String AGEING = ", ageing";
    private static final String FILES = ", files";

    private static final int MAX_WIDTH = 120;
    private static final String GAP = "  ";

    /** The matrices of {@code entries}, which are of {@code scenarios}. */
    static List<Matrix> of(List<Entry> entries, List<Scenario> scenarios) {
        Set<String> ageing = ids(scenarios, Scenario::ages);
        Set<String> ofFile = ids(scenarios, Scenario::hasDeviceOfFile);
        Set<String> migrating = ids(scenarios, scenario -> scenario.migrates() && !scenario.hasDeviceOfFile());
        Set<String> asking = ids(scenarios, Scenario::asks);
        List<Entry> moving = entries.stream()
                .filter(entry -> migrating.contains(entry.scenario()) && !asking.contains(entry.scenario()))
                .toList();
        List<Entry> walked = entries.stream()
                .filter(entry -> entry.designs().containsKey(Kind.TABLE))
                .toList();
        List<Entry> staying = entries.stream()
                .filter(entry -> !migrating.contains(entry.scenario()) && !walked.contains(entry))
                .toList();
        List<Matrix> matrices = new ArrayList<>();
        for (String about : List.of("", AGEING, FILES)) {
            List<Entry> some = staying.stream()
                    .filter(entry -> about.equals(
                            ageing.contains(entry.scenario())
                                    ? AGEING
                                    : ofFile.contains(entry.scenario()) ? FILES : ""))
                    .toList();
            for (String mm : ids(some, Kind.MM)) {
                matrices.add(new Matrix(
                        mm + about,
                        Kind.SECONDARY,
                        some.stream()
                                .filter(entry -> mm.equals(entry.designs().get(Kind.MM)))
                                .toList()));
            }
        }
        if (!moving.isEmpty()) {
            matrices.add(new Matrix("migration", Kind.MM, moving));
        }
        if (!walked.isEmpty()) {
            matrices.add(new Matrix("walked tables", Kind.TABLE, walked));
        }
        return matrices;
    }

    private static Set<String> ids(List<Scenario> scenarios, Predicate<Scenario> which) {
        return scenarios.stream().filter(which).map(Scenario::id).collect(Collectors.toSet());
    }

    /** The notifiers of its cells, in their order. */
    List<String> notifiers() {
        return ids(entries, Kind.NOTIFIER);
    }

    /**
     * A table with a line for each design and a column for each of {@code notifiers}.
     *
     * @param show what to say of the cells of one pair
     */
    List<List<String>> rows(List<String> notifiers, Function<List<Entry>, String> show) {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(title));
        header.addAll(notifiers);
        rows.add(header);
        for (String line : ids(entries, lines)) {
            List<String> row = new ArrayList<>(List.of(line));
            for (String notifier : notifiers) {
                List<Entry> cells = entries.stream()
                        .filter(entry -> notifier.equals(id(entry, Kind.NOTIFIER)))
                        .filter(entry -> line.equals(id(entry, lines)))
                        .toList();
                row.add(cells.isEmpty() ? NOTHING : show.apply(cells));
            }
            if (row.stream().skip(1).anyMatch(cell -> !cell.equals(NOTHING))) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** How many cells of a pair are proved, or refuted. */
    static String tally(List<Entry> cells) {
        long refuted = count(cells, Verdict.REFUTED);
        long unknown = count(cells, Verdict.UNKNOWN);
        return refuted > 0
                ? "REFUTED " + refuted + "/" + cells.size()
                : unknown > 0 ? "UNKNOWN " + unknown + "/" + cells.size() : "proved " + cells.size();
    }

    private static long count(List<Entry> cells, Verdict verdict) {
        return cells.stream().filter(cell -> cell.verdict() == verdict).count();
    }

    /**
     * The tallies as text, in as many parts as it takes to stay within a terminal.
     *
     * @param wrong the cells that are not as expected: their pairs get an exclamation mark
     */
    String text(Set<Entry> wrong) {
        Function<List<Entry>, String> show =
                cells -> tally(cells) + (cells.stream().anyMatch(wrong::contains) ? " !" : "");
        StringBuilder text = new StringBuilder();
        List<String> part = new ArrayList<>();
        for (String notifier : notifiers()) {
            part.add(notifier);
            if (part.size() > 1 && width(TextTable.columns(rows(part, show), GAP)) > MAX_WIDTH) {
                part.removeLast();
                text.append(TextTable.columns(rows(part, show), GAP)).append('\n');
                part = new ArrayList<>(List.of(notifier));
            }
        }
        return text.append(TextTable.columns(rows(part, show), GAP))
                .append('\n')
                .toString();
    }

    private static int width(String table) {
        return table.lines().mapToInt(String::length).max().orElse(0);
    }

    /** The ids of one kind, in the order of the registry. */
    private static List<String> ids(List<Entry> entries, Kind kind) {
        Set<String> ids = entries.stream().map(entry -> id(entry, kind)).collect(Collectors.toSet());
        return Stream.concat(
                        Designs.all().stream()
                                .filter(design -> design.kind() == kind)
                                .map(Design::id),
                        Stream.of(NO_DEVICE, ALONE))
                .filter(ids::contains)
                .toList();
    }

    private static String id(Entry entry, Kind kind) {
        return entry.designs().getOrDefault(kind, entry.designs().containsKey(Kind.TABLE) ? ALONE : NO_DEVICE);
    }
}
