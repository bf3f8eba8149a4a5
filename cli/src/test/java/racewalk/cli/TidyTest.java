package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TidyTest {

    @TempDir
    private Path folder;

    @Test
    void modelIsTidy() {
        assertEquals(List.of(), Tidy.complaints(Path.of("../model/src/main/java"), true));
    }

    @Test
    void otherModulesAreTidy() {
        for (String module : List.of("specs", "explore", "junit", "lincheck", "stress", "cli")) {
            assertEquals(List.of(), Tidy.complaints(Path.of("..", module, "src/main/java"), false));
        }
    }

    private List<String> complaints(String body) throws IOException {
        Files.writeString(folder.resolve("Planted.java"), body);
        return Tidy.complaints(folder, true);
    }

    private void assertNoticed(String complaint, String member) throws IOException {
        String source = "/** A fault. */\npublic class Planted {\n" + member + "\n}\n";
        assertEquals(List.of("Planted.java:3: " + complaint), complaints(source));
    }

    @Test
    void plantedUntidinessIsNoticed() throws IOException {
        assertNoticed("mutable field count that is not private", "    int count;");
        assertNoticed("static field count that can change", "    private static int count;");
        assertNoticed("static field table that can change", "    private static final long[] table = {1};");
        assertNoticed("static field list that can change", "    private static final List<Long> list = of();");
        assertNoticed("synchronized in the model", "    private synchronized void lock() {}");
        assertNoticed("synchronized in the model", "    void lock() { synchronized (this) { } }");
        assertNoticed("Thread in the model", "    void run() { Thread.yield(); }");
        assertNoticed("System.nanoTime in the model", "    long now() { return System.nanoTime(); }");
        assertNoticed("Random in the model", "    Object dice() { return new Random(); }");
        assertNoticed("public method go without Javadoc", "    public void go() {}");
        assertEquals(
                List.of("Planted.java:1: import of java.util.concurrent.atomic.AtomicLong in the model"),
                complaints(
                        "import java.util.concurrent.atomic.AtomicLong;\n/** A fault. */\npublic class Planted {}\n"));
        assertEquals(
                List.of("Planted.java:1: public type Planted without Javadoc"),
                complaints("public class Planted {}\n"));
    }

    @Test
    void tidyClassIsNotComplainedOf() throws IOException {
        assertEquals(
                List.of(),
                complaints("/** Tidy. */\npublic class Planted {\n    private int count;\n"
                        + "    private static final int MAX = 3;\n}\n"));
    }
}
