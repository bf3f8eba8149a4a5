package racewalk.stress;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.specs.Cell;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/**
 * One cell of a committed scenario on real threads. jcstress makes a new one for each sample; its actors each perform
 * one operation, and its arbiter asks for the verdict of the invariants.
 */
public abstract class StressedCell {

    /** The verdict of a sample in which everything holds. */
    public static final String OK = "OK";

    private final LiveMachine machine =
            LiveMachine.spinning(options -> ThreadLocalRandom.current().nextInt(options));
    private final Program program;

    /** The program of {@code scenario} on {@code cell}, which a subclass reads once. */
    protected StressedCell(Case of) {
        program = new Rig(machine, of.scenario, of.cell).program();
    }

    /**
     * A cell and its scenario.
     *
     * @param scenario the scenario, within one CPU and one operation of each actor
     * @param cell the designs
     */
    protected record Case(Scenario scenario, Cell cell) {

        /** The committed scenario {@code id} with the notifier and the secondary MMU {@code designs}. */
        static Case of(String id, String designs) {
            Path folder = Path.of(System.getProperty("racewalk.scenarios", "../specs/scenarios"));
            Scenario scenario =
                    ScenarioReader.read(folder.resolve(id + ".yaml")).within(new Scenario.Scope(1, 1));
            Cell cell = scenario.cells().stream()
                    .filter(candidate -> candidate.toString().endsWith("/" + designs))
                    .findFirst()
                    .orElseThrow();
            return new Case(scenario, cell);
        }
    }

    /** Performs the only operation of actor {@code number} on the calling thread. */
    protected final void perform(int number) {
        Actor actor = program.actors().get(number);
        Action action = actor.actions().getFirst();
        machine.run(actor.task(), action);
    }

    /** {@link #OK}, or the name of the first invariant that does not hold now that everything is over. */
    protected final String verdict() {
        for (Invariant invariant : program.invariants()) {
            if (invariant.check().get() != null) {
                return invariant.name();
            }
        }
        return OK;
    }
}
