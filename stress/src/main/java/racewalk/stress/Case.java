package racewalk.stress;

import java.nio.file.Path;
import java.util.List;
import racewalk.explore.Budget;
import racewalk.explore.Outcomes;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.MalformedFileException;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/**
 * A scenario within a scope, on chosen designs: what one test is made of.
 *
 * @param scenario the scenario
 * @param cell the designs
 */
public record Case(Scenario scenario, Cell cell) {

    /**
     * Reads the scenario.
     *
     * @param file the scenario's file
     * @param cpus how many of its CPUs
     * @param operations how many operations of each actor
     * @param cell the designs, as {@link Cell#toString} has them
     * @throws MalformedFileException if the file is malformed
     * @throws IllegalArgumentException if the scenario has no such cell, or cannot be made so small
     */
    public static Case of(String file, int cpus, int operations, String cell) {
        Scenario scenario = ScenarioReader.read(Path.of(file)).within(new Scenario.Scope(cpus, operations));
        return new Case(
                scenario,
                scenario.cells().stream()
                        .filter(candidate -> candidate.toString().equals(cell))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(file + " has no cell '" + cell + "'")));
    }

    /** The program on a machine. */
    public Program program(Machine machine) {
        return Rigs.program(machine, scenario, cell);
    }

    /** The names of the actors, in the order of their tasks. */
    public List<String> actors() {
        return List.copyOf(scenario.actors().keySet());
    }

    /** Every outcome that sequential consistency allows, as far as it can be computed within {@code budget}. */
    public OutcomeTable table(Budget budget) {
        return OutcomeTable.of(this, Outcomes.of(this::program, budget));
    }

    @Override
    public String toString() {
        return scenario.name() + "/" + cell;
    }
}
