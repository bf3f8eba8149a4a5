package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import racewalk.machine.Machine;
import racewalk.machine.Program;
import racewalk.machine.RawLock;
import racewalk.machine.Word;

/**
 * Programs of the literature on partial order reduction, with the numbers of Mazurkiewicz traces that are published for
 * them: source-DPOR completes one execution for each. How many it gives up in sleep sets depends on the order in which
 * it takes tasks, and is not compared.
 *
 * <p>POPL14 is Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic partial order reduction", POPL 2014; FG05 is
 * Flanagan, Godefroid, "Dynamic partial-order reduction for model checking software", POPL 2005; SWSC is the file
 * {@code benchmarks/SWSC_experiment/summary.txt} of Nidhugg's repository.
 */
class LiteratureTest {

    private static SourceDpor explore(Program.Factory factory, long traces) {
        World world = new World(factory, true);
        SourceDpor search = new SourceDpor(world, Budget.unlimited(), Progress.NONE);
        Exploration exploration = search.run();
        assertTrue(exploration.isExhaustive());
        assertEquals(traces, exploration.counts().executions());
        return search;
    }

    /** One writer and {@code n} readers of one word (POPL14): each reader comes before the writer or after it. */
    private static Program readers(Machine machine, int n) {
        Word x = machine.word("x", 0);
        Toy toy = new Toy(machine).task(() -> x.writeOnce(42));
        for (int i = 0; i < n; i++) {
            toy.task(x::readOnce);
        }
        return toy.program();
    }

    /** POPL14 and SWSC: 2 to the power of the number of readers. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12})
    void eachReaderIsBeforeOrAfterTheWriter(int n) {
        SourceDpor search = explore(machine -> readers(machine, n), 1L << n);
        assertEquals(0, search.sleepSetBlocked());
    }

    /** The file system of FG05: threads lock an inode, and if it has no block search for a free one, locking each. */
    private static Program fileSystem(Machine machine, int threads) {
        int blocks = 26;
        int inodes = 32;
        Word[] inode = machine.words("inode", inodes, 0, Word.Format.DECIMAL);
        Word[] busy = machine.words("busy", blocks, 0, Word.Format.DECIMAL);
        List<RawLock> inodeLocks = locks(machine, "inode lock", inodes);
        List<RawLock> blockLocks = locks(machine, "block lock", blocks);
        Toy toy = new Toy(machine);
        for (int thread = 0; thread < threads; thread++) {
            int i = thread % inodes;
            toy.task(() -> {
                inodeLocks.get(i).lock();
                if (inode[i].readOnce() == 0) {
                    findBlock(inode[i], busy, blockLocks, i * 2 % blocks);
                }
                inodeLocks.get(i).unlock();
            });
        }
        return toy.program();
    }

    private static void findBlock(Word inode, Word[] busy, List<RawLock> locks, int first) {
        for (int block = first; ; block = (block + 1) % busy.length) {
            locks.get(block).lock();
            boolean found = busy[block].readOnce() == 0;
            if (found) {
                busy[block].writeOnce(1);
                inode.writeOnce(block + 1);
            }
            locks.get(block).unlock();
            if (found) {
                return;
            }
        }
    }

