package racewalk.specs;

import java.util.List;
import racewalk.specs.Operation.OfTable;

/**
 * Operations of scenarios with walked tables, as text: {@code walk R}, {@code populate R V}, {@code clear R}, {@code
 * protect R}, {@code copy R T}, {@code lockstep R}, {@code pin I}, {@code load I}, {@code collapse R}, {@code retract
 * R}, {@code finish}. Entries are counted through all tables; a range is of one table, but that of {@code lockstep},
 * which is of each; T is the number of a table, from 0.
 */
final class TableOperations {

    private static final String VERBS = "walk R, populate R V, clear R, protect R, copy R T, lockstep R, pin I, load I,"
            + " collapse R, retract R, finish";

    private TableOperations() {}

    /** The operation as text. */
    static String show(OfTable operation) {
        return switch (operation) {
            case OfTable.Walk _ -> "walk " + range(operation);
            case OfTable.Populate populate -> "populate " + range(operation) + " " + populate.value();
            case OfTable.Clear _ -> "clear " + range(operation);
            case OfTable.Pin _ -> "pin " + range(operation);
            case OfTable.Load _ -> "load " + range(operation);
            case OfTable.Collapse _ -> "collapse " + range(operation);
            case OfTable.Retract _ -> "retract " + range(operation);
            case OfTable.Protect _ -> "protect " + range(operation);
            case OfTable.Copy copy -> "copy " + range(operation) + " " + copy.to();
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
            case "walk" -> new OfTable.Walk(arguments.start(tables, 2), arguments.end(tables, 2));
            case "clear" -> new OfTable.Clear(arguments.start(tables, 2), arguments.end(tables, 2));
            case "protect" -> new OfTable.Protect(arguments.start(tables, 2), arguments.end(tables, 2));
            case "pin" -> new OfTable.Pin(arguments.entry(tables), arguments.entry(tables) + 1);
            case "load" -> new OfTable.Load(arguments.entry(tables), arguments.entry(tables) + 1);
            case "collapse" -> {
                int[] range = arguments.wholeTables(tables);
                yield new OfTable.Collapse(range[0], range[1]);
            }
            case "retract" -> {
                int[] range = arguments.wholeTables(tables);
                yield new OfTable.Retract(range[0], range[1]);
            }
            case "lockstep" -> {
                Operation lockstep = new OfTable.Lockstep(arguments.start(tables, 2), arguments.end(tables, 2));
                if (lockstep.end() > span) {
                    throw node.malformed("'lockstep' is of addresses up to " + (span - 1) + ", not '" + text + "'");
                }
                yield lockstep;
            }
            case "populate" ->
                new OfTable.Populate(
                        arguments.start(tables, 3),
                        arguments.end(tables, 3),
                        arguments.number(2, 3, 1, TableSpecification.MAX_VALUE));
            case "copy" -> {
                OfTable.Copy copy = new OfTable.Copy(
                        arguments.start(tables, 3),
                        arguments.end(tables, 3),
                        arguments.number(2, 3, 0, tables.count() - 1));
                if (copy.to() == copy.start() / span) {
                    throw node.malformed("'copy' is into another table, not '" + text + "'");
                }
                yield copy;
            }
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

        int entry(Scenario.Tables tables) {
            return number(1, 2, 0, tables.entries() - 1);
        }

        /** A range of whole leaf tables. */
        int[] wholeTables(Scenario.Tables tables) {
            int[] range = range(tables, 2);
            int entries = tables.shape().entries();
            if (range[0] % entries != 0 || range[1] % entries != 0) {
                throw node.malformed("expected a range of whole tables of " + entries + " entries in '" + text + "'");
            }
            return range;
        }

        private int[] range(Scenario.Tables tables, int count) {
            count(count);
            String[] ends = words.get(1).split("\\.\\.", -1);
            int start = number(ends[0], 0, tables.entries() - 1);
            int last = number(ends[ends.length - 1], start, tables.entries() - 1);
            int span = tables.shape().span();
            if (ends.length > 2 || start / span != last / span) {
                throw node.malformed("expected a range of one table, such as 0 or 0..1, not '" + text + "'");
            }
            return new int[] {start, last + 1};
        }

        int start(Scenario.Tables tables, int count) {
            return range(tables, count)[0];
        }

        int end(Scenario.Tables tables, int count) {
            return range(tables, count)[1];
        }
    }
}
