package racewalk.cli.bench;

import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/**
 * A program whose search is measured.
 *
 * @param name what readers call it
 * @param factory builds it
 */
record Subject(String name, Program.Factory factory) {

    /** A cell of a scenario; {@code designs} is the end of the cell's name. */
    static Subject of(Scenario scenario, String designs) {
        Cell cell = cell(scenario, designs);
        return new Subject(scenario.name() + "/" + designs, machine -> Rigs.program(machine, scenario, cell));
    }

    static Subject of(Program.Factory toy) {
        return new Subject(toy.toString(), toy);
    }

    private static Cell cell(Scenario scenario, String designs) {
        return scenario.cells().stream()
                .filter(cell -> cell.toString().endsWith("/" + designs))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no cell " + designs + " in " + scenario.id()));
    }
}
