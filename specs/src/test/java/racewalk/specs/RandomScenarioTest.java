package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.machine.LiveMachine;
import racewalk.machine.Program;

/** Scenarios by chance are scenarios, and there are many. */
class RandomScenarioTest {

    private static final int SEEDS = 2_000;

    @Test
    void everySeedGivesAProgramThatBoots() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            assertEquals(1, scenario.cells().size());
            Program program = new Rig(
                            LiveMachine.spinning(_ -> 0),
                            scenario,
                            scenario.cells().getFirst())
                    .program();
            assertEquals(2, program.actors().size());
        }
    }

    @Test
    void sameSeedGivesTheSameAndOthersGiveOthers() {
        Set<Object> different = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            assertEquals(scenario, RandomScenario.of(seed));
            different.add(scenario.actors());
        }
        assertTrue(different.size() > SEEDS / 4, different.size() + " of " + SEEDS);
    }

    @Test
    void everyDesignAndAForkComeUp() {
        Set<Design> designs = new HashSet<>();
        boolean forks = false;
        boolean unregisters = false;
        for (long seed = 0; seed < SEEDS; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            Cell cell = scenario.cells().getFirst();
            designs.addAll(Arrays.asList(cell.mm(), cell.notifier(), cell.secondary()));
            unregisters |= scenario.actors().getOrDefault("dev0", List.of()).stream()
                    .anyMatch(Operation.Unregister.class::isInstance);
            forks |= scenario.actors().get("cpu0").stream().anyMatch(Operation.Fork.class::isInstance);
        }
        designs.remove(null); // without a device
        Set<Design> expected = new HashSet<>(Designs.all());
        expected.removeIf(design -> design.id().startsWith("sleeping-"));
        expected.removeIf(Design.OfTable.class::isInstance);
        expected.removeIf(design -> design instanceof Design.Secondary
                && (design.has(Design.Trait.DEVICE_MEMORY) || design.has(Design.Trait.ACTIVE_RANGES)));
        expected.removeIf(design -> design instanceof Design.Mm mm
                && mm.migration() != null
                && !mm.id().equals("linux-4.9"));
        assertEquals(expected, designs);
        assertTrue(forks);
        assertTrue(unregisters);
    }
}
