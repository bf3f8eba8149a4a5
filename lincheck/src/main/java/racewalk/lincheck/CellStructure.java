package racewalk.lincheck;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import racewalk.machine.Monitor;

/**
 * The case of {@link Stage} as a Lincheck data structure. It holds no part of the model: Lincheck instruments the
 * classes of all that it can reach from here, and that shall be {@link Monitor} alone.
 */
public class CellStructure {

    /** How many operations an actor has to choose from where Lincheck generates the scenario. */
    static final int MENU = 8;

    /** Reached from here, so it is instrumented. */
    @SuppressWarnings("unused")
    private final Monitor instrumented = new Monitor();

    /** Builds the model. */
    public CellStructure() {
        Stage.start();
    }

    /** Performs operation {@code action} of actor {@code actor}. */
    @Operation
    public long perform(
            @Param(gen = ThreadIdGen.class) int actor,
            @Param(gen = IntGen.class, conf = "0:" + (MENU - 1)) int action) {
        CellRun run = Stage.run();
        long result = run.perform(actor, action);
        run.responded(actor, action, result);
        return result;
    }
}
