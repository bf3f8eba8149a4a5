package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import racewalk.explore.TextTable;

/**
 * One table of the benchmark.
 *
 * @param title what it compares
 * @param columns their heads
 * @param rows what was measured: text, {@link Long}, {@link Double}, or null where there is nothing to say
 * @param notes what a reader must know, a sentence each
 * @param differences what should have been the same and was not: any one of them fails the benchmark
 * @param charts some of the rows as bars, for people: scripts have the rows
 */
record Section(
        String title,
        List<String> columns,
        List<List<Object>> rows,
        List<String> notes,
        List<String> differences,
        List<Chart> charts) {

    /** A table of which nothing is drawn. */
    Section(String title, List<String> columns, List<List<Object>> rows, List<String> notes, List<String> differences) {
        this(title, columns, rows, notes, differences, List.of());
    }

    Section {
        for (List<Object> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(title + ": " + row + " for " + columns);
            }
        }
    }

    /** The table for people. */
    String text() {
        List<List<String>> lines = new ArrayList<>(List.of(columns));
        rows.forEach(row -> lines.add(row.stream().map(Section::show).toList()));
        StringBuilder text = new StringBuilder(title).append('\n');
        if (!rows.isEmpty()) {
            TextTable.columns(lines, "  ")
                    .lines()
                    .forEach(line -> text.append("  ").append(line).append('\n'));
        }
        charts.forEach(chart -> text.append(chart.text().indent(2)));
        notes.forEach(note -> text.append("  ").append(note).append('\n'));
        differences.forEach(one -> text.append("  DIFFERS: ").append(one).append('\n'));
        return text.toString();
    }

    /** The rows by the columns' heads. */
    List<Map<String, Object>> objects() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (List<Object> row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                object.put(columns.get(i), row.get(i));
            }
            objects.add(object);
        }
        return objects;
    }

    /** The table for scripts: an object for each row. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("title", title);
        json.put("columns", columns);
        json.put("rows", objects());
        json.put("notes", notes);
        json.put("differences", differences);
        return json;
    }

    private static String show(Object value) {
        return switch (value) {
            case null -> "-";
            case Long number -> "%,d".formatted(number);
            case Double number -> number >= 1000 ? "%,.0f".formatted(number) : "%.3g".formatted(number);
            default -> value.toString();
        };
    }
}
