package racewalk.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkout with one scenario of two cells, on which commands are run.
 *
 * @param root its folder
 */
record SmallHome(Path root) {

    /** The text of the scenario. */
    static final String SCENARIO = """
            id: small
            title: A small scenario
            memory: {pages: 1, tables: 1, frames: 3}
            boot:
              - cpu0: store 0 1
            actors:
              cpu0: [dontneed 0]
              dev0: [write 0 5]
            designs:
              notifier: [arcangeli, lameter]
              secondary: gru-lockless-rule
            reaches:
              - marks: [Gru.MISS]
            expect:
              - {notifier: lameter, verdict: REFUTED}
              - verdict: PROVED
            """;

    /** Makes the folders and the scenario. */
    static SmallHome in(Path root) throws IOException {
        Files.createDirectories(root.resolve("specs/scenarios"));
        Files.createDirectories(root.resolve("specs/questions"));
        SmallHome home = new SmallHome(root);
        home.write(SCENARIO);
        return home;
    }

    void write(String scenario) throws IOException {
        Files.writeString(root.resolve("specs/scenarios/small.yaml"), scenario);
    }

    /** The file with the scenario's lines. */
    Path ledger() {
        return root.resolve("specs/ledger/small.yaml");
    }

    /** Replaces what first matches a regular expression in the ledger. */
    void changeLedger(String regex, String replacement) throws IOException {
        String before = Files.readString(ledger());
        String after = before.replaceFirst(regex, replacement);
        if (after.equals(before)) {
            throw new IllegalArgumentException("nothing matches " + regex);
        }
        Files.writeString(ledger(), after);
    }

    Command run(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(more));
        return Command.in(root, arguments.toArray(String[]::new));
    }
}
