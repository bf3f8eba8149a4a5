package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Invariant;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** State that the machine does not know of is noticed. */
class HiddenStateTest {

    private static long runs;

    private static Program withStatic(Machine machine) {
        Word[] words = machine.words("word", 2, 0, Word.Format.DECIMAL);
        return new Toy(machine)
                .task(() -> {
                    words[(int) (runs++ & 1)].readOnce();
                    words[0].readOnce();
                })
                .program();
    }

    @Test
    void staticCounterIsNoticedAndTheStepNamed() {
        NotDeterministicException noticed =
                assertThrows(NotDeterministicException.class, () -> Toy.explore(HiddenStateTest::withStatic));
        assertTrue(noticed.getMessage().startsWith("model is not deterministic: t0, step 1"), noticed.getMessage());
    }

    private static void assertNotDeterministic(Supplier<Long> hidden) {
        NotDeterministicException noticed = assertThrows(
                NotDeterministicException.class,
                () -> Toy.explore(machine -> {
                    Word word = machine.word("word", 0);
                    return new Toy(machine)
                            .task(() -> {
                                word.readOnce();
                                word.writeOnce(hidden.get());
                                word.readOnce();
                            })
                            .program();
                }));
        assertTrue(noticed.getMessage().startsWith("model is not deterministic: t0, step 2"), noticed.getMessage());
    }

    @Test
    void timeIsNoticed() {
        assertNotDeterministic(System::nanoTime);
    }

    @Test
    void identityHashIsNoticed() {
        assertNotDeterministic(() -> (long) System.identityHashCode(new Object()));
    }

    @Test
    void decisionByPeekingIsNoticed() {
        assertPeekIsNoticed("t0 peeks at word", machine -> {
            Word word = machine.word("word", 0);
            return new Toy(machine)
                    .task(() -> {
                        if (word.peek() == 0) {
                            word.writeOnce(1);
                        }
                    })
                    .program();
        });
    }

    @Test
    void hardwareStepThatDoesSomethingElseEachTimeIsNoticed() {
        assertStepIsNoticed("a hardware step, step 1", (word, time) -> word.writeOnce(time));
    }

    /** The search runs it once for its access and once for its end; only the replay sees it change. */
    @Test
    void hardwareStepThatDoesSomethingElseLaterIsNoticed() {
        assertStepIsNoticed("left other values in the words", (word, time) -> word.writeOnce(time > 2 ? 1 : 0));
    }

    @Test
    void hardwareStepThatBreaksARuleOnlyTheFirstTimeIsNoticed() {
        assertStepIsNoticed("did Oops and then", (_, time) -> {
            if (time == 1) {
                throw new IllegalStateException("the first time");
            }
        });
    }

    private interface Step {
        void run(Word word, int time);
    }

    private static void assertStepIsNoticed(String what, Step step) {
        AtomicInteger times = new AtomicInteger();
        NotDeterministicException noticed = assertThrows(
                NotDeterministicException.class,
                () -> Toy.explore(machine -> {
                    Word word = machine.word("word", 0);
                    HardwareUnit unit = machine.unit("unit");
                    return new Toy(machine)
                            .task(() -> unit.step("step", () -> {
                                step.run(word, times.incrementAndGet());
                                return 0;
                            }))
                            .program();
                }));
        assertTrue(noticed.getMessage().contains(what), noticed.getMessage());
    }

    /** What a hardware step peeks at is no part of its footprint: steps would seem to commute that do not. */
    @Test
    void peekInAHardwareStepIsNoticed() {
        assertPeekIsNoticed("a hardware step peeks at word", machine -> {
            Word word = machine.word("word", 0);
            HardwareUnit unit = machine.unit("unit");
            return new Toy(machine).task(() -> unit.step("peek", word::peek)).program();
        });
    }

    private static void assertPeekIsNoticed(String expected, Program.Factory factory) {
        NotDeterministicException noticed = assertThrows(NotDeterministicException.class, () -> Toy.explore(factory));
        assertTrue(noticed.getMessage().contains(expected), noticed.getMessage());
    }

    /** An invariant is evaluated again only when a word changes that it declares. */
    @Test
    void invariantThatLooksAtAnUndeclaredWordIsNoticed() {
        IllegalStateException noticed = assertThrows(
                IllegalStateException.class,
                () -> Toy.explore(machine -> {
                    Word x = machine.word("x", 0);
                    Word y = machine.word("y", 0);
                    return new Toy(machine)
                            .task(() -> y.writeOnce(1))
                            .invariant(new Invariant("X", List.of(y), () -> x.peek() == 1 ? "x" : null))
                            .program();
                }));
        assertTrue(noticed.getMessage().contains("looks at x and does not declare it"), noticed.getMessage());
    }

    /** The search sees the field as its own runs of the code have left it; a single run sees another value. */
    @Test
    void plainFieldIsNoticedByTheRunsThatAreSampled() {
        Program.Factory factory = machine -> {
            Word[] words = machine.words("word", 2, 0, Word.Format.DECIMAL);
            long[] field = new long[1];
            return new Toy(machine)
                    .task(() -> {
                        for (int i = 0; i < 20; i++) {
                            words[0].readOnce();
                        }
                        field[0] = 1;
                        words[0].readOnce();
                    })
                    .task(() -> {
                        words[1].readOnce();
                        words[1].writeOnce(field[0]);
                    })
                    .program();
        };
        NotDeterministicException noticed = assertThrows(NotDeterministicException.class, () -> Toy.explore(factory));
        assertTrue(noticed.getMessage().contains("t1"), noticed.getMessage());
    }
}
