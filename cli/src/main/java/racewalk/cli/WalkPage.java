package racewalk.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import racewalk.specs.AtomicFile;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;

/** {@code docs/walk.md}: what the ledger has about the walks of page tables, for people. */
final class WalkPage {

    private static final String FILE = "docs/walk.md";

    private static final String INTRODUCTION = """
            # Walks of page tables

            *Written by `racewalk gate --accept` from the ledger. Do not edit.*

            In 2018 Kirill Shutemov posted page table primitives of which a pointer and a value have their level with
            them, and that walk by recursion; in 2020 Matthew Wilcox sketched a flat iterator that keeps the order of an
            entry to itself, and left open how to iterate two address spaces at once. Both are built here and explored
            beside what Linux has: `ptp-walk` as posted, `vpte-iter` as sketched, `pagewalk` as it is today, with a
            function for each level. Then what lies between the levels, and what goes on below a walk: contiguous
            entries of arm64, and tables that are freed while somebody walks them.

            A verdict is about its scenario's scope, which the last section has. `1 Deadlock` is: a run with one
            preemption ends in a deadlock, and no run with fewer violates anything.
            `./racewalk check SCENARIO --design table=DESIGN` prints the shortest run, and `./racewalk bench walks`
            counts what a walk costs.

            """;

    /** The parts of the page: each has the scenarios with its prefix. */
    private enum Part {
        WALKERS("walk-", "Walkers of one address space, and of two"),
        CONTIGUOUS("contpte-", "Contiguous entries"),
        FREED("ptable-", "Tables that are freed, and walks without a lock");

        private final String prefix;
        private final String title;

        Part(String prefix, String title) {
            this.prefix = prefix;
            this.title = title;
        }

        private boolean has(Scenario scenario) {
            return scenario.id().startsWith(prefix);
        }
    }

    private WalkPage() {}

    /** Whether the page is about a scenario: then the other pages of the ledger are not. */
    static boolean isAbout(Scenario scenario) {
        return Stream.of(Part.values()).anyMatch(part -> part.has(scenario));
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
        List<Scenario> scenarios =
                home.scenarios().stream().filter(WalkPage::isAbout).toList();
        List<Entry> known = home.known();
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (Part part : Part.values()) {
            List<Scenario> ofPart = scenarios.stream().filter(part::has).toList();
            if (!ofPart.isEmpty()) {
                page.append("## ").append(part.title).append("\n\n");
                page.append(LedgerText.table(CellsByDesign.rows(ofPart, known))).append('\n');
            }
        }
        page.append("## Questions\n\n");
        home.questions().stream()
                .filter(question -> scenarios.stream().anyMatch(question::isAbout))
                .forEach(question -> page.append(LedgerText.question(question, known)));
        page.append("## Scenarios\n\n").append(LedgerText.table(LedgerText.scopes(scenarios)));
        return page.toString();
    }
}