    private static List<RawLock> locks(Machine machine, String name, int count) {
        List<RawLock> locks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            locks.add(new RawLock(machine, name + i));
        }
        return locks;
    }

    /** POPL14, table 1: filesystem with 14, 16, 18, 19 threads; SWSC has 12, 14, 16, 18. */
    @ParameterizedTest
    @CsvSource({"12, 1", "14, 2", "16, 8", "18, 32", "19, 64"})
    void fileSystemHasTheTracesOfItsCollidingThreads(int threads, long traces) {
        explore(machine -> fileSystem(machine, threads), traces);
    }

    /** The indexer of FG05: threads put messages into a hash table of compare-and-exchange cells. */
    private static Program indexer(Machine machine, int threads) {
        int size = 128;
        int messages = 4;
        Word[] table = machine.words("table", size, 0, Word.Format.DECIMAL);
        Toy toy = new Toy(machine);
        for (int thread = 0; thread < threads; thread++) {
            int id = thread;
            toy.task(() -> {
                for (int m = 1; m <= messages; m++) {
                    int w = m * 11 + id;
                    int h = w * 7 % size;
                    while (table[h].cmpxchg(0, w) != 0) {
                        h = (h + 1) % size;
                    }
                }
            });
        }
        return toy.program();
    }

    /** SWSC; POPL14, table 1, has 12 and 15 threads. */
    @ParameterizedTest
    @CsvSource({"11, 1", "12, 8", "13, 64", "14, 512", "15, 4096"})
    void indexerHasTheTracesOfItsCollidingMessages(int threads, long traces) {
        explore(machine -> indexer(machine, threads), traces);
    }

    /** SV-COMP's {@code pthread-demo-datarace}: each thread increments a word five times under one lock. */
    private static Program lockedIncrements(Machine machine, int threads) {
        Word global = machine.word("global", 0);
        RawLock lock = new RawLock(machine, "lock");
        Toy toy = new Toy(machine);
        for (int thread = 0; thread < threads; thread++) {
            toy.task(() -> {
                for (int i = 0; i < 5; i++) {
                    lock.lock();
                    global.writeOnce(global.readOnce() + 1);
                    lock.unlock();
                }
            });
        }
        return toy.program();
    }

    /** SWSC: the orders in which the lock can be taken. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 252", "3, 756756"})
    void lockIsTakenInEveryOrder(int threads, long traces) {
        explore(machine -> lockedIncrements(machine, threads), traces);
    }

    /** SWSC's {@code lastwrite} under RC11, which tells all orders of writes apart: the factorial. */
    @ParameterizedTest
    @CsvSource({"2, 2", "4, 24", "6, 720", "8, 40320"})
    void writersOfOneWordComeInEveryOrder(int writers, long traces) {
        explore(
                machine -> {
                    Word x = machine.word("x", 0);
                    Toy toy = new Toy(machine);
                    for (int i = 0; i < writers; i++) {
                        int value = i;
                        toy.task(() -> x.writeOnce(value));
                    }
                    return toy.program();
                },
                traces);
    }

    /** A reader looks for the last zero of an array, whose writers each add one to their predecessor (POPL14). */
    private static Program lastZero(Machine machine, int n) {
        Word[] array = machine.words("array", n + 1, 0, Word.Format.DECIMAL);
        Toy toy = new Toy(machine).task(() -> {
            for (int i = n; i > 0 && array[i].readOnce() != 0; i--) {}
        });
        for (int j = 1; j <= n; j++) {
            Word before = array[j - 1];
            Word own = array[j];
            toy.task(() -> own.writeOnce(before.readOnce() + 1));
        }
        return toy.program();
    }

    /** SWSC has 2 to 12; POPL14, table 1, has 5 and 10. */
    @ParameterizedTest
    @CsvSource({"2, 5", "4, 28", "5, 64", "6, 144", "8, 704", "10, 3328", "12, 15360"})
    void lastZeroIsFoundInEveryTrace(int n, long traces) {
        explore(machine -> lastZero(machine, n), traces);
    }

    /** POPL14, table 1. */
    @Test
    @Tag("nightly")
    void lastZeroOfFifteenHas147456Traces() {
        explore(machine -> lastZero(machine, 15), 147_456);
    }

    /**
     * The example on which POPL14 shows that source-DPOR is not optimal. Concuerror's tests ({@code
     * POPL_optimal_example-test-inf-source.txt}) have 9 executions, of which 4 are blocked in sleep sets.
     */
    @Test
    void exampleOfWakeupTreesHasFiveTraces() {
        explore(
                machine -> {
                    Word x = machine.word("x", 0);
                    Word y = machine.word("y", 0);
                    Word z = machine.word("z", 0);
                    return new Toy(machine)
                            .task(() -> x.writeOnce(1))
                            .task(() -> y.writeOnce(1))
                            .task(() -> {
                                if (y.readOnce() == 0) {
                                    z.writeOnce(1);
                                }
                            })
                            .task(() -> {
                                if (z.readOnce() == 1 && y.readOnce() == 0) {
                                    x.writeOnce(2);
                                }
                            })
                            .program();
                },
                5);
    }
}
