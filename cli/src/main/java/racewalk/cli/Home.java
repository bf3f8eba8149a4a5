package racewalk.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import racewalk.specs.Entry;
import racewalk.specs.KnownFault;
import racewalk.specs.Ledger;
import racewalk.specs.MalformedFileException;
import racewalk.specs.Question;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/**
 * The checkout with the specifications.
 *
 * @param root its folder
 */
record Home(Path root) {

    /** The folder that the launcher names, or the current one. */
    static Home find() {
        Path root = Path.of(System.getProperty("racewalk.home", "."));
        if (!Files.isDirectory(root.resolve("specs/scenarios"))) {
            throw new UsageException("there is no specs/scenarios in "
                    + root.toAbsolutePath().normalize() + ": run the launcher of a checkout, ./racewalk");
        }
        return new Home(root);
    }

    List<Scenario> scenarios() {
        return ScenarioReader.readAll(root.resolve("specs/scenarios"));
    }

    /** All cells of the gate, or with those of the tier {@code NIGHTLY}. */
    List<Run.Job> jobs(boolean nightly) {
        return scenarios().stream()
                .flatMap(scenario -> scenario.cells().stream()
                        .filter(cell -> nightly || scenario.isOfGate(cell.ids()))
                        .map(cell -> new Run.Job(scenario, cell)))
                .toList();
    }

    List<Question> questions() {
        return Question.readAll(root.resolve("specs/questions"));
    }

    Path faultsFile() {
        return root.resolve("specs/faults.yaml");
    }

    /** The refuted cells that other engines have found. */
    List<KnownFault> faults() {
        return KnownFault.readAll(faultsFile());
    }

    Ledger ledger() {
        return new Ledger(root.resolve("specs/ledger"));
    }

    /** What the ledger has of all scenarios. */
    List<Entry> known() {
        return scenarios().stream()
                .flatMap(scenario -> ledger().of(scenario.id()).stream())
                .toList();
    }

    /**
     * The scenario that a user named: by its id, or by a file.
     *
     * @throws UsageException if there is no such scenario
     * @throws MalformedFileException if the file is malformed
     */
    Scenario scenario(String named) {
        Path byId = root.resolve("specs/scenarios").resolve(named + ".yaml");
        if (Files.exists(byId)) {
            return ScenarioReader.read(byId);
        }
        Path file = Path.of(named);
        if (Files.exists(file)) {
            return ScenarioReader.read(file);
        }
        throw new UsageException(
                "'" + named + "' is neither the id of a scenario nor a file; see 'racewalk list scenarios'");
    }

    /**
     * The scenario with that id, of those that the ledger is about.
     *
     * @throws UsageException if there is no such scenario
     */
    Scenario committed(String id) {
        return scenarios().stream()
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> new UsageException("no scenario is called '" + id + "'; see 'racewalk list scenarios'"));
    }

    /** The question with that id. */
    Question question(String id) {
        Optional<Question> found = questions().stream()
                .filter(question -> question.id().equals(id))
                .findFirst();
        return found.orElseThrow(
                () -> new UsageException("no question is called '" + id + "'; see 'racewalk list questions'"));
    }
}
