package racewalk.explore;

import java.util.List;
import java.util.Map;
import racewalk.machine.BrokenRule;

/**
 * The boot code itself breaks a rule, or needs more than the scope provides: there is no first state, and the run has
 * no steps.
 */
final class BootFailure extends RuntimeException {

    /** The run. */
    static final Schedule NO_STEP = new Schedule(List.of());

    private static final long serialVersionUID = 1L;

    BootFailure(RuntimeException why) {
        super("the boot: " + why.getMessage(), why);
    }

    Exploration exploration() {
        if (!(getCause() instanceof BrokenRule broken)) {
            return new Exploration(Counts.NONE, getMessage(), Map.of(), List.of());
        }
        String property = broken.rule().title();
        Finding finding = new Finding(property, getMessage(), NO_STEP, 0);
        return new Exploration(Counts.NONE, null, Map.of(property, finding), List.of());
    }

    Replay replay() {
        return new Replay(
                List.of(),
                getCause() instanceof BrokenRule broken ? Map.of(broken.rule().title(), getMessage()) : Map.of(),
                List.of(),
                0);
    }
}
