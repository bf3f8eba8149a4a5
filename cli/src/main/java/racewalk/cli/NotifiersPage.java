package racewalk.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import racewalk.specs.AtomicFile;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Entry;
import racewalk.specs.Scenario;

/** {@code docs/notifiers.md}: the ledger, for people. Every verdict in it is one that a run has computed. */
final class NotifiersPage {

    private static final String FILE = "docs/notifiers.md";

    private static final String INTRODUCTION = """
            # Notifiers and secondary MMUs

            *Written by `racewalk gate --accept` from the ledger. Do not edit.*

            Which notifier keeps which secondary MMU from using memory that the process has lost, and coherent with the
            CPUs? A pair is crossed in several scenarios. `proved 9` is: in all nine; `REFUTED 2/9`: in two of nine, and
            the scenarios below say in which. A proof is about its scenario's scope, which its heading has. A refuted
            cell has the fewest preemptions that refute it (of a livelock those of the run that was found), and
            what is violated so;
            `./racewalk check SCENARIO --design notifier=N --design secondary=S` prints its shortest interleaving.

            Whether accesses by a device keep a page young has a matrix of its own, after the first: there a pair is
            refuted if an access leaves no trace for the next `page_referenced`. In the first are also the lists that
            change while they are walked (registration, unregistration, release at the exit of a process, insertion and
            removal of interval notifiers), and the rmap notifiers of drivers that sleep, which reclaim calls. Devices
            that have the page of a file, which is written back or cut off, have a matrix of their own, too.

            """;

    private NotifiersPage() {}

    /** Writes the page of the ledger as it is now. */
    static void write(Home home) throws IOException {
        AtomicFile.write(file(home), of(home));
    }

    static Path file(Home home) {
        return home.root().resolve(FILE);
    }

    /** The page. */
    static String of(Home home) {
        List<Scenario> scenarios = home.scenarios().stream()
                .filter(scenario -> !scenario.migrates() || scenario.hasDeviceOfFile())
                .filter(scenario -> !HmmPage.isAbout(scenario) && !WalkPage.isAbout(scenario))
                .toList();
        List<Entry> known = home.known();
        List<Entry> all = scenarios.stream()
                .flatMap(scenario -> home.ledger().of(scenario.id()).stream())
                .toList();
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("## The matrix\n\n");
        for (Matrix matrix : Matrix.of(all, scenarios)) {
            page.append(LedgerText.table(matrix.rows(matrix.notifiers(), Matrix::tally)))
                    .append('\n');
        }
        page.append("## Questions\n\n");
        home.questions().stream()
                .filter(question -> scenarios.stream().anyMatch(question::isAbout))
                .forEach(question -> page.append(LedgerText.question(question, known)));
        page.append("## Designs\n\n");
        for (Kind kind : List.of(Kind.NOTIFIER, Kind.SECONDARY)) {
            page.append(designs(kind)).append('\n');
        }
        page.append("## Scenarios\n");
        scenarios.forEach(
                scenario -> page.append(scenario(scenario, home.ledger().of(scenario.id()))));
        return page.toString();
    }

    private static String designs(Kind kind) {
        List<List<String>> rows = new ArrayList<>(List.of(List.of(kind.key(), "what it is", "source")));
        for (Design design : Designs.all()) {
            if (design.kind() == kind) {
                rows.add(List.of(
                        design.id(), design.about().title(), design.about().source()));
            }
        }
        return LedgerText.table(rows);
    }

    private static String scenario(Scenario scenario, List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        text.append("\n### ").append(scenario.id()).append("\n\n").append(scenario.title());
        text.append(" (").append(TextReport.scope(scenario)).append(").\n");
        for (Matrix matrix : Matrix.of(entries, List.of())) {
            text.append('\n')
                    .append(LedgerText.table(
                            matrix.rows(matrix.notifiers(), cells -> LedgerText.verdict(cells.getFirst()))));
        }
        return text.toString();
    }
}
