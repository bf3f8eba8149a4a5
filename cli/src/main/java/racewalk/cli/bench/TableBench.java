package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.TableCost;
import racewalk.specs.TableCost.What;
import racewalk.walk.TableShape;

/** What a walk of a page table costs with each iterator of 2015, counted. */
final class TableBench {

    private static final int ENTRIES = 512;
    private static final TableShape ONE_DIRECTORY = new TableShape(2, ENTRIES, 1, 2);
    private static final TableShape TWO_LEVELS = new TableShape(3, ENTRIES, 1, 3);
    private static final List<String> DESIGNS = List.of("hmm-pt-v1", "hmm-pt-v3-repaired", "hairgrove");

    /** A table and what is valid in it. */
    private record Filling(String name, TableShape shape, IntPredicate valid) {}

    private static final List<Filling> FILLINGS = List.of(
            new Filling("a directory, dense", ONE_DIRECTORY, _ -> true),
            new Filling("a directory, every 64th", ONE_DIRECTORY, address -> address % 64 == 0),
            new Filling("a directory, its last entry", ONE_DIRECTORY, address -> address == ENTRIES - 1),
            new Filling(
                    "a directory of directories, its last one",
                    TWO_LEVELS,
                    address -> address >= ENTRIES * (ENTRIES - 1)),
            new Filling(
                    "a directory of directories, its last page",
                    TWO_LEVELS,
                    address -> address == ENTRIES * ENTRIES - 1));

    /** All counts. They are the same on every machine. */
    Section count() {
        List<List<Object>> rows = new ArrayList<>();
        List<Chart> charts = new ArrayList<>();
        for (Filling filling : FILLINGS) {
            for (What what : What.values()) {
                List<Chart.Bar> bars = new ArrayList<>();
                for (String id : DESIGNS) {
                    Design.Table design =
                            (Design.Table) Designs.find(Kind.TABLE, id).orElseThrow();
                    TableCost.Counts counts = TableCost.count(design, filling.shape, filling.valid, what);
                    rows.add(List.of(
                            filling.name,
                            what.name().toLowerCase(Locale.ROOT),
                            id,
                            counts.steps(),
                            counts.locks(),
                            counts.sections(),
                            counts.references()));
                    bars.add(new Chart.Bar(id, counts.steps()));
                }
                String done = what == What.WALK ? "walked" : "cleared";
                charts.add(new Chart(filling.name + ", " + done + ": accesses", bars));
            }
        }
        return new Section(
                "What it costs to walk a page table of 2015, by iterator",
                List.of("valid", "what", "table", "accesses", "locks", "RCU sections", "references"),
                rows,
                List.of("counted, not timed: directories have 512 entries, and all of the table is walked or cleared"),
                List.of(),
                charts);
    }
}
