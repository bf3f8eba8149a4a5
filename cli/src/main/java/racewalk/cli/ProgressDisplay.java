package racewalk.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import racewalk.explore.Counts;
import racewalk.explore.Progress;

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
        return counts -> at(cell, counts);
    }

    private synchronized void at(String cell, Counts counts) {
        if (bar != null) {
            bar.setExtraMessage("%,d states of %s".formatted(counts.states(), cell));
        } else if (System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
            lastLine = System.nanoTime();
            out.printf("%d of %d cells; %,d states of %s%n", done, total, counts.states(), cell);
        }
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
