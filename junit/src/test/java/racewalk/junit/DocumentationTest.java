package racewalk.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/junit.md} shows is the code and what it says; times and line numbers are not compared. */
class DocumentationTest {

    private static final Pattern LINE_NUMBER = Pattern.compile("\\.java:\\d+");

    private static String text() throws IOException {
        return Files.readString(Path.of("../docs/junit.md"));
    }

    /** The first block in {@code language}. */
    private static String block(String language) throws IOException {
        var matcher = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(text());
        assertTrue(matcher.find(), language);
        return matcher.group(1);
    }

    private static String normal(String text) {
        return LINE_NUMBER.matcher(Ran.withoutTimes(text)).replaceAll(".java").strip();
    }

    @Test
    void shownTestIsTheSample() throws IOException {
        String sample = Files.readString(Path.of("src/test/java/racewalk/junit/TicketLockSample.java"));
        assertTrue(block("java").contains("@Explore(tasks = 2)"));
        assertTrue(sample.contains(block("java").indent(4).replace("    \n", "\n")), block("java"));
    }

    @Test
    void shownFailureIsWhatTheSampleSays() throws IOException {
        assertEquals(normal(Ran.of(TicketLockSample.class).thrown().getMessage()), normal(block("text")));
    }

    @Test
    void shownProofIsWhatTheRepairedSampleSays() throws IOException {
        String proof = Ran.of(TicketLockSample.Repaired.class).report();
        assertTrue(proof.startsWith("PROVED"), proof);
        assertTrue(Ran.withoutTimes(text()).contains("`" + Ran.withoutTimes(proof) + "`"), proof);
    }

    @Test
    void shownDependencyIsThisModule() throws IOException {
        String pom = Files.readString(Path.of("pom.xml")).replaceAll("\\s", "");
        String dependency = block("xml").replaceAll("\\s", "");
        for (String element : new String[] {"groupId", "version"}) {
            assertTrue(pom.contains(dependency.replaceAll(".*(<" + element + ">.*</" + element + ">).*", "$1")));
        }
        assertTrue(dependency.contains("<artifactId>junit</artifactId>")
                && pom.contains("<artifactId>junit</artifactId>"));
    }
}
