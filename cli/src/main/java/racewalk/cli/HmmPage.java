package racewalk.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import racewalk.specs.AtomicFile;
import racewalk.specs.Cell;
import racewalk.specs.ConformanceTests;
import racewalk.specs.Design.Trait;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;
import racewalk.specs.Verdict;

/** {@code docs/hmm.md}: what the ledger has about HMM, for people. */
final class HmmPage {

    private static final String FILE = "docs/hmm.md";

    private static final String INTRODUCTION = """
            # HMM: page tables, mirrors, device memory

            *Written by `racewalk gate --accept` from the ledger. Do not edit.*

            Heterogeneous memory management lets a device use the addresses of a process. In 2015 it kept a page table
            of its own for each device, and iterators for it were argued over; devices were told of eight kinds of
            events. Today a device asks `hmm_range_fault` for pages, is told by an interval notifier, and may have
            memory of its own to which pages migrate, or pages of the process for itself. All are modelled statement by
            statement: `hmm-pt-v1` is the page table of January 2015, `hmm-pt-v3` that of July, `hmm-2015` the mirrors
            of May, `dmirror` the device of `lib/test_hmm.c`. `-repaired` has every repair, `-but-X` all but one.

            A verdict is about its scenario's scope, which the last section has. `0 Livelock` is: a run without any
            preemption ends in a livelock; of all properties that a cell violates each is named, with its fewest
            preemptions (of a livelock those of the run that was found).
            `./racewalk check SCENARIO --design KIND=DESIGN` prints the shortest run.

            Not modelled are huge pages, mappings of files, shared mappings, and coherent device memory.

            """;

    /** The parts of the page: each has scenarios of its own. */
    private enum Part {
        TABLES("HMM's own page table, and its iterators", HmmPage::isOfTables),
        MIRRORS("Mirrors, events and device faults of 2015", HmmPage::isOfMirrors),
        DEVICE_MEMORY(
                "Device memory today, and pages that are a device's alone",
                scenario -> isOfDevicesToday(scenario) && !isOfConformance(scenario)),
        CONFORMANCE("Conformance", HmmPage::isOfConformance);

        private final String title;
        private final Predicate<Scenario> has;

        Part(String title, Predicate<Scenario> has) {
            this.title = title;
            this.has = has;
        }

        private List<Scenario> of(List<Scenario> all) {
            return all.stream().filter(has).toList();
        }
    }

    private final Home home;
    private final List<Scenario> scenarios;
    private final List<Entry> known;

    private HmmPage(Home home) {
        this.home = home;
        this.scenarios = home.scenarios().stream().filter(HmmPage::isAbout).toList();
        this.known = home.known();
    }

    /** Whether the page is about a scenario: then the other pages of the ledger are not. */
    static boolean isAbout(Scenario scenario) {
        return !WalkPage.isAbout(scenario)
                && (isOfTables(scenario) || isOfMirrors(scenario) || isOfDevicesToday(scenario));
    }

    private static boolean isOfTables(Scenario scenario) {
        return scenario.tables() != null;
    }

    private static boolean isOfMirrors(Scenario scenario) {
        return scenario.cells().stream()
                .map(Cell::secondary)
                .anyMatch(secondary -> secondary != null && secondary.has(Trait.ACTIVE_RANGES));
    }

    private static boolean isOfDevicesToday(Scenario scenario) {
        boolean uses =
                scenario.tables() == null && (scenario.memory().deviceFrames() > 0 || scenario.hasExclusiveAccess());
        return uses || isOfConformance(scenario);
    }

    private static boolean isOfConformance(Scenario scenario) {
        return !scenario.results().isEmpty();
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
        return new HmmPage(home).text();
    }

    private String text() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (Part part : Part.values()) {
            page.append("## ").append(part.title).append("\n\n");
            page.append(
                    part == Part.CONFORMANCE
                            ? conformance()
                            : LedgerText.table(CellsByDesign.rows(part.of(scenarios), known)));
            page.append('\n');
        }
        page.append("## Questions\n\n");
        home.questions().stream()
                .filter(question -> scenarios.stream().anyMatch(question::isAbout))
                .forEach(question -> page.append(LedgerText.question(question, known)));
        page.append("## Scenarios\n\n").append(LedgerText.table(LedgerText.scopes(scenarios)));
        return page.toString();
    }

    private List<Entry> entries(Scenario scenario) {
        return known.stream()
                .filter(entry -> entry.scenario().equals(scenario.id()))
                .toList();
    }

    // ---- conformance ---------------------------------------------------------------------------------------------

    private String conformance() {
        List<ConformanceTests.Test> tests = ConformanceTests.readAll(home.root().resolve("specs/conformance.yaml"));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("test", "scenarios", "verdict", "remark"));
        int run = 0;
        int passed = 0;
        for (ConformanceTests.Test test : tests) {
            List<Entry> cells = scenarios.stream()
                    .filter(scenario -> test.scenarios().contains(scenario.id()))
                    .flatMap(scenario -> entries(scenario).stream())
                    .toList();
            boolean passes = !cells.isEmpty() && cells.stream().allMatch(cell -> cell.verdict() == Verdict.PROVED);
            run += test.scenarios().isEmpty() ? 0 : 1;
            passed += passes ? 1 : 0;
            rows.add(List.of(
                    test.name(),
                    String.join(", ", test.scenarios()),
                    test.scenarios().isEmpty() ? "left out" : Matrix.tally(cells),
                    test.remark()));
        }
        return """
                The tests of `tools/testing/selftests/mm/hmm-tests.c`, with the results that they expect, each under
                every interleaving of its operations. Of %d tests %d are run, and of these %d pass.

                """.formatted(tests.size(), run, passed) + LedgerText.table(rows);
    }
}
