package racewalk.specs;

import java.util.List;
import racewalk.specs.Operation.OfTable;

/**
 * Operations of scenarios with walked tables, as text: {@code walk R}, {@code populate I V}, {@code clear R}, {@code
 * lockstep R}, {@code finish}. Entries are counted through all tables; a range is of one table, but that of {@code
 * lockstep}, which is of each.
 */
final class TableOperations {

    private static final String VERBS = "walk R, populate I V, clear R, lockstep R, finish";

    private TableOperations() {}

    /** The operation as text. */
    static String show(OfTable operation) {
        return switch (operation) {
            case OfTable.Walk _ -> "walk " + range(operation);
            case OfTable.Populate(int index, long value) -> "populate " + index + " " + value;
            case OfTable.Clear _ -> "clear " + range(operation);
            case OfTable.Lockstep _ -> "lockstep " + range(operation);
            case OfTable.Finish _ -> "finish";
        };
    }

    private static String range(Operation operation) {
        int last = operation.end() - 1;
        return operation.start() == last ? Integer.toString(last) : operation.start() + ".." + last;
    }

    /** Reads an operation on {@code tables}. */
    static Operation parse(YamlNode node, Scenario.Tables tables) {
        String expected = "an operation on a table (" + VERBS + ")";
        String text = node.text(expected);
        List<String> words = List.of(text.split("\\s+"));
        int span = tables.shape().span();
        Arguments arguments = new Arguments(node, text, words);
        return switch (words.getFirst()) {
            case "walk" -> new OfTable.Walk(arguments.start(tables), arguments.end(tables));
            case "clear" -> new OfTable.Clear(arguments.start(tables), arguments.end(tables));
            case "lockstep" -> {
                Operation lockstep = new OfTable.Lockstep(arguments.start(tables), arguments.end(tables));
                if (lockstep.end() > span) {
                    throw node.malformed("'lockstep' is of addresses up to " + (span - 1) + ", not '" + text + "'");
                }
                yield lockstep;
            }
            case "populate" ->
                new OfTable.Populate(
                        arguments.number(1, 3, 0, tables.entries() - 1),
                        arguments.number(2, 3, 1, TableSpecification.MAX_VALUE));
            case "finish" -> {
                arguments.count(1);
                yield new OfTable.Finish(0, tables.entries());
            }
            default -> throw node.malformed("expected " + expected + ", not '" + text + "'");
        };
    }

    private record Arguments(YamlNode node, String text, List<String> words) {

        void count(int count) {
            if (words.size() != count) {
                throw node.malformed(
                        "'" + words.getFirst() + "' takes " + (count - 1) + " arguments, not '" + text + "'");
            }
        }

        int number(int place, int count, int low, int high) {
            count(count);
            return number(words.get(place), low, high);
        }

        private int number(String word, int low, int high) {
            if (word.matches("[0-9]{1,4}") && Integer.parseInt(word) >= low && Integer.parseInt(word) <= high) {
                return Integer.parseInt(word);
            }
            throw node.malformed("expected a number from " + low + " to " + high + " in '" + text + "'");
        }

        private int[] range(Scenario.Tables tables) {
            count(2);
            String[] ends = words.get(1).split("\\.\\.", -1);
            int start = number(ends[0], 0, tables.entries() - 1);
            int last = number(ends[ends.length - 1], start, tables.entries() - 1);
            int span = tables.shape().span();
            if (ends.length > 2 || start / span != last / span) {
                throw node.malformed("expected a range of one table, such as 0 or 0..1, not '" + text + "'");
            }
            return new int[] {start, last + 1};
        }

        int start(Scenario.Tables tables) {
            return range(tables)[0];
        }

        int end(Scenario.Tables tables) {
            return range(tables)[1];
        }
    }
}
