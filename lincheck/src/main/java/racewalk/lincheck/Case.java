package racewalk.lincheck;

import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/**
 * What Lincheck is to search: a program, built anew for each interleaving.
 *
 * @param name the name for people
 * @param program builds it; the same on each call
 */
public record Case(String name, Program.Factory program) {

    /** A cell of a scenario, within the scenario's scope. */
    public static Case of(Scenario scenario, Cell cell) {
        return new Case(scenario.name() + "/" + cell, machine -> Rigs.program(machine, scenario, cell));
    }
}
