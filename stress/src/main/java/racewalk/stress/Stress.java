package racewalk.stress;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import racewalk.explore.Budget;

/**
 * Runs cases: each becomes a jcstress test of its own, whose outcomes the explorer computes first.
 *
 * @param millis how long jcstress samples each, in milliseconds, beside its own checks
 * @param budget how long the explorer may take for each
 */
public record Stress(int millis, Budget budget) {

    /** How many samples there are at least; more trials are made if there are fewer. */
    public static final int MINIMUM = 500;

    /**
     * Runs a case in this JVM, with any number of actors.
     *
     * @throws IncompleteException if the explorer met a limit
     * @throws IllegalStateException if jcstress could not run it
     */
    public Report run(Case of) throws IncompleteException, IOException {
        OutcomeTable table = of.table(budget);
        if (!table.isComplete()) {
            throw new IncompleteException(table.limit());
        }
        Path folder = Files.createTempDirectory("racewalk-stress");
        try {
            Generator generator = new Generator(folder);
            String test = generator.write(of, table);
            generator.compile();
            URL[] classes = {generator.classes().toUri().toURL()};
            try (URLClassLoader loader = new URLClassLoader(classes)) {
                Samples samples = InProcess.run(
                        loader, test + "_jcstress", of.actors().size(), millis, InProcess.Strides.OF_CELLS, MINIMUM);
                if (samples.failure() != null) {
                    throw new IllegalStateException("jcstress: " + samples.failure());
                }
                return new Report(table, samples);
            }
        } finally {
            delete(folder);
        }
    }

    /** The explorer met a limit: nothing is known to be forbidden. */
    public static final class IncompleteException extends Exception {

        private static final long serialVersionUID = 1L;

        IncompleteException(String limit) {
            super("the table of outcomes is not complete: " + limit);
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
