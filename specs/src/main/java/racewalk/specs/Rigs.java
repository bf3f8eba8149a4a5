package racewalk.specs;

import racewalk.machine.Machine;
import racewalk.machine.Program;

/**
 * What a cell is put together to, whichever its scenario is about: a {@link Rig}, a {@link TableRig} or a {@link
 * ContpteRig}.
 */
public final class Rigs {

    private Rigs() {}

    /** The program of a cell, on a machine. */
    public static Program program(Machine machine, Scenario scenario, Cell cell) {
        return switch (cell.table()) {
            case null -> new Rig(machine, scenario, cell).program();
            case Design.Table _ -> new TableRig(machine, scenario, cell).program();
            case Design.Contiguous _ -> new ContpteRig(machine, scenario, cell).program();
        };
    }

    /** The rig of a cell, on a machine. */
    public static Object rig(Machine machine, Scenario scenario, Cell cell) {
        return switch (cell.table()) {
            case null -> new Rig(machine, scenario, cell);
            case Design.Table _ -> new TableRig(machine, scenario, cell);
            case Design.Contiguous _ -> new ContpteRig(machine, scenario, cell);
        };
    }
}
