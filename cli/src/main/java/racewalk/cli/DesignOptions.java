package racewalk.cli;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import racewalk.specs.Cell;
import racewalk.specs.Design;
import racewalk.specs.Design.Kind;
import racewalk.specs.Designs;
import racewalk.specs.Scenario;

/** The options of commands that take chosen designs. */
final class DesignOptions {

    @Option(
            names = "--design",
            paramLabel = "KIND=ID",
            description = "Take this design alone; KIND is mm, notifier, secondary or table. May be repeated.")
    private Map<String, String> designs = new LinkedHashMap<>();

    /** Whether no design is chosen. */
    boolean takeAll() {
        return designs.isEmpty();
    }

    /** The cells of a scenario, or those with the chosen designs, which the scenario itself need not name. */
    List<Cell> cells(Scenario scenario) {
        Map<Kind, Design> chosen = chosen();
        return scenario.cells().stream()
                .map(cell -> cell.with(chosen))
                .distinct()
                .toList();
    }

    private Map<Kind, Design> chosen() {
        Map<Kind, Design> chosen = new EnumMap<>(Kind.class);
        designs.forEach((key, id) -> {
            Kind kind = Stream.of(Kind.values())
                    .filter(k -> k.key().equals(key))
                    .findFirst()
                    .orElseThrow(() -> new UsageException(
                            "--design: '" + key + "' is no kind of design; expected mm, notifier, secondary or table"));
            chosen.put(
                    kind,
                    Designs.find(kind, id)
                            .orElseThrow(() -> new UsageException("--design: no " + kind.key() + " is called '" + id
                                    + "'; see 'racewalk list designs'")));
        });
        return chosen;
    }
}
