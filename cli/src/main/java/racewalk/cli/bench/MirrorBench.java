package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.MirrorCost;
import racewalk.specs.MirrorCost.Has;

/** What several mirrors of a process cost when one page is discarded, by how many page tables they have: counted. */
final class MirrorBench {

    private static final int MIRRORS = 4;
    private static final List<String> DESIGNS =
            List.of("hmm-2015", "hmm-2015-shared-table-late", "hmm-2015-asks-table", "hmm-2015-shared-table-asked");

    /** All counts. They are the same on every machine. */
    Section count() {
        List<List<Object>> rows = new ArrayList<>();
        for (Has has : Has.values()) {
            for (String id : DESIGNS) {
                Design.Secondary design =
                        (Design.Secondary) Designs.find(Kind.SECONDARY, id).orElseThrow();
                MirrorCost.Counts counts = MirrorCost.count(design, has, MIRRORS);
                rows.add(List.of(
                        has.name().toLowerCase(Locale.ROOT), id, counts.callbacks(), counts.inVain(), counts.looked()));
            }
        }
        return new Section(
                "What " + MIRRORS + " mirrors cost when one of " + MIRRORS + " pages is discarded",
                List.of("each has", "mirrors", "callbacks", "in vain", "accesses to tables"),
                rows,
                List.of(
                        "counted, not timed: calls of update(), and those whose device has not had the page",
                        "as posted nobody looks into the mirrors' tables before the drivers are told"),
                List.of());
    }
}
