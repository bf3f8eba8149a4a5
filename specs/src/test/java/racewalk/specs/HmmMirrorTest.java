package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import racewalk.hmm.HmmDifference;
import racewalk.specs.Design.Kind;

/** HMM's mirrors of 2015 in the registry: as posted, repaired, and each difference by itself. */
class HmmMirrorTest {

    @Test
    void eachDifferenceIsADesignByItself() {
        for (HmmDifference difference : HmmDifference.values()) {
            assertTrue(
                    Designs.find(Kind.SECONDARY, "hmm-2015-" + difference.id()).isPresent(), difference.id());
        }
    }

    @Test
    void thePatchesAsPostedHaveNoneOfTheDriversFaults() {
        assertFalse(HmmDifference.asPosted().isEmpty());
        assertTrue(HmmDifference.asPosted().stream().allMatch(HmmDifference::isPosted));
        assertTrue(HmmDifference.asPosted().stream()
                .noneMatch(difference -> difference.id().startsWith("driver")));
    }

    @Test
    void dirtinessOfDevicesIsCheckedOnlyWhereAScenarioNamesIt() {
        Scenario.Memory memory = new Scenario.Memory(1, 1, 2, 506);
        List<Invariants> usual = Invariants.of(memory, Processes.single(1), true);
        assertFalse(usual.contains(Invariants.DEVICE_DIRTY_NEVER_LOST));
        assertEquals(Map.of(), Processes.single(1).actors());
    }
}
