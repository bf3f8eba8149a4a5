package racewalk.specs;

import racewalk.machine.Machine;
import racewalk.machine.Program;

/** What a cell is put together to, whichever its scenario is about: a {@link Rig} or a {@link TableRig}. */
public final class Rigs {

    private Rigs() {}

    /** The program of a cell, on a machine. */
    public static Program program(Machine machine, Scenario scenario, Cell cell) {
        return scenario.tables() == null
                ? new Rig(machine, scenario, cell).program()
                : new TableRig(machine, scenario, cell).program();
    }

    /** The rig of a cell, on a machine. */
    public static Object rig(Machine machine, Scenario scenario, Cell cell) {
        return scenario.tables() == null ? new Rig(machine, scenario, cell) : new TableRig(machine, scenario, cell);
    }
}
