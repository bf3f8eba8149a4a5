package racewalk.lincheck;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import racewalk.specs.Cell;
import racewalk.specs.Operation;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/**
 * One cell of a committed scenario, reduced to what Lincheck's search can take.
 *
 * @param scenario the scenario, within its smaller scope
 * @param cell the designs
 */
record Case(Scenario scenario, Cell cell) {

    /**
     * The scenario with that many CPUs and operations each; {@code cell} is the notifier's and the secondary MMU's id.
     */
    static Case of(String scenario, int cpus, int operations, String cell) {
        Scenario reduced = ScenarioReader.read(Path.of("../specs/scenarios", scenario + ".yaml"))
                .within(new Scenario.Scope(cpus, operations));
        Cell chosen = reduced.cells().stream()
                .filter(candidate -> candidate.toString().endsWith("/" + cell))
                .findFirst()
                .orElseThrow();
        return new Case(reduced, chosen);
    }

    Operation operation(int actor, int action) {
        return List.copyOf(scenario.actors().values()).get(actor).get(action);
    }

    /** The scenario in Lincheck's terms: a thread for each actor. */
    ExecutionScenario threads() {
        List<List<Actor>> threads = new ArrayList<>();
        for (List<Operation> operations : scenario.actors().values()) {
            List<Actor> thread = new ArrayList<>();
            for (int action = 0; action < operations.size(); action++) {
                thread.add(new Actor(perform(), List.of(threads.size(), action)));
            }
            threads.add(thread);
        }
        return new ExecutionScenario(List.of(), threads, List.of(), null);
    }

    private static Method perform() {
        try {
            return RigStructure.class.getMethod("perform", int.class, int.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }
}
