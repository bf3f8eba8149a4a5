package racewalk.stress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A cell as the command line names it, and the line that answers it.
 *
 * @param file the scenario's file
 * @param cpus how many of its CPUs
 * @param operations how many operations of each actor
 * @param cell the designs
 */
record Request(String file, int cpus, int operations, String cell) {

    private static final int WORDS = 4;

    /**
     * Reads cells, four words each.
     *
     * @throws IllegalArgumentException if they are none
     */
    static List<Request> parse(List<String> words) {
        if (words.isEmpty() || words.size() % WORDS != 0) {
            throw new IllegalArgumentException("expected cells, each as SCENARIO-FILE CPUS OPERATIONS CELL");
        }
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < words.size(); i += WORDS) {
            requests.add(new Request(
                    words.get(i),
                    number("CPUS", words.get(i + 1)),
                    number("OPERATIONS", words.get(i + 2)),
                    words.get(i + 3)));
        }
        return requests;
    }

    /** A number from 1. */
    static int number(String what, String text) {
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("expected a number from 1 for " + what + ", not '" + text + "'");
    }

    Case toCase() {
        return Case.of(file, cpus, operations, cell);
    }

    List<String> words() {
        return List.of(file, "" + cpus, "" + operations, cell);
    }

    /** The scenario's id, which is its file's name. */
    private String scenario() {
        return Path.of(file).getFileName().toString().replaceFirst("\\.yaml$", "");
    }

    /** The line. */
    String result(String verdict, long runs, long nanos, String what) {
        return String.join(
                "\t",
                "RESULT",
                scenario(),
                "" + cpus,
                "" + operations,
                cell,
                verdict,
                "" + runs,
                "" + nanos,
                what.replaceAll("\\s+", " ").strip());
    }
}
