package racewalk.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import racewalk.explore.Progress;
import racewalk.explore.Status;

/** Shows how far a command has come: a bar on a terminal, now and then a line elsewhere. Always on the error stream. */
final class ProgressDisplay implements AutoCloseable {

    private static final long LINE_EVERY_NANOS = 10_000_000_000L;

    private final PrintStream out = System.err;
    private final ProgressBar bar;
    private final int total;
    private int done;
    private long lastLine = System.nanoTime();

    /** A display of {@code total} cells. */
    ProgressDisplay(int total) {
        this.total = total;
        this.bar = System.console() != null && System.console().isTerminal()
                ? new ProgressBarBuilder()
                        .setTaskName("cells")
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(250)
                        .build()
                : null;
    }

    /** For the search of one cell. */
    Progress search(String cell) {
        return status -> at(cell, status);
    }

    private synchronized void at(String cell, Status status) {
        if (bar != null) {
            bar.setExtraMessage("%s of %s".formatted(describe(status), cell));
        } else if (System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
            lastLine = System.nanoTime();
            out.printf("%d of %d cells; %s of %s%n", done, total, describe(status), cell);
        }
    }

    /** What is known of the states; the whole is an estimate, see {@link Status#explored}. */
    static String describe(Status status) {
        StringBuilder text =
                new StringBuilder("%,d states".formatted(status.counts().states()));
        if (status.estimatedStates() > 0) {
            text.append(
                    " of about %,.0f (%.0f %%)".formatted(oneDigit(status.estimatedStates()), 100 * status.explored()));
        }
        if (status.full() >= 0.01) {
            text.append(", memory %.0f %% full".formatted(100 * status.full()));
        }
        return text.toString();
    }

    private static double oneDigit(long number) {
        double unit = Math.pow(10, Math.floor(Math.log10(number)));
        return Math.round(number / unit) * unit;
    }

    /** One more cell is done. */
    synchronized void done() {
        done++;
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
