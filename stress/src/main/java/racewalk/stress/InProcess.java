package racewalk.stress;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.SpinLoopStyle;

/**
 * Drives jcstress's generated runner in this JVM. {@code org.openjdk.jcstress.Main} skips, without a word, tests with
 * more actors than there are CPUs; this does not, and it saves the start of a JVM for each test. It tries one set of
 * compiler flags only.
 */
final class InProcess {

    /** As jcstress has it by default. */
    private static final int MAX_FOOTPRINT_MB = 64;

    /**
     * After how many samples the actors wait for each other. jcstress has 256, made for operations of nanoseconds; those
     * of a cell take a microsecond, and two actors soon work on different samples.
     */
    private static final int STRIDE_SIZE = 1;

    /** How many strides there are before new samples are made. */
    private static final int STRIDE_COUNT = 128;

    private InProcess() {}

    /**
     * Runs a test.
     *
     * @param name the test's class
     * @param actors how many actors it has
     * @param millis how long each iteration samples
     * @param iterations how many iterations
     */
    static Samples run(ClassLoader loader, String name, int actors, int millis, int iterations) {
        String runner = name + "_jcstress";
        try {
            ForkedTestConfig config = config(runner, actors, millis, iterations);
            Runner<?> made = (Runner<?>) loader.loadClass(runner)
                    .getConstructor(ForkedTestConfig.class)
                    .newInstance(config);
            return Samples.of(made.run());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(runner + " is no runner of jcstress 0.16", e);
        }
    }

    /** A configuration has no public constructor but that from its serial form. */
    private static ForkedTestConfig config(String runner, int actors, int millis, int iterations) {
        // Spinning without a yield is better at bringing actors together, if each has a CPU.
        boolean crowded = actors > Runtime.getRuntime().availableProcessors();
        SpinLoopStyle style = crowded ? SpinLoopStyle.THREAD_YIELD : SpinLoopStyle.THREAD_SPIN_WAIT;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(style.ordinal());
            out.writeInt(millis);
            out.writeInt(iterations);
            out.writeUTF(runner);
            out.writeInt(MAX_FOOTPRINT_MB);
            out.writeInt(STRIDE_SIZE);
            out.writeInt(STRIDE_COUNT);
            out.writeBoolean(false); // no affinity
            out.flush();
            return new ForkedTestConfig(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new IllegalStateException("in memory", e);
        }
    }
}
