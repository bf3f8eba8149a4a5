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
     * When the actors wait for each other.
     *
     * @param size after how many samples
     * @param count how many times, before new samples are made
     */
    record Strides(int size, int count) {

        /** As jcstress's own, made for operations of nanoseconds, but fewer: it tries all sizes up to this first. */
        static final Strides OF_ACCESSES = new Strides(256, 8);

        /** An actor of a cell takes a microsecond: after two of these it would be alone with its sample. */
        static final Strides OF_CELLS = new Strides(1, 128);
    }

    private InProcess() {}

    /** How often a test is sampled again that has too few samples, because others use the CPUs. */
    private static final int TRIALS = 20;

    /**
     * Runs a test, again and again until it has {@code minimum} samples or enough trials.
     *
     * @param runner the runner's class, which jcstress's processor generated
     * @param actors how many actors it has
     * @param millis how long each trial samples
     */
    static Samples run(ClassLoader loader, String runner, int actors, int millis, Strides strides, long minimum) {
        // Spinning without a yield is better at bringing actors together, if each has a CPU.
        boolean crowded = actors > Runtime.getRuntime().availableProcessors();
        Samples samples = run(loader, runner, millis, strides, crowded);
        for (int i = 1; i < TRIALS && samples.failure() == null && samples.total() < minimum; i++) {
            samples = samples.and(run(loader, runner, millis, strides, true)); // others use the CPUs
        }
        return samples;
    }

    private static Samples run(ClassLoader loader, String runner, int millis, Strides strides, boolean yields) {
        try {
            Runner<?> made = (Runner<?>) loader.loadClass(runner)
                    .getConstructor(ForkedTestConfig.class)
                    .newInstance(config(runner, millis, strides, yields));
            return Samples.of(made.run());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(runner + " is no runner of jcstress 0.16", e);
        }
    }

    /** A configuration has no public constructor but that from its serial form. */
    private static ForkedTestConfig config(String runner, int millis, Strides strides, boolean yields) {
        SpinLoopStyle style = yields ? SpinLoopStyle.THREAD_YIELD : SpinLoopStyle.THREAD_SPIN_WAIT;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(style.ordinal());
            out.writeInt(millis);
            out.writeInt(1); // iteration
            out.writeUTF(runner);
            out.writeInt(MAX_FOOTPRINT_MB);
            out.writeInt(strides.size());
            out.writeInt(strides.count());
            out.writeBoolean(false); // no affinity
            out.flush();
            return new ForkedTestConfig(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new IllegalStateException("in memory", e);
        }
    }
}
