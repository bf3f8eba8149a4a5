package racewalk.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.opentest4j.AssertionFailedError;
import racewalk.explore.NotDeterministicException;
import racewalk.explore.Strategy;
import racewalk.machine.LockClass;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.SpinLock;
import racewalk.machine.Word;

/** What a test with {@link Explore} passes by, and how it fails. */
class ExploreTest {

    private enum Branch implements Mark {
        TAKEN,
        NEVER_TAKEN
    }

    /** Two tasks add to a word. */
    private static Word two(Machine machine, Tasks tasks) {
        Word count = machine.word("count", 0);
        tasks.task("a", () -> count.add(1));
        tasks.task("b", () -> count.add(1));
        return count;
    }

    private static void assertFails(Class<?> type, Class<? extends Throwable> by, String... parts) {
        Ran ran = Ran.of(type);
        assertEquals(Status.FAILED, ran.status(), ran.name());
        assertEquals(by, ran.thrown().getClass(), ran.message());
        for (String part : parts) {
            assertTrue(ran.message().contains(part), () -> "'" + part + "' is not in: " + ran.message());
        }
    }

    private static void assertFails(Class<?> type, String... parts) {
        assertFails(type, AssertionFailedError.class, parts);
    }

    private static void assertIsError(Class<?> type, String message) {
        assertFails(type, ExtensionConfigurationException.class, message);
    }

    static class Proved {
        @Explore(tasks = 2, budget = "5m")
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    @Test
    void proofIsPublishedWithItsScopeAndTheNameSaysWhatIsKnownBefore() {
        Ran ran = Ran.of(Proved.class);
        assertEquals(Status.SUCCESSFUL, ran.status());
        assertEquals("2 tasks, strategy sleep, within 5m", ran.name());
        assertEquals("PROVED: 2 tasks, 2 operations, 4 states, TIME", Ran.withoutTimes(ran.report()));
    }

    static class Large {
        @Explore(budget = "1ms")
        void isLarge(Machine machine, Tasks tasks) {
            for (String name : new String[] {"a", "b", "c"}) {
                Word word = machine.word("word of " + name, 0);
                tasks.task(name, () -> {
                    for (int i = 1; i <= 120; i++) {
                        word.writeOnce(i);
                    }
                });
            }
        }
    }

    static class Random {
        @Explore(strategy = Strategy.RANDOM, budget = "50ms")
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    static class TooManyTasks {
        @Explore
        void isTooLarge(Machine machine, Tasks tasks) {
            for (int t = 0; t < 9; t++) {
                tasks.task("task" + t, () -> {});
            }
        }
    }

    @Test
    void limitThatIsMetFailsAsUnknownWithWhatWasCovered() {
        assertFails(
                Large.class,
                "UNKNOWN: the time of 0.001 s was over; covered without a violation: 3 tasks, 3 operations, ");
        assertFails(Random.class, "UNKNOWN: random runs cover nothing for certain");
        assertFails(TooManyTasks.class, "UNKNOWN: a search with a table has at most 8 tasks");
    }

    static class Vacuous {
        @Explore
        void reaches(Machine machine, Tasks tasks) {
            Word word = two(machine, tasks);
            tasks.task("c", () -> machine.reach(word.readOnce() < 3 ? Branch.TAKEN : Branch.NEVER_TAKEN));
            tasks.reaches(Branch.TAKEN, Branch.NEVER_TAKEN);
        }
    }

    @Test
    void branchThatNoRunReachesFailsAsUnknown() {
        assertFails(Vacuous.class, "UNKNOWN: vacuous, no run reached ExploreTest.NEVER_TAKEN; covered: 3 tasks");
    }

    static class WrongTasks {
        @Explore(tasks = 3)
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    static class NoTasks {
        @Explore
        void isEmpty(Machine machine) {
            machine.word("word", 0);
        }
    }

