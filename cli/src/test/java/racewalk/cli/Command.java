package racewalk.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A command line that was run in this JVM, as a user would run it.
 *
 * @param code the exit code
 * @param out what it printed
 * @param err what it printed on the error stream
 */
record Command(int code, String out, String err) {

    /** The checkout that this module is part of. */
    static final Path CHECKOUT = Path.of("..");

    static Command run(String... arguments) {
        return in(CHECKOUT, arguments);
    }

    static Command in(Path home, String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream newOut = new ByteArrayOutputStream();
        ByteArrayOutputStream newErr = new ByteArrayOutputStream();
        String homeBefore = System.getProperty("racewalk.home");
        try {
            System.setOut(new PrintStream(newOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(newErr, true, StandardCharsets.UTF_8));
            System.setProperty("racewalk.home", home.toString());
            int code = Main.run(arguments);
            return new Command(code, newOut.toString(StandardCharsets.UTF_8), newErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
            if (homeBefore == null) {
                System.clearProperty("racewalk.home");
            } else {
                System.setProperty("racewalk.home", homeBefore);
            }
        }
    }
}
