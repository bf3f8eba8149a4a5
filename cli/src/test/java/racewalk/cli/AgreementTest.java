package racewalk.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import racewalk.cli.EngineAnswer.Status;
import racewalk.explore.Budget;
import racewalk.explore.Outcomes;
import racewalk.explore.Progress;
import racewalk.explore.Settings;
import racewalk.explore.Strategy;
import racewalk.specs.KnownFault;
import racewalk.specs.Rigs;
import racewalk.specs.Scenario;

/** What is a contradiction between engines, and what is explained by one of them having run only a part. */
class AgreementTest {

    @TempDir
    private Path home;

    private Agreement proved;
    private Agreement refuted;

    @BeforeEach
    void explore() throws IOException {
        SmallHome.in(home);
        Scenario scenario = new Home(home).scenario("small");
        proved = explored(scenario, 0);
        refuted = explored(scenario, 1);
    }

    private static Agreement explored(Scenario scenario, int cell) {
        Run.Job job = new Run.Job(scenario, scenario.cells().get(cell));
        CellResult result = new Checker(Settings.of(Strategy.SLEEP), Budget.unlimited(), false)
                .check(scenario, job.cell(), Progress.NONE);
        Outcomes outcomes = Outcomes.of(machine -> Rigs.program(machine, scenario, job.cell()), Budget.unlimited());
        return new Agreement(job, result, outcomes, List.of(InOrder.of(scenario, job.cell())));
    }

    private static EngineAnswer says(String engine, Status status, String what) {
        return new EngineAnswer(engine, status, 100, 1_000_000, what);
    }

    private static void assertContradicts(Agreement agreement, EngineAnswer answer) {
        assertEquals(1, agreement.with(answer).disagreements().size());
    }

    private static void assertAgrees(Agreement agreement, EngineAnswer answer) {
        assertEquals(List.of(), agreement.with(answer).disagreements());
    }

    @Test
    void cellsAreWhatTheTestTakesThemFor() {
        assertEquals("PROVED", proved.explored().verdict().name());
        assertEquals("REFUTED", refuted.explored().verdict().name());
        assertFalse(proved.endsBadly());
        assertTrue(refuted.endsBadly());
        assertEquals(Status.EXHAUSTED, proved.of(InOrder.NAME).orElseThrow().status());
    }

    @Test
    void violationOfWhatIsProvedIsAContradiction() {
        assertContradicts(proved, says(ForeignEngine.LINCHECK, Status.VIOLATED, "Linearizability"));
        assertContradicts(proved, says(ForeignEngine.JCSTRESS, Status.VIOLATED, "Linearizability"));
        assertAgrees(refuted, says(ForeignEngine.LINCHECK, Status.VIOLATED, "Linearizability"));
    }

    /** Whether a page has been aged before it was accessed or after is in no result. */
    @Test
    void historyThatIsWrongMayHaveResultsThatAreLegalInAnother() {
        Agreement endsWell = new Agreement(refuted.job(), refuted.explored(), proved.outcomes(), List.of());
        assertAgrees(endsWell, says(InOrder.NAME, Status.VIOLATED, "LinearizableToFlatMemory"));
        assertContradicts(endsWell, says(InOrder.NAME, Status.VIOLATED, "NoTranslationOutlivesItsPage"));
        assertAgrees(endsWell, says(InOrder.NAME, Status.VIOLATED, "Livelock")); // it does not end at all
        assertContradicts(endsWell, says(ForeignEngine.JCSTRESS, Status.VIOLATED, "LinearizableToFlatMemory"));
    }

    @Test
    void outcomeThatNoRunShowsIsAContradictionWhateverTheVerdict() {
        assertContradicts(refuted, says(ForeignEngine.JCSTRESS, Status.VIOLATED, "FORBIDDEN cpu0: 17"));
    }

    @Test
    void nothingFoundIsAContradictionOnlyWhereEverythingWasRun() {
        assertContradicts(refuted, says(ForeignEngine.LINCHECK, Status.EXHAUSTED, ""));
        assertAgrees(refuted, says(ForeignEngine.LINCHECK, Status.SAMPLED, ""));
        assertAgrees(refuted, says(ForeignEngine.JCSTRESS, Status.SAMPLED, "1 of 2 outcomes seen"));
        assertAgrees(proved, says(ForeignEngine.LINCHECK, Status.EXHAUSTED, ""));
    }

    @Test
    void faultIsKnownToWhoHasFoundItForCertain() {
        String bad = "SecondaryNeverWiderThanPrimary: cpu0: ok | X, %d of 13247 samples; 8 of 8 outcomes seen";
        Agreement seen = refuted.with(says(ForeignEngine.LINCHECK, Status.VIOLATED, "Linearizability"))
                .with(says(ForeignEngine.JCSTRESS, Status.VIOLATED, bad.formatted(2)));
        Path file = home.resolve("specs/faults.yaml");
        KnownFault.accept(file, Planting.known(List.of(proved, seen)));
        List<KnownFault> known = KnownFault.readAll(file);
        assertEquals(List.of(new KnownFault(refuted.job().toString(), Map.of(ForeignEngine.LINCHECK, 100L))), known);
        Agreement often = refuted.with(says(ForeignEngine.JCSTRESS, Status.VIOLATED, bad.formatted(200)));
        assertEquals(
                Map.of(ForeignEngine.JCSTRESS, 200L),
                Planting.known(List.of(often)).getFirst().found());
    }

    @Test
    void seedDrawsTheSameFaultEachTime() {
        KnownFault.accept(
                home.resolve("specs/faults.yaml"),
                List.of(new KnownFault(refuted.job().toString(), Map.of(ForeignEngine.LINCHECK, 1L))));
        List<Run.Job> jobs = List.of(proved.job(), refuted.job());
        assertEquals(refuted.job(), Planting.draw(new Home(home), jobs, 7).job());
        assertEquals(null, Planting.draw(new Home(home), List.of(proved.job()), 7));
    }

    /** An engine that finds nothing in a known fault, or is not there, makes the gate fail. */
    @Test
    void engineThatIsNotBuiltIsSaid() {
        KnownFault.accept(
                home.resolve("specs/faults.yaml"),
                List.of(new KnownFault(refuted.job().toString(), Map.of(ForeignEngine.LINCHECK, 1L))));
        UsageException missing = assertThrows(
                UsageException.class,
                () -> Planting.draw(new Home(home), List.of(refuted.job()), 7).isFound(new Home(home)));
        assertTrue(missing.getMessage().startsWith("lincheck has not been built"), missing.getMessage());
    }
}
