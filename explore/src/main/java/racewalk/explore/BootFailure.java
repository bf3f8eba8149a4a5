package racewalk.explore;

import java.util.List;
import java.util.Map;
import racewalk.machine.BrokenRule;

/** The boot code itself breaks a rule: there is no first state, and the run that violates it has no steps. */
final class BootFailure extends RuntimeException {

    /** The run. */
    static final Schedule NO_STEP = new Schedule(List.of());

    private static final long serialVersionUID = 1L;

    private final BrokenRule broken;

    BootFailure(BrokenRule broken) {
        super(broken);
        this.broken = broken;
    }

    private String property() {
        return broken.rule().title();
    }

    private String message() {
        return "the boot: " + broken.getMessage();
    }

    Exploration exploration() {
        Finding finding = new Finding(property(), message(), NO_STEP, 0);
        return new Exploration(Counts.NONE, null, Map.of(property(), finding), List.of());
    }

    Replay replay() {
        return new Replay(List.of(), Map.of(property(), message()), List.of(), 0);
    }
}
