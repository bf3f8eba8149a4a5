package racewalk.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** MADV_DONTNEED against a device write, with a range begin that stops the miss handler: proved by the explorer. */
@JCStressTest
@Outcome(id = StressedCell.OK, expect = Expect.ACCEPTABLE, desc = "Every invariant holds.")
@Outcome(id = ".*", expect = Expect.FORBIDDEN, desc = "An invariant does not hold.")
@State
public class DontneedWithRangeActive extends StressedCell {

    private static final Case CASE = Case.of("dontneed", "lameter/gru-lockless-rule-active");

    /** For jcstress. */
    public DontneedWithRangeActive() {
        super(CASE);
    }

    /** MADV_DONTNEED. */
    @Actor
    public void cpu0() {
        perform(0);
    }

    /** A write by the device. */
    @Actor
    public void dev0() {
        perform(1);
    }

    /** The invariants. */
    @Arbiter
    public void verdict(L_Result result) {
        result.r1 = verdict();
    }
}
