package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** Histories that tell the same locals go on together; a promise that leaves out a live local is noticed. */
class SettledTest {

    private static final int ROUNDS = 3;

    /** What a search has seen. */
    private record Seen(long states, Set<String> finals, Set<String> violated) {

        static Seen by(Program.Factory factory, Strategy strategy, boolean quiesce) {
            Search search = Explorer.search(factory, strategy, Budget.unlimited(), Progress.NONE, quiesce);
            Set<String> finals = new TreeSet<>();
            search.onEnd = () -> finals.add(Arrays.toString(search.world.values()));
            Exploration exploration = search.run();
            assertTrue(exploration.isExhaustive());
            return new Seen(
                    exploration.counts().states(),
                    finals,
                    new TreeSet<>(exploration.findings().keySet()));
        }
    }

    /** A task that looks at a word again and again, and another that counts in it: of each round one bit is kept. */
    private static Program counting(Machine machine, boolean settles) {
        Word word = machine.word("word", 0);
        Word out = machine.word("out", 0);
        return new Toy(machine)
                .task(() -> {
                    long bits = 0;
                    for (int round = 0; round < ROUNDS; round++) {
                        bits |= word.readOnce() & 1;
                        if (settles) {
                            machine.localsAre("round " + round + ": " + bits);
                        }
                    }
                    out.writeOnce(bits);
                })
                .task(() -> {
                    for (int count = 0; count < 2 * ROUNDS; count++) {
                        word.add(1);
                    }
                })
                .program();
    }

    @Test
    void historiesThatTellTheSameGoOnTogether() {
        Seen settled = Seen.by(machine -> counting(machine, true), Strategy.NAIVE, true);
        Seen remembered = Seen.by(machine -> counting(machine, true), Strategy.NAIVE, false);
        assertTrue(settled.states < remembered.states, settled.states + " and " + remembered.states);
        assertEquals(remembered.finals, settled.finals);
        assertEquals(remembered.violated, settled.violated);
    }

    /** To tell the locals is a step; it pays though. */
    @Test
    void programThatTellsHasFewerStatesThanOneThatDoesNot() {
        Seen settled = Seen.by(machine -> counting(machine, true), Strategy.SLEEP, true);
        Seen silent = Seen.by(machine -> counting(machine, false), Strategy.SLEEP, true);
        assertTrue(settled.states < silent.states, settled.states + " and " + silent.states);
        assertEquals(silent.finals, settled.finals);
    }

    @Test
    void everyStrategyEndsInTheSameStates() {
        Program.Factory factory = machine -> counting(machine, true);
        Seen naive = Seen.by(factory, Strategy.NAIVE, true);
        assertEquals(naive, Seen.by(factory, Strategy.SLEEP, true));
        assertEquals(naive.finals, Seen.by(factory, Strategy.PREEMPTION, true).finals);
    }

    /** In a round it looks twice if it has read 1; whether it has when it first tells its locals depends on who began. */
    private static Program looksTwice(Machine machine, boolean readerFirst) {
        Word word = machine.word("word", 0);
        Word door = machine.word("door", 0);
        Runnable reader = () -> {
            for (long read = word.readOnce(); read != 2; read = word.readOnce()) {
                if (read == 1) {
                    do {
                        machine.loopHead("door");
                    } while (door.readOnce() == 0);
                }
                machine.localsAre("again");
            }
        };
        Runnable writer = () -> {
            word.writeOnce(1);
            door.writeOnce(1);
            word.writeOnce(2);
        };
        return new Toy(machine)
                .task(readerFirst ? reader : writer)
                .task(readerFirst ? writer : reader)
                .program();
    }

    /** Where a loop goes on after locals were told is no matter of which history told them first. */
    @Test
    void statesDoNotDependOnTheHistoryThatComesFirst() {
        Program.Factory factory = machine -> looksTwice(machine, true);
        Seen naive = Seen.by(factory, Strategy.NAIVE, true);
        Seen other = Seen.by(machine -> looksTwice(machine, false), Strategy.NAIVE, true);
        assertEquals(naive.states, other.states);
        assertEquals(naive.finals, other.finals);
        assertEquals(naive, Seen.by(factory, Strategy.SLEEP, true));
    }

    /** The value is used after the promise, which does not tell it: it decides which word is written. */
    private static Program forgetsWhere(Machine machine, boolean tells) {
        Word word = machine.word("word", 0);
        Word[] out = machine.words("out", 2, 0, Word.Format.DECIMAL);
        return new Toy(machine)
                .task(() -> {
                    long read = word.readOnce();
                    machine.localsAre(tells ? "read " + read : "read something");
                    out[(int) read].writeOnce(1);
                })
                .task(() -> word.writeOnce(1))
                .program();
    }

    @Test
    void localThatIsNotToldAndDecidesOnAStepIsNoticed() {
        NotDeterministicException noticed = assertThrows(
                NotDeterministicException.class, () -> Toy.explore(machine -> forgetsWhere(machine, false)));
        assertTrue(noticed.getMessage().startsWith("model is not deterministic: t0, step"), noticed.getMessage());
        assertEquals(
                Set.of(),
                Toy.explore(machine -> forgetsWhere(machine, true)).findings().keySet());
    }

    /** Here the value alone differs, which is written long after. */
    @Test
    void localThatIsNotToldAndIsWrittenLaterIsNoticed() {
        assertThrows(
                NotDeterministicException.class,
                () -> Toy.explore(machine -> {
                    Word word = machine.word("word", 0);
                    Word out = machine.word("out", 0);
                    return new Toy(machine)
                            .task(() -> {
                                long read = word.readOnce();
                                machine.localsAre("read something");
                                out.readOnce();
                                machine.localsAre("read something and out");
                                out.writeOnce(read);
                            })
                            .task(() -> word.writeOnce(1))
                            .program();
                }));
    }

    /** Two places that tell the same text are one place: the code after the second is not that after the first. */
    @Test
    void placeThatIsNotToldIsNoticed() {
        assertThrows(
                NotDeterministicException.class,
                () -> Toy.explore(machine -> {
                    Word word = machine.word("word", 0);
                    return new Toy(machine)
                            .task(() -> {
                                word.add(1);
                                machine.localsAre("nothing");
                                word.add(1);
                                machine.localsAre("nothing");
                                word.readOnce();
                            })
                            .program();
                }));
    }
}
