package racewalk.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import racewalk.migrate.HmmVmaMigrate.Repair;
import racewalk.specs.AtomicFile;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.RepairedPatch;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/** {@code docs/migration.md}: what the ledger has about the migration of pages, for people. */
final class MigrationPage {

    private static final String FILE = "docs/migration.md";

    private static final String INTRODUCTION = """
            # Migration of pages

            *Written by `racewalk gate --accept` from the ledger. Do not edit.*

            `hmm_vma_migrate` moves the pages of a range to other memory: it collects them, locks and isolates them,
            replaces their page table entries by migration entries, lets a driver copy the content, and maps the copies.
            Version 13 of the patch was reviewed in November 2016, version 15 was posted in January 2017 (`hmm-v15` is
            13/16, `hmm-v15-early` has 14/16, too). They are modelled statement by statement as they were posted, beside
            `move_pages` of their time and what Linux has today. Here is what is wrong with them, in which runs, and
            which repairs it takes.

            The scope is that of the scenarios, which the last section lists: one or two pages, each in a leaf table of
            its own, at most one of them shared with a child (in `migrate-both` both are); a migration, and one or two
            others, which load, store, fault, unmap, discard, protect, fork, exit, pin, reclaim or migrate meanwhile.
            All move to other frames of system memory: a device's own memory is in `docs/hmm.md`, and pages of files are
            in the scenarios `file-*`: their writeback, truncation and migration. Not modelled are huge pages and swap
            (reclaim puts a page back). Allocations succeed.

            In the tables `REFUTED 1 Deadlock` is: a run with one preemption ends in a deadlock, and no run with fewer
            violates anything. `./racewalk check SCENARIO --design mm=DESIGN` prints the run.

            """;

    private final List<Scenario> scenarios;
    private final List<Entry> entries;

    private MigrationPage(Home home) {
        this.scenarios = home.scenarios().stream()
                .filter(scenario -> isAbout(scenario) && !scenario.asks())
                .toList();
        Set<String> ids = scenarios.stream().map(Scenario::id).collect(Collectors.toSet());
        this.entries = home.known().stream()
                .filter(entry -> ids.contains(entry.scenario()))
                .toList();
    }

    private static boolean isAbout(Scenario scenario) {
        return scenario.migrates()
                && !scenario.hasDeviceOfFile()
                && !HmmPage.isAbout(scenario)
                && !WalkPage.isAbout(scenario);
    }

    /** Writes the page of the ledger as it is now. */
    static void write(Home home) throws IOException {
        AtomicFile.write(file(home), of(home));
    }

    static Path file(Home home) {
        return home.root().resolve(FILE);
    }

    /** The page. */
    static String of(Home home) {
        MigrationPage of = new MigrationPage(home);
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("## The matrix\n\n").append(of.matrix());
        page.append("\n## As posted\n\n")
                .append("Each property that is violated, with the scenario that needs the fewest preemptions; of a"
                        + " livelock those of the run that was found.\n\n")
                .append(LedgerText.table(of.asPosted()));
        page.append("\n## The smallest repair\n\n")
                .append("Each repair stands beside the statement that it mends, and what is violated if all repairs"
                        + " are made but this one.\n");
        for (RepairedPatch patch : Designs.repairedPatches()) {
            page.append("\n### ").append(patch.posted()).append("\n\n");
            page.append(of.together(patch)).append("\n\n").append(LedgerText.table(of.repairs(patch)));
        }
        page.append("\n## Something left out\n\n").append(LedgerText.table(of.leftOut()));
        page.append("\n## Questions\n\n");
        List<Scenario> all =
                home.scenarios().stream().filter(MigrationPage::isAbout).toList();
        home.questions().stream()
                .filter(question -> all.stream().anyMatch(question::isAbout))
                .forEach(question -> page.append(LedgerText.question(question, home.known())));
        page.append("## Scenarios\n\n").append(LedgerText.table(LedgerText.scopes(all)));
        return page.toString();
    }

    // ---- the matrix ----------------------------------------------------------------------------------------------

    /** Scenarios by designs: those of Linux, and the patches as posted and repaired. */
    private String matrix() {
        List<String> designs = new ArrayList<>(columns());
        List<List<String>> rows = new ArrayList<>();
        rows.add(Stream.concat(Stream.of("scenario"), designs.stream()).toList());
        for (Scenario scenario : scenarios) {
            List<String> row = new ArrayList<>(List.of(scenario.id()));
            designs.forEach(design -> row.add(cell(scenario.id(), design)));
            if (row.stream().skip(1).anyMatch(text -> !text.equals("-"))) {
                rows.add(row);
            }
        }
        return LedgerText.table(rows);
    }

    private List<String> columns() {
        Set<String> shown = new HashSet<>();
        Designs.repairedPatches().forEach(patch -> shown.addAll(List.of(patch.posted(), patch.repaired())));
        return designs()
                .filter(id -> shown.contains(id) || id.matches("linux-[0-9.]+"))
                .toList();
    }

