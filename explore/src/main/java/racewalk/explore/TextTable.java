package racewalk.explore;

import java.util.List;

/** Text in aligned columns. */
public final class TextTable {

    private TextTable() {}

    /**
     * The rows, each column as wide as its widest cell, with {@code gap} between columns and no blanks at the end of a
     * line.
     */
    public static String columns(List<List<String>> rows, String gap) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                width[c] = Math.max(width[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                line.append(row.get(c))
                        .repeat(' ', width[c] - row.get(c).length())
                        .append(gap);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
