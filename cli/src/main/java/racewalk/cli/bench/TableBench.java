package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.TableCost;
import racewalk.specs.TableCost.What;
import racewalk.walk.TableShape;

/**
 * What a walk of a page table costs, counted: with each iterator of 2015, and with each walker of a process's tables.
 */
final class TableBench {

    private static final int ENTRIES = 512;
    private static final TableShape ONE_DIRECTORY = new TableShape(2, ENTRIES, 1, 2);
    private static final TableShape TWO_LEVELS = new TableShape(3, ENTRIES, 1, 3);

    /** The level of the PUDs is folded. */
    private static final TableShape FOLDED = new TableShape(4, ENTRIES, 1, 3, false, List.of(2));

    private static final List<String> ITERATORS = List.of("hmm-pt-v1", "hmm-pt-v3-repaired", "hairgrove");
    private static final List<String> WALKERS = List.of("pagewalk", "ptp-walk-repaired", "vpte-iter");

    /** A table and what is valid in it: where something begins that has so many pages. */
    private record Filling(String name, TableShape shape, int pages, IntPredicate valid) {

        Filling(String name, TableShape shape, IntPredicate valid) {
            this(name, shape, 1, valid);
        }
    }

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

    private static final List<Filling> OF_PROCESSES = Stream.concat(
                    FILLINGS.stream(),
                    Stream.of(
                            new Filling("a directory of directories, huge pages", TWO_LEVELS, ENTRIES, _ -> true),
                            new Filling("the same with a folded level", FOLDED, ENTRIES, _ -> true)))
            .toList();

    /** All counts of the tables of 2015. They are the same on every machine. */
    Section iterators() {
        return count(
                "What it costs to walk a page table of 2015, by iterator",
                ITERATORS,
                FILLINGS,
                List.of(What.WALK, What.CLEAR));
    }

    /** All counts of the page tables of a process. They are the same on every machine. */
    Section walkers() {
        return count(
                "What it costs to walk the page tables of a process, by walker",
                WALKERS,
                OF_PROCESSES,
                List.of(What.values()));
    }

    private static Section count(String title, List<String> designs, List<Filling> fillings, List<What> whats) {
        List<List<Object>> rows = new ArrayList<>();
        List<Chart> charts = new ArrayList<>();
        for (Filling filling : fillings) {
            for (What what : whats) {
                List<Chart.Bar> bars = new ArrayList<>();
                for (String id : designs) {
                    Design.Table design =
                            (Design.Table) Designs.find(Kind.TABLE, id).orElseThrow();
                    TableCost.Counts counts =
                            TableCost.count(design, filling.shape, filling.pages, filling.valid, what);
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
                String done = switch (what) {
                    case WALK -> "walked";
                    case CLEAR -> "cleared";
                    case COPY -> "copied";
                };
                charts.add(new Chart(filling.name + ", " + done + ": accesses", bars));
            }
        }
        return new Section(
                title,
                List.of("valid", "what", "table", "accesses", "locks", "RCU sections", "references"),
                rows,
                List.of("counted, not timed: directories have 512 entries, and all of a table is walked"),
                List.of(),
                charts);
    }
}
