package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.explore.Budget;
import racewalk.explore.Exploration;
import racewalk.explore.Explorer;
import racewalk.explore.Progress;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.specs.Cell;
import racewalk.specs.Rig;
import racewalk.specs.Scenario;

/** The symmetries that committed scenarios declare change no verdict; one that does not hold is an error. */
class SymmetryTest {

    @TempDir
    private Path home;

    private static Exploration explore(Scenario scenario, Cell cell, boolean symmetry) {
        return Explorer.explore(
                machine -> new Rig(machine, scenario, cell).program(),
                Settings.of(Strategy.SLEEP).withSymmetry(symmetry),
                Budget.unlimited(),
                Progress.NONE);
    }

    @Test
    void verdictsAreTheSameWithSymmetriesAndWithout() {
        List<Scenario> symmetric = new Home(Path.of(".."))
                .scenarios().stream()
                        .filter(scenario -> !scenario.symmetric().isEmpty())
                        .toList();
        assertFalse(symmetric.isEmpty());
        for (Scenario scenario : symmetric) {
            for (Cell cell : scenario.cells()) {
                Exploration with = explore(scenario, cell, true);
                Exploration without = explore(scenario, cell, false);
                String name = scenario.id() + "/" + cell;
                assertEquals(without.findings().keySet(), with.findings().keySet(), name);
                assertEquals(without.marks(), with.marks(), name);
                assertEquals(without.isExhaustive(), with.isExhaustive(), name);
                long whole = without.counts().states();
                long reduced = with.counts().states();
                assertTrue(3 * reduced < 2 * whole, name + ": " + reduced + " of " + whole + " states");
            }
        }
    }

    /** The GRU's fault handler keeps the number of the page in a word, which is not renamed. */
    @Test
    void symmetryThatDoesNotHoldIsMalformedInput() throws Exception {
        SmallHome small = SmallHome.in(home);
        small.write(SmallHome.SCENARIO
                .replaceFirst("memory: .*", "memory: {pages: 2, tables: 1, frames: 4}")
                .replaceFirst("(?s)boot:.*?designs:", """
                        boot:
                          - cpu0: store 0 1
                        actors:
                          cpu0: [dontneed 0]
                          cpu1: [dontneed 1]
                          dev0: [write 0 5]
                        symmetric:
                          - {actors: [cpu0, cpu1], pages: [0, 1]}
                        designs:"""));
        Command command = small.run("check", "small");
        assertEquals(ExitCode.USAGE, command.code(), command.out());
        assertTrue(command.err().contains("the declared symmetry of cpu0 as cpu1, cpu1 as cpu0 does not hold"));
    }
}
