package racewalk.lincheck;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import racewalk.specs.Cell;
import racewalk.specs.MalformedFileException;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/**
 * The command line: options, then any number of cells.
 *
 * @param budget the most interleavings of a cell
 * @param strategy how to search
 * @param trace whether runs that violate something are printed
 * @param limit the most time for a cell
 * @param requests the cells
 */
record Arguments(int budget, Search.Strategy strategy, boolean trace, Duration limit, List<Request> requests) {

    static final String USAGE = "usage: [--budget N] [--strategy model-checking|stress] [--trace] [--limit SECONDS]"
            + " {SCENARIO-FILE CPUS OPERATIONS CELL}...";

    /** Says what is wrong with the command line. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * One cell of a scenario within a scope.
     *
     * @param words the request as it was given
     * @param scenario the scenario, reduced
     */
    record Request(List<String> words, Scenario scenario, Cell cell) {

        /** The fields with which the answer begins. */
        String name() {
            return String.join("\t", scenario.id(), words.get(1), words.get(2), cell.toString());
        }
    }

    /** Reads the command line, and the scenarios that it names. */
    static Arguments parse(List<String> words) throws Malformed {
        int budget = 1_000;
        Search.Strategy strategy = Search.Strategy.MODEL_CHECKING;
        boolean trace = false;
        Duration limit = Duration.ofMinutes(5);
        Iterator<String> rest = words.iterator();
        List<String> cells = new ArrayList<>();
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "--budget" -> budget = number(word, rest);
                case "--strategy" -> strategy = strategy(value(word, rest));
                case "--trace" -> trace = true;
                case "--limit" -> limit = Duration.ofSeconds(number(word, rest));
                default -> {
                    if (word.startsWith("-")) {
                        throw new Malformed("unknown option " + word + "; " + USAGE);
                    }
                    cells.add(word);
                }
            }
        }
        if (cells.isEmpty() || cells.size() % 4 != 0) {
            throw new Malformed("a cell is four words: SCENARIO-FILE CPUS OPERATIONS CELL; " + USAGE);
        }
        Map<String, Scenario> scenarios = new HashMap<>();
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < cells.size(); i += 4) {
            requests.add(request(cells.subList(i, i + 4), scenarios));
        }
        return new Arguments(budget, strategy, trace, limit, requests);
    }

    private static Request request(List<String> words, Map<String, Scenario> scenarios) throws Malformed {
        try {
            Scenario whole = scenarios.computeIfAbsent(words.get(0), file -> ScenarioReader.read(Path.of(file)));
            Scenario scenario = whole.within(
                    new Scenario.Scope(positive("CPUS", words.get(1)), positive("OPERATIONS", words.get(2))));
            for (Cell cell : scenario.cells()) {
                if (cell.toString().equals(words.get(3))) {
                    return new Request(List.copyOf(words), scenario, cell);
                }
            }
            throw new Malformed("the scenario " + scenario.id() + " has no cell '" + words.get(3) + "'");
        } catch (MalformedFileException | IllegalArgumentException e) {
            throw new Malformed(e.getMessage());
        }
    }

    private static String value(String option, Iterator<String> rest) throws Malformed {
        if (!rest.hasNext()) {
            throw new Malformed(option + " needs a value; " + USAGE);
        }
        return rest.next();
    }

    private static int number(String option, Iterator<String> rest) throws Malformed {
        return positive(option, value(option, rest));
    }

    private static int positive(String what, String text) throws Malformed {
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Malformed(what + " expects a number from 1, not '" + text + "'");
    }

    private static Search.Strategy strategy(String text) throws Malformed {
        return switch (text) {
            case "model-checking" -> Search.Strategy.MODEL_CHECKING;
            case "stress" -> Search.Strategy.STRESS;
            default -> throw new Malformed("--strategy expects model-checking or stress, not '" + text + "'");
        };
    }

    /** The command line that asks for the cells from number {@code from} on. */
    List<String> from(int from) {
        List<String> words = new ArrayList<>(List.of(
                "--budget",
                Integer.toString(budget),
                "--strategy",
                strategy == Search.Strategy.STRESS ? "stress" : "model-checking"));
        if (trace) {
            words.add("--trace");
        }
        requests.subList(from, requests.size()).forEach(request -> words.addAll(request.words()));
        return words;
    }
}
