package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import racewalk.specs.ContpteCost;
import racewalk.specs.ContpteCost.What;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;

/** What it costs to change entries of a contiguous block, beside entries each of which is by itself: counted. */
final class BlockBench {

    private static final List<String> TABLES = List.of("ptes", "contpte", "contpte-bbml2");

    /** All counts. They are the same on every machine. */
    Section count() {
        List<List<Object>> rows = new ArrayList<>();
        for (What what : What.values()) {
            for (String id : TABLES) {
                Design.Contiguous design =
                        (Design.Contiguous) Designs.find(Kind.TABLE, id).orElseThrow();
                ContpteCost.Counts counts = ContpteCost.count(design, what);
                rows.add(List.of(name(what), id, counts.entries(), counts.flushes()));
            }
        }
        return new Section(
                "What it costs to change entries of a block of " + ContpteCost.CONT_PTES,
                List.of("mprotect of", "entries", "accesses", "TLB flushes"),
                rows,
                List.of(),
                List.of());
    }

    private static String name(What what) {
        return switch (what) {
            case ONE -> "one of the block";
            case ALL -> "all of the block";
            case ONE_BY_ITSELF -> "one that is by itself";
            case LAST_TO_MATCH -> "the last to match";
        };
    }
}
