package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import racewalk.explore.DepthFirstSearch.Lanes;
import racewalk.machine.Program;
import racewalk.machine.Word;

/** However many workers share a search, it visits the same states and finds the same. */
class WorkersTest {

    private record Seen(Set<String> finals, Set<String> violated, long states) {}

    private static final Lanes FOUR = new Lanes(4, 0, 5);

    private static Seen by(Program.Factory factory, int workers, Independence independence) {
        return by(factory, workers, Lanes.STANDARD, independence);
    }

    private static Seen by(Program.Factory factory, int workers, Lanes lanes, Independence independence) {
        Crew crew = new Crew(new StateTable(Long.MAX_VALUE));
        Set<String> finals = new ConcurrentSkipListSet<>();
        for (int i = 0; i < workers; i++) {
            Search search = new DepthFirstSearch(
                    new World(factory, true), Budget.unlimited(), Progress.NONE, independence, crew, lanes);
            search.onEnd = () ->
                    finals.add(Arrays.toString(Arrays.copyOf(search.world.values(), RandomProgram.COMPARED_WORDS)));
        }
        Exploration exploration = Workers.run(crew);
        assertTrue(exploration.isExhaustive());
        return new Seen(
                finals, exploration.findings().keySet(), exploration.counts().states());
    }

    @Test
    void workersSeeTheSameOfRandomPrograms() {
        for (long seed = 3_000_000; seed < 3_000_600; seed++) {
            Program.Factory factory = new RandomProgram(seed, 2).factory();
            Seen one = by(factory, 1, Footprint::commutesWith);
            assertEquals(one, by(factory, 3, Footprint::commutesWith), "seed " + seed);
            assertEquals(one, by(factory, 3, Independence.NOTHING), "seed " + seed);
        }
    }

    @Test
    void lanesSeeTheSameOfRandomPrograms() {
        for (long seed = 3_001_000; seed < 3_001_600; seed++) {
            Program.Factory factory = new RandomProgram(seed, 2).factory();
            Seen one = by(factory, 1, Lanes.ONE, Footprint::commutesWith);
            assertEquals(one, by(factory, 1, FOUR, Footprint::commutesWith), "seed " + seed);
            assertEquals(one, by(factory, 1, FOUR, Independence.NOTHING), "seed " + seed);
            assertEquals(one, by(factory, 2, FOUR, Footprint::commutesWith), "seed " + seed);
        }
    }

    private static Program.Factory counters(int steps) {
        return machine -> {
            Toy toy = new Toy(machine);
            Word[] words = machine.words("word", 3, 0, Word.Format.DECIMAL);
            for (int t = 0; t < 3; t++) {
                int task = t;
                toy.task(() -> {
                    for (int i = 1; i <= steps; i++) {
                        words[task].writeOnce(i);
                        words[(task + 1) % 3].add(0);
                    }
                });
            }
            return toy.program();
        };
    }

    @Test
    void workersShareALargeSearch() {
        for (Strategy strategy : List.of(Strategy.NAIVE, Strategy.SLEEP)) {
            Counts one = Explorer.explore(counters(25), Settings.of(strategy), Budget.unlimited(), Progress.NONE)
                    .counts();
            Counts four = Explorer.explore(
                            counters(25), Settings.of(strategy).withWorkers(4), Budget.unlimited(), Progress.NONE)
                    .counts();
            assertEquals(one.states(), four.states());
            assertEquals(one.depth(), four.depth());
        }
    }

    @Test
    void limitOfOneWorkerEndsAll() {
        Settings settings = Settings.of(Strategy.SLEEP).withWorkers(3);
        Exploration small =
                Explorer.explore(counters(100), settings.withMemory(1_000_000), Budget.unlimited(), Progress.NONE);
        assertFalse(small.isExhaustive());
        assertTrue(small.limit().contains("memory"), small.limit());
        Exploration brief = Explorer.explore(counters(100), settings, Budget.of(Duration.ofMillis(50)), Progress.NONE);
        assertFalse(brief.isExhaustive());
        assertTrue(brief.limit().contains("time"), brief.limit());
    }

    /** Who rests has not finished: were he not counted, another who finishes meanwhile would end the search. */
    @Test
    void nobodyEndsTheSearchWhileAnotherRests() throws InterruptedException {
        for (int round = 0; round < 5_000; round++) {
            Crew crew = new Crew(new StateTable(1));
            crew.next();
            crew.leave(Stack.ofEverything());
            AtomicBoolean goesOn = new AtomicBoolean();
            CountDownLatch taken = new CountDownLatch(1);
            Thread rests = Thread.ofPlatform().start(() -> {
                crew.next();
                taken.countDown();
                while (!crew.isCalling()) {
                    Thread.onSpinWait();
                }
                goesOn.set(crew.attend());
                crew.finished();
            });
            taken.await();
            crew.alone(() -> {});
            crew.finished();
            crew.next();
            rests.join();
            assertTrue(goesOn.get(), "round " + round);
        }
    }
}
