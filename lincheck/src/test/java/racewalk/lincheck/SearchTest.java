package racewalk.lincheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import racewalk.lincheck.Result.Status;
import racewalk.lincheck.Search.Strategy;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Word;
import racewalk.specs.Scenario;
import racewalk.specs.ScenarioReader;

/** What a search says of itself. */
class SearchTest {

    static final Scenario DONTNEED = ScenarioReader.read(Path.of("../specs/scenarios/dontneed.yaml"));

    static Case dontneed(String designs) {
        return DONTNEED.cells().stream()
                .filter(cell -> cell.toString().endsWith(designs))
                .map(cell -> Case.of(DONTNEED, cell))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void sameCaseIsSearchedInTheSameWay() {
        Result once = Search.of(dontneed("lameter/gru-lockless"), Strategy.MODEL_CHECKING, 1_000);
        Result again = Search.of(dontneed("lameter/gru-lockless"), Strategy.MODEL_CHECKING, 1_000);
        assertEquals(Status.VIOLATED, once.status());
        assertEquals(once.runs(), again.runs());
        assertEquals(once.trace(), again.trace());
    }

    @Test
    void budgetThatRunsOutIsASample() {
        Result result = Search.of(dontneed("lameter/gru-lockless-rule-active"), Strategy.MODEL_CHECKING, 50);
        assertEquals(Status.SAMPLED, result.status());
        assertEquals(50, result.runs());
    }

    @Test
    void realThreadsAreASampleToo() {
        Result result = Search.of(dontneed("lameter/gru-lockless-rule-active"), Strategy.STRESS, 200);
        assertEquals(Status.SAMPLED, result.status(), result.what() + result.message());
        assertEquals(200, result.runs());
    }

    @Test
    void realThreadsLoseAnIncrement() {
        Result result = Search.of(
                Toy.distinct("racy", machine -> {
                    Word counter = machine.word("counter", 0);
                    LongSupplier body = () -> {
                        long read = counter.readOnce();
                        for (int i = 0; i < 200; i++) {
                            Thread.onSpinWait();
                        }
                        counter.writeOnce(read + 1);
                        return read;
                    };
                    return List.of(body, body);
                }),
                Strategy.STRESS,
                100_000);
        assertEquals("Distinct", result.what());
    }

    private static final List<String> PARTS =
            List.of("► write 0 5", "┌ down_read", "READ_ONCE pte0[0]: page0 rw dirty", "Gru.java:");

    @Test
    void runIsDrawnAsTheExplorerDrawsIt() {
        Result result = Search.of(dontneed("lameter/gru-lockless"), Strategy.MODEL_CHECKING, 1_000);
        List<String> lines = result.trace().lines().toList();
        assertTrue(lines.getFirst().matches("# +cpu0 +cpu1 +dev0"), result.trace());
        assertTrue(lines.getLast().startsWith("violated " + result.what() + ": "), result.trace());
        for (String part : PARTS) {
            assertTrue(result.trace().contains(part), part + " in\n" + result.trace());
        }
    }

    @Test
    void interleavingThatCannotBeReproducedIsNoAnswer() {
        int[] built = new int[1];
        Result result = Search.of(
                Toy.free("changes from run to run", machine -> {
                    Word word = machine.word("word", 0);
                    int accesses = ++built[0] % 3 == 0 ? 1 : 6;
                    LongSupplier body = () -> {
                        for (int i = 0; i < accesses; i++) {
                            word.fetchAdd(1);
                        }
                        return 0;
                    };
                    return List.of(body, body);
                }),
                Strategy.MODEL_CHECKING,
                1_000);
        assertEquals(Status.UNSUPPORTED, result.status());
        assertTrue(result.what().contains(Warnings.CANNOT_REPRODUCE), result.what());
    }

    @Test
    void runThatGoesRoundForEverEndsTheSample() {
        Result result = Search.of(
                Toy.free("for ever", machine -> {
                    Word word = machine.word("word", 0);
                    return List.of(() -> forEver(word));
                }),
                Strategy.MODEL_CHECKING,
                10);
        assertEquals(Status.SAMPLED, result.status());
        assertEquals("", result.what());
    }

    @Test
    void runThatViolatesSomethingEndsThere() {
        Result result = Search.of(
                Toy.distinct("for ever, after a violation", machine -> {
                    Word word = machine.word("word", 0);
                    return List.of(() -> 1, () -> 1, () -> forEver(word));
                }),
                Strategy.MODEL_CHECKING,
                10);
        assertEquals(Status.VIOLATED, result.status());
        assertEquals("Distinct", result.what());
    }

    private static long forEver(Word word) {
        while (true) {
            word.fetchAdd(1);
        }
    }

    @Test
    void scopeThatIsTooSmallIsNoAnswer() {
        Result result = Search.of(
                Toy.free(
                        "too much",
                        machine -> List.of(() -> {
                            throw new ScopeExceeded("no more");
                        })),
                Strategy.MODEL_CHECKING,
                10);
        assertEquals(Status.UNSUPPORTED, result.status());
        assertEquals("no more", result.what());
    }
}
