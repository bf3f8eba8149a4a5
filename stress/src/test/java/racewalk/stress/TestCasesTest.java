package racewalk.stress;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Planted: what jcstress is content with. */
class TestCasesTest {

    private static final int MINIMUM = 100;

    private static void run(List<String> expected, Map<String, Samples> seen) throws Throwable {
        for (var test : TestCases.of(expected, seen, MINIMUM, (_, _) -> {}).toList()) {
            test.getExecutable().execute();
        }
    }

    private static Samples samples(long count) {
        return new Samples(Map.of("OK", count), null);
    }

    @Test
    void noTestFails() {
        assertThrows(AssertionError.class, () -> run(List.of(), Map.of()));
    }

    @Test
    void testThatWasNotRunFails() {
        assertThrows(AssertionError.class, () -> run(List.of("a", "b"), Map.of("a", samples(MINIMUM))));
    }

    @Test
    void noSampleFails() {
        assertThrows(AssertionError.class, () -> run(List.of("a"), Map.of("a", new Samples(Map.of(), null))));
    }

    @Test
    void tooFewSamplesFail() {
        assertThrows(AssertionError.class, () -> run(List.of("a"), Map.of("a", samples(MINIMUM - 1))));
    }

    @Test
    void testThatJcstressGaveUpFails() {
        Samples hung = new Samples(Map.of("OK", 1_000L), "TIMEOUT_ERROR");
        assertThrows(AssertionError.class, () -> run(List.of("a"), Map.of("a", hung)));
    }

    @Test
    void enoughSamplesAreChecked() throws Throwable {
        AtomicInteger checked = new AtomicInteger();
        for (var test : TestCases.of(
                        List.of("a"), Map.of("a", samples(MINIMUM)), MINIMUM, (_, _) -> checked.incrementAndGet())
                .toList()) {
            test.getExecutable().execute();
        }
        assertTrue(checked.get() == 1);
    }

    @Test
    void jcstressIsContentWithNoTest(@TempDir Path folder) throws Exception {
        Forked forked = new Forked(folder.resolve("run"), System.getProperty("java.class.path"), 60);
        assertThrows(
                IllegalStateException.class,
                () -> forked.run("NoSuchTest", "-Xmx256m", List.of("-sc", "false", "-f", "1", "-iters", "1")),
                "no results are no results, whatever its exit code");
    }

    @Test
    void runThatTakesTooLongIsEnded(@TempDir Path folder) throws IOException {
        Forked forked = new Forked(folder.resolve("run"), System.getProperty("java.class.path"), 1);
        assertThrows(
                IllegalStateException.class,
                () -> forked.run("PageBeforePte", "-Xmx256m", List.of("-sc", "false", "-time", "60000")));
        assertTrue(ProcessHandle.current().descendants().noneMatch(ProcessHandle::isAlive));
    }
}
