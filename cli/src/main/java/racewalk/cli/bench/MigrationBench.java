package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.MigrationCost;

/** What it costs to migrate the pages of one leaf table, by design: counted on the model, with nobody else there. */
final class MigrationBench {

    /** That without early entries, and those with them. */
    static final List<String> MMS =
            List.of("linux-4.9", "hmm-v15-repaired", "hmm-v15-early-repaired", "hmm-v13-repaired", "linux-7.0");

    private static final int PAGES = 16;

    private static final List<String> COLUMNS = List.of(
            "migration",
            "pages",
            "moved",
            "replaced early",
            "replaced by rmap",
            "in vain",
            "rmap walks",
            "PT lock",
            "CPUs' TLB flushes");

    /** All counts. They are the same on every machine. */
    Section count() {
        List<List<Object>> rows = new ArrayList<>();
        for (MigrationCost.Pages found : MigrationCost.Pages.values()) {
            for (String mm : MMS) {
                rows.add(row(mm, found));
            }
        }
        return new Section(
                "What the migration of " + PAGES + " pages of one leaf table costs, by design",
                COLUMNS,
                rows,
                List.of(
                        "counted, not timed: entries replaced and set again, walks, locks and flushes of one migration",
                        "in vain: entries that were replaced, and set again for a page that had not moved",
                        "linux-4.9 tries a page four times here, and ten times in Linux"),
                List.of());
    }

    private static List<Object> row(String mm, MigrationCost.Pages found) {
        MigrationCost.Counts counts =
                MigrationCost.count((Design.Mm) Designs.find(Kind.MM, mm).orElseThrow(), found, PAGES);
        return Arrays.asList(
                mm,
                found.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                orNothing(counts.moved()),
                orNothing(counts.early()),
                orNothing(counts.unmapped()),
                orNothing(counts.inVain()),
                orNothing(counts.walks()),
                counts.ptLocks(),
                orNothing(counts.flushes()));
    }

    private static Long orNothing(long count) {
        return count == 0 ? null : count;
    }
}
