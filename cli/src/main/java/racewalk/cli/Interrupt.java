package racewalk.cli;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    private static final Set<Process> STOPPED_TOO = ConcurrentHashMap.newKeySet();

    private Interrupt() {}

    /** From now on an interrupt is a request. */
    static void install() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            requested = FINISHED.getCount() != 0;
                            STOPPED_TOO.forEach(Interrupt::end); // one is left where a command has failed
                            if (!requested) {
                                return;
                            }
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

    /** An interrupt ends {@code process}, too: who reads what it prints then comes to the end of it. */
    static void alsoEnds(Process process) {
        STOPPED_TOO.add(process);
        if (requested) {
            end(process);
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    /** {@code process} has ended. */
    static void ended(Process process) {
        STOPPED_TOO.remove(process);
    }

    /** The command is over. */
    static void finished(int code) {
        exitCode = requested && code == ExitCode.AS_EXPECTED ? ExitCode.INCONCLUSIVE : code;
        FINISHED.countDown();
    }
}
