package racewalk.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import racewalk.explore.Diagram;
import racewalk.explore.Replay;
import racewalk.specs.Cell;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/** {@code racewalk replay}: a counterexample again, by its id. */
@Command(
        name = "replay",
        description = "Run a counterexample again, on the real code, and draw it.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the run violates nothing", "1:the run violates something", "2:the id is malformed or stale"})
final class ReplayCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "The id, as 'racewalk check' prints it.")
    private String text;

    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            description = "The scenario's file, if it is not one of specs/scenarios.")
    private String file;

    @Option(names = "--json", description = "Print the steps as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        CounterexampleId id = CounterexampleId.parse(text);
        Scenario scenario = within(Home.find().scenario(file == null ? id.scenarioId() : file), id.scope());
        Cell cell = id.cell();
        String hash = CounterexampleId.hash(scenario, cell);
        if (!hash.equals(id.hash())) {
            throw new UsageException("the model or the scenario has changed since this counterexample was found (then "
                    + id.hash() + ", now " + hash + "): run 'racewalk check " + id.scenarioId() + "' again");
        }
        Replay replay = replay(id, scenario, cell);
        System.out.print(json ? toJson(replay) + "\n" : draw(scenario, replay));
        return replay.violations().isEmpty() ? ExitCode.AS_EXPECTED : ExitCode.DIFFERS;
    }

    private static Scenario within(Scenario scenario, Scenario.Scope scope) {
        try {
            return scenario.within(scope);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static Replay replay(CounterexampleId id, Scenario scenario, Cell cell) {
        try {
            return Replay.of(machine -> Rigs.program(machine, scenario, cell), id.schedule());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static String draw(Scenario scenario, Replay replay) {
        StringBuilder text = new StringBuilder(
                Diagram.of(replay, new ArrayList<>(scenario.actors().keySet())));
        replay.violations()
                .forEach((property, message) -> text.append("violated ")
                        .append(property)
                        .append(": ")
                        .append(message)
                        .append('\n'));
        return text.toString();
    }

    private static String toJson(Replay replay) {
        Map<String, Object> value = new LinkedHashMap<>();
        List<Map<String, Object>> steps =
                replay.steps().stream().map(JsonReport::step).toList();
        value.put("steps", steps);
        value.put("violations", replay.violations());
        value.put("preemptions", replay.preemptions());
        return JsonReport.ofValue(value);
    }
}