    /** The memory managements that have cells, in the order of the registry. */
    private Stream<String> designs() {
        Set<String> crossed = entries.stream().map(MigrationPage::mm).collect(Collectors.toSet());
        return Designs.of(Kind.MM).stream().map(Design::id).filter(crossed::contains);
    }

    private String cell(String scenario, String design) {
        List<Entry> cells = cells(design).stream()
                .filter(entry -> entry.scenario().equals(scenario))
                .toList();
        return switch (cells.size()) {
            case 0 -> "-";
            case 1 -> LedgerText.verdict(cells.getFirst());
            default -> Matrix.tally(cells);
        };
    }

    private List<Entry> cells(String design) {
        return entries.stream().filter(entry -> mm(entry).equals(design)).toList();
    }

    private static String mm(Entry entry) {
        return entry.designs().get(Kind.MM);
    }

    // ---- as posted -----------------------------------------------------------------------------------------------

    private List<List<String>> asPosted() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("design", "property", "preemptions", "scenario", "in all"));
        for (RepairedPatch patch : Designs.repairedPatches()) {
            List<Entry> cells = cells(patch.posted());
            Set<String> properties = new TreeSet<>();
            cells.forEach(cell -> properties.addAll(cell.violated().keySet()));
            for (String property : properties) {
                List<Entry> violated = cells.stream()
                        .filter(cell -> cell.violated().containsKey(property))
                        .toList();
                Entry first = violated.stream()
                        .min(Comparator.comparing(
                                        (Entry cell) -> cell.violated().get(property))
                                .thenComparing(Entry::states)
                                .thenComparing(Entry::scenario))
                        .orElseThrow();
                rows.add(List.of(
                        patch.posted(),
                        property,
                        String.valueOf(first.violated().get(property)),
                        first.scenario(),
                        violated.size() + " of " + cells.size() + " cells"));
            }
        }
        return rows;
    }

    // ---- repairs -------------------------------------------------------------------------------------------------

    /** Whether it is right with all repairs, and whether it takes them all. */
    private String together(RepairedPatch patch) {
        List<String> notCrossed = without(patch, List::isEmpty);
        List<String> notNeeded =
                without(patch, cells -> !cells.isEmpty() && cells.stream().noneMatch(MigrationPage::isRefuted));
        StringBuilder text = new StringBuilder("As posted: %s. With all repairs: %s."
                .formatted(Matrix.tally(cells(patch.posted())), Matrix.tally(cells(patch.repaired()))));
        if (notNeeded.isEmpty() && notCrossed.isEmpty()) {
            text.append(" Each is needed: without it some scenario is refuted.");
        }
        if (!notNeeded.isEmpty()) {
            text.append(" Not needed within this scope: ")
                    .append(String.join(", ", notNeeded))
                    .append('.');
        }
        if (!notCrossed.isEmpty()) {
            text.append(" Left out nowhere: ")
                    .append(String.join(", ", notCrossed))
                    .append('.');
        }
        return text.toString();
    }

    /** The repairs without which the cells are such. */
    private List<String> without(RepairedPatch patch, Predicate<List<Entry>> such) {
        return patch.without().entrySet().stream()
                .filter(without -> such.test(cells(without.getValue())))
                .map(without -> without.getKey().id())
                .toList();
    }

    private static boolean isRefuted(Entry cell) {
        return cell.verdict() == Verdict.REFUTED;
    }

    private List<List<String>> repairs(RepairedPatch patch) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("repair", "function", "statement", "what the repair does", "without it"));
        for (Map.Entry<Repair, String> without : patch.without().entrySet()) {
            Repair repair = without.getKey();
            rows.add(List.of(
                    repair.id(),
                    "`" + repair.function() + "`",
                    "`" + repair.statement() + "`",
                    repair.sentence(),
                    refutations(cells(without.getValue()))));
        }
        return rows;
    }

    private List<List<String>> leftOut() {
        Set<String> others = new HashSet<>(columns());
        Designs.repairedPatches().forEach(patch -> others.addAll(patch.without().values()));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("design", "what it is", "source", "verdicts"));
        designs().filter(id -> !others.contains(id)).forEach(id -> {
            Design.About about = Designs.find(Kind.MM, id).orElseThrow().about();
            rows.add(List.of(id, about.title(), about.source(), refutations(cells(id))));
        });
        return rows;
    }

    /** In which scenarios it is refuted, and which properties are violated there. */
    private static String refutations(List<Entry> cells) {
        if (cells.isEmpty()) {
            return "not crossed";
        }
        String refutations = LedgerText.refutations(cells, (property, _) -> property);
        return refutations.isEmpty() ? Matrix.tally(cells) : refutations;
    }
}