    static class BadBudget {
        @Explore(budget = "soon")
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    static class BadReplay {
        @Explore(replay = "a1 b1")
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    static class StaleReplay {
        @Explore(replay = "a1b1a1")
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    @Test
    void wrongSettingsAreErrorsAndSayWhatIsThere() {
        assertIsError(WrongTasks.class, "@Explore(tasks = 3), but adds() has 2 tasks: a, b");
        assertIsError(NoTasks.class, "isEmpty() has no tasks: take a parameter of type Tasks");
        assertIsError(BadBudget.class, "@Explore(budget): expected a time such as 500ms, 60s, 5m or 2h, not 'soon'");
        assertIsError(
                BadReplay.class,
                "@Explore(replay): 'a1 b1' is no schedule: a letter, for a task is expected at character 3");
    }

    @Test
    void replayThatNoLongerFitsSaysThatTheCodeHasChanged() {
        assertIsError(
                StaleReplay.class,
                "@Explore(replay = \"a1b1a1\"): the schedule does not fit: task 0 cannot take step 3; "
                        + "the code has changed since that run was found");
    }

    static class HarmlessReplay {
        @Explore(replay = "a1b1")
        void adds(Machine machine, Tasks tasks) {
            two(machine, tasks);
        }
    }

    @Test
    void replayThatViolatesNothingIsDrawnAndNoPass() {
        Ran ran = Ran.of(HarmlessReplay.class);
        assertEquals(Status.ABORTED, ran.status());
        assertEquals("replay a1b1", ran.name());
        assertTrue(ran.message().startsWith("this run violates nothing, which proves nothing"), ran.message());
        assertTrue(ran.message().contains("atomic_add count: 1 → 2"), ran.message());
    }

    static class HiddenState {
        private int runs;

        @Explore
        void reads(Machine machine, Tasks tasks) {
            Word[] words = machine.words("word", 2, 0, Word.Format.DECIMAL);
            tasks.task("a", () -> {
                words[runs++ & 1].readOnce();
                words[0].readOnce();
            });
        }
    }

    static class OtherProgram {
        private int builds;

        @Explore
        void builds(Machine machine, Tasks tasks) {
            machine.words("word", ++builds, 0, Word.Format.DECIMAL);
            two(machine, tasks);
        }
    }

    @Test
    void codeThatIsNotDeterministicIsReported() {
        assertFails(HiddenState.class, NotDeterministicException.class, "model is not deterministic: a, step 1");
        assertIsError(OtherProgram.class, "builds() builds another program when it is called again");
    }

    static class FailedAssertion {
        @Explore
        void counts(Machine machine, Tasks tasks) {
            Word count = two(machine, tasks);
            tasks.task("c", () -> assertEquals(2, count.readOnce()));
        }
    }

    static class AssertionWithoutMessage {
        @Explore
        void counts(Machine machine, Tasks tasks) {
            Word count = two(machine, tasks);
            tasks.invariant("NeverTwo", () -> {
                if (count.peek() == 2) {
                    throw new AssertionError();
                }
            });
        }
    }

    static class Oops {
        @Explore
        void fails(Machine machine, Tasks tasks) {
            Word count = two(machine, tasks);
            Object[] nothing = new Object[1];
            tasks.task("c", () -> {
                if (count.readOnce() == 2) {
                    nothing[0].hashCode();
                }
            });
        }
    }

    static class Leak {
        @Explore
        void leaks(Machine machine, Tasks tasks) {
            SpinLock lock = machine.spinLock(LockClass.LRU_LOCK, "lock");
            tasks.task("a", lock::lock);
        }
    }

    static class WrongFromTheStart {
        @Explore
        void isWrong(Machine machine, Tasks tasks) {
            two(machine, tasks);
            tasks.invariant("Never", () -> fail("it is wrong"));
        }
    }

    @Test
    void assertionThatFailsInATaskIsAViolationWithItsRun() {
        assertFails(
                FailedAssertion.class,
                "REFUTED: Assertion; covered: 3 tasks, 3 operations, ",
                "1        READ_ONCE count: 0   counts ExploreTest.java:",
                "         violates: Assertion\n",
                "violated Assertion by 0 preemptions in 1 step: c: expected: <2> but was: <0>",
                "again: @Explore(replay = \"c1\")");
    }

    @Test
    void everyOtherFailureOfTheCodeIsAViolation() {
        assertFails(AssertionWithoutMessage.class, "violated NeverTwo by 0 preemptions in 2 steps: java.lang.Asser");
        assertFails(Oops.class, "violated Oops by 0 preemptions in 3 steps: c: java.lang.NullPointerException");
        assertFails(Leak.class, "violated LockLeaked by 0 preemptions in 1 step: a ends an operation and still holds");
    }

    @Test
    void firstStateIsCheckedToo() {
        Ran ran = Ran.of(WrongFromTheStart.class);
        assertTrue(ran.message().contains("violated Never by 0 preemptions in 0 steps: it is wrong"), ran.message());
        assertTrue(!ran.message().contains("again:"), ran.message());
    }

    static class Broken {
        @Explore
        void cannotBeBuilt(Machine machine, Tasks tasks) {
            two(machine, tasks);
            two(machine, tasks);
        }
    }

    static class OwnTask {
        @Explore
        void makesATask(Machine machine, Tasks tasks) {
            machine.task("a");
        }
    }

    static class BrokenBoot {
        @Explore
        void recurses(Machine machine, Tasks tasks) {
            SpinLock lock = machine.spinLock(LockClass.LRU_LOCK, "lock");
            lock.lock();
            lock.lock();
        }
    }

    @Test
    void methodThatCannotBuildItsProgramFailsAsItSays() {
        assertFails(Broken.class, IllegalArgumentException.class, "there are two tasks a");
        assertFails(OwnTask.class, IllegalStateException.class, "a test's tasks are made by Tasks.task: a");
        assertFails(BrokenBoot.class, "violated LockRecursion by 0 preemptions in 0 steps: the boot: ");
    }

    static class WithLifecycle {
        private long initial;

        @BeforeEach
        void setUp() {
            initial = 40;
        }

        @Explore
        void counts(Machine machine, TestInfo info, Tasks tasks) {
            assertEquals("counts", info.getTestMethod().orElseThrow().getName());
            Word count = machine.word("count", initial);
            tasks.task("a", () -> count.add(2));
            tasks.invariant("InRange", () -> assertTrue(count.peek() >= 40 && count.peek() <= 42));
        }
    }

    @Test
    void lifecycleAndOtherParametersAreJUnits() {
        Ran ran = Ran.of(WithLifecycle.class);
        assertNull(ran.thrown());
        assertEquals(Status.SUCCESSFUL, ran.status());
    }
}
