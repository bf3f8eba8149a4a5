package racewalk.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import racewalk.explore.Outcome;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.BrokenRule;
import racewalk.machine.BrokenRule.Rule;
import racewalk.machine.Invariant;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;

/**
 * One case on real threads: what the generated tests extend. jcstress makes a new one for each sample; its actors each
 * perform the operations of one of the case's, and its arbiter asks for the outcome.
 */
public abstract class StressedCell {

    /**
     * In every other sample, before one access in so many the thread yields. With more threads than CPUs this is what
     * interleaves operations at all; the other samples are as fast as they can be, for what needs two CPUs.
     */
    private static final int ACCESSES_PER_YIELD = 16;

    private final LiveMachine machine;
    private final Program program;
    private final List<List<Long>> results = new ArrayList<>();
    private final AtomicReference<String> broken = new AtomicReference<>();

    /** A new system. */
    protected StressedCell(Case of) {
        boolean noisy = ThreadLocalRandom.current().nextBoolean();
        machine = LiveMachine.spinning(
                options -> ThreadLocalRandom.current().nextInt(options), noisy ? StressedCell::noise : () -> {});
        program = of.program(machine);
        program.actors()
                .forEach(actor -> results.add(new ArrayList<>(actor.actions().size())));
    }

    private static void noise() {
        if (ThreadLocalRandom.current().nextInt(ACCESSES_PER_YIELD) == 0) {
            Thread.yield();
        }
    }

    /** Performs all operations of actor {@code number} on the calling thread. */
    protected final void perform(int number) {
        Actor actor = program.actors().get(number);
        try {
            for (Action action : actor.actions()) {
                results.get(number).add(machine.run(actor.task(), action));
            }
        } catch (BrokenRule e) {
            broken.compareAndSet(null, e.rule().title());
        } catch (AssertionError _) {
            broken.compareAndSet(null, Rule.ASSERTION.title());
        } catch (ScopeExceeded e) {
            throw e;
        } catch (LiveMachine.Abandoned _) {
            // another task has broken a rule, and says so
        } catch (RuntimeException _) {
            broken.compareAndSet(null, Rule.OOPS.title());
        }
    }

    /** The outcome, now that everything is over: one of the {@link OutcomeTable}'s texts, if all is well. */
    protected final String outcome() {
        if (broken.get() != null) {
            return broken.get();
        }
        String violated = null;
        for (Invariant invariant : program.invariants()) {
            if (violated == null && invariant.check().get() != null) {
                violated = invariant.name();
            }
        }
        return OutcomeTable.text(program, new Outcome(results, violated));
    }
}
