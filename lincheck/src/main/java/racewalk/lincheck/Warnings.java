package racewalk.lincheck;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What Lincheck says on the error stream. An interleaving that it cannot reproduce is cut short, and it only says so:
 * then nothing is exhausted.
 */
public final class Warnings {

    /** The warning that makes a search worthless. */
    static final String CANNOT_REPRODUCE = "Cannot reproduce the interleaving";

    private static final Warnings INSTANCE = new Warnings(System.err);

    private final PrintStream tee;
    private final PrintStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private String found;

    private Warnings(PrintStream out) {
        this.out = out;
        this.tee = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        look(b);
                    }

                    @Override
                    public void flush() {
                        out.flush();
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    /**
     * Listens from now on. Lincheck's logger keeps the stream that it finds when it is loaded, so this comes before the
     * first search.
     */
    public static void capture() {
        System.setErr(INSTANCE.tee);
    }

    /** The first warning since the last call, or null. */
    static String take() {
        return INSTANCE.takeFound();
    }

    /** Passes whole lines on, but the warning only once: Lincheck gives it for every run. */
    private synchronized void look(int b) {
        line.write(b);
        if (b != '\n') {
            return;
        }
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        int at = text.indexOf(CANNOT_REPRODUCE);
        if (at >= 0 && found != null) {
            return;
        }
        if (at >= 0) {
            found = text.substring(at).strip();
        }
        out.print(text);
    }

    private synchronized String takeFound() {
        String taken = found;
        found = null;
        return taken;
    }
}
