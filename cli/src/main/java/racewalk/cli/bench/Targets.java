package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the explorer is wished to do, beside what it did. Nothing fails that falls short. */
final class Targets {

    private static final long LARGE = 10_000_000;
    private static final double WITH_TABLE = 5e6;
    private static final double WITHOUT_TABLE = 15e6;
    private static final double TWO_WORKERS = 1.7;
    private static final double OPERATIONS = 5;

    private static final List<String> COLUMNS = List.of("target", "measured on", "wished", "measured", "reached");

    private final List<List<Object>> rows = new ArrayList<>();

    /** Notes what the table has. */
    Section withTable(Section section) {
        for (Map<String, Object> row : section.objects()) {
            if (isLarge(row)) {
                add("transitions/s, one worker, table", row, "engine", WITH_TABLE, "transitions/s");
            }
        }
        return section;
    }

    /** Notes what the table has. */
    Section withoutTable(Section section) {
        for (Map<String, Object> row : section.objects()) {
            if (isLarge(row)) {
                add("transitions/s, one worker, no table", row, "engine", WITHOUT_TABLE, "transitions/s");
            }
        }
        return section;
    }

    /** Notes what the table has. */
    Section scaling(Section section) {
        for (Map<String, Object> row : section.objects()) {
            if (isLarge(row) && row.get("workers").equals(2L)) {
                add("times one worker by two", row, "workers", TWO_WORKERS, "times one worker");
            }
        }
        return section;
    }

    /** Notes what the table has. */
    Section scope(Section section) {
        for (Map<String, Object> row : section.objects()) {
            if (row.get("program").toString().contains("4 tasks")
                    && row.get("ended").equals("exhausted")) {
                add("operations of each of 4 tasks in 5 s", row, "engine", OPERATIONS, "operations each");
            }
        }
        return section;
    }

    /** The targets that something was measured for. */
    Section section() {
        String note = "of searches with at least %,d transitions, but for the scope".formatted(LARGE);
        return new Section("Targets", COLUMNS, rows, List.of(note), List.of());
    }

    private static boolean isLarge(Map<String, Object> row) {
        return (long) row.get("transitions") >= LARGE;
    }

    private void add(String target, Map<String, Object> row, String by, double wished, String column) {
        double measured = ((Number) row.get(column)).doubleValue();
        String where = row.get("program") + ", " + row.get(by) + (by.equals("workers") ? " workers" : "");
        rows.add(List.of(target, where, wished, measured, measured >= wished ? "yes" : "no"));
    }
}
