package racewalk.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: asks the running command to stop, lets it print what it has, and ends the process with the exit code that the
 * command then has.
 */
final class Interrupt {

    private static final int PATIENCE_SECONDS = 20;

    private static volatile boolean requested;
    private static volatile int exitCode = ExitCode.INCONCLUSIVE;
    private static final CountDownLatch FINISHED = new CountDownLatch(1);

    private Interrupt() {}

    /** From now on an interrupt is a request. */
    static void install() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (FINISHED.getCount() == 0) {
                                return;
                            }
                            requested = true;
                            try {
                                if (!FINISHED.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                                    System.err.println("racewalk: gave up waiting for the search to stop");
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            Runtime.getRuntime().halt(exitCode);
                        },
                        "interrupt"));
    }

    /** Whether the user has asked to stop. */
    static boolean isRequested() {
        return requested;
    }

    /** The command is over. */
    static void finished(int code) {
        exitCode = requested && code == ExitCode.AS_EXPECTED ? ExitCode.INCONCLUSIVE : code;
        FINISHED.countDown();
    }
}
