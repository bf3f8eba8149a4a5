package racewalk.lincheck;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.specs.Rig;

/**
 * A scenario on a cell as a Lincheck data structure, on the monitors of {@link LiveMachine}. Lincheck makes a new one
 * for each interleaving by a constructor without arguments, so the {@link Case} is a subclass.
 */
public abstract class RigStructure {

    private final LiveMachine machine = LiveMachine.monitors(options -> 0);
    private final Program program;

    protected RigStructure(Case cell) {
        program = new Rig(machine, cell.scenario(), cell.cell()).program();
    }

    /** Performs operation {@code action} of actor {@code actor}. */
    @Operation
    public long perform(
            @Param(gen = IntGen.class, conf = "0:1") int actor, @Param(gen = IntGen.class, conf = "0:1") int action) {
        Actor who = program.actors().get(actor);
        return machine.run(who.task(), who.actions().get(action));
    }

    /** The invariants, once everything is over. */
    @Validate
    public void invariants() {
        for (Invariant invariant : program.invariants()) {
            String wrong = invariant.check().get();
            if (wrong != null) {
                throw new IllegalStateException(invariant.name() + ": " + wrong);
            }
        }
    }
}
