package racewalk.lincheck;

import racewalk.specs.FlatMemory;
import racewalk.specs.Operation;

/**
 * The sequential specification of a {@link RigStructure}: {@link FlatMemory}, one operation after the other. Each
 * operation is one step here, so the cases have no range operation over several pages.
 */
public abstract class FlatStructure {

    private final Case cell;
    private long memory;

    protected FlatStructure(Case cell) {
        this.cell = cell;
        this.memory = cell.scenario().bootMemory();
    }

    /** Performs operation {@code action} of actor {@code actor}. */
    public long perform(int actor, int action) {
        Operation operation = cell.operation(actor, action);
        FlatMemory.Effect effect = FlatMemory.effect(operation, memory);
        memory = effect.memory();
        return effect.result();
    }
}
