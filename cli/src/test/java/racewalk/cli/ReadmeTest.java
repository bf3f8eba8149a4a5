package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.specs.Entry;

/**
 * What the README shows is what the commands print. A line of … stands for any lines; times, line numbers, hashes, the
 * version and what depends on the number of processors are not compared.
 */
class ReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
    private static final String ANY_LINES = "…";

    @TempDir
    private Path folder;

    private static List<String> blocks(String language) throws IOException {
        return BLOCK.matcher(Files.readString(Command.CHECKOUT.resolve("README.md")))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** The output that the README shows for {@code command}. */
    private static List<String> shown(String command) throws IOException {
        String prompt = "$ " + command + "\n";
        String block = blocks("console").stream()
                .filter(text -> text.startsWith(prompt))
                .findFirst()
                .orElseThrow();
        return block.substring(prompt.length()).lines().toList();
    }

    private static void assertShows(String command, String printed) throws IOException {
        List<String> output =
                new ArrayList<>(printed.lines().map(ReadmeTest::normal).toList());
        boolean skips = false;
        for (String line : shown(command)) {
            if (line.equals(ANY_LINES)) {
                skips = true;
                continue;
            }
            int found = output.indexOf(normal(line));
            assertTrue(found == 0 || skips && found > 0, () -> "not printed by " + command + ": " + line);
            output.subList(0, found + 1).clear();
            skips = false;
        }
        assertTrue(skips || output.isEmpty(), () -> "not shown of " + command + ": " + output.getFirst());
    }

    private static String normal(String line) {
        return line.replaceAll("\\d+\\.\\d+ s\\b", "TIME")
                .replaceAll("\\.java:\\d+", ".java")
                .replaceAll("@[0-9a-f]{8}", "@HASH")
                .replaceAll("\\b[0-9a-f]{16}\\b", "HASH")
                .replaceAll("version .*", "version VERSION")
                .replaceAll("[\\d,]+ transitions, [\\d,]+ complete runs, depth \\d+", "WORK")
                .replaceAll("\\d+ workers?", "WORKERS")
                .stripTrailing();
    }

    @Test
    void gatePrintsTheShownMatrixAndCounts() throws IOException {
        Home home = new Home(Command.CHECKOUT);
        List<Entry> entries = home.scenarios().stream()
                .flatMap(scenario ->
                        home.ledger().of(scenario.id()).stream().filter(entry -> scenario.isOfGate(entry.designs())))
                .toList();
        assertShows(
                "./racewalk gate",
                GateReport.matrix(entries, Set.of(), home.scenarios()) + GateReport.total(entries, entries.size(), 0));
    }

    @Test
    void pageOfTheNotifiersIsThatOfTheLedger() throws IOException {
        Home home = new Home(Command.CHECKOUT);
        assertEquals(NotifiersPage.of(home), Files.readString(NotifiersPage.file(home)));
    }

    @Test
    void pageOfTheMigrationsIsThatOfTheLedger() throws IOException {
        Home home = new Home(Command.CHECKOUT);
        assertEquals(MigrationPage.of(home), Files.readString(MigrationPage.file(home)));
    }

    @Test
    void pageOfHmmIsThatOfTheLedger() throws IOException {
        Home home = new Home(Command.CHECKOUT);
        assertEquals(HmmPage.of(home), Files.readString(HmmPage.file(home)));
    }

    @Test
    void pageOfTheWalksIsThatOfTheLedger() throws IOException {
        Home home = new Home(Command.CHECKOUT);
        assertEquals(WalkPage.of(home), Files.readString(WalkPage.file(home)));
    }

    @Test
    void otherCommandsPrintWhatIsShown() throws IOException {
        Files.writeString(folder.resolve("first.yaml"), blocks("yaml").getFirst());
        for (String block : blocks("console")) {
            String command = block.lines().findFirst().orElseThrow().substring(2);
            if (!command.startsWith("./racewalk ") || command.equals("./racewalk gate")) {
                continue;
            }
            String[] arguments = Stream.of(command.split(" "))
                    .skip(1)
                    .map(word ->
                            word.equals("first.yaml") ? folder.resolve(word).toString() : word)
                    .toArray(String[]::new);
            assertShows(command, Command.run(arguments).out());
        }
    }

    @Test
    void shownCodeIsInTheModel() throws IOException {
        String model;
        try (Stream<Path> files = Files.walk(Command.CHECKOUT.resolve("model/src/main/java"))) {
            StringBuilder all = new StringBuilder();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file));
            }
            model = all.toString();
        }
        List<String> code = blocks("java");
        assertEquals(1, code.size());
        code.forEach(block -> assertTrue(model.contains(block), block));
    }
}
