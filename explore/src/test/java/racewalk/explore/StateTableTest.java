package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The table against a map. */
class StateTableTest {

    private record Key(long low, long high) {}

    /** Fingerprints of which many share a half, and some have a half that is small. */
    private static Key key(SplittableRandom random, int range) {
        long a = random.nextInt(range);
        long b = 2 + random.nextInt(4);
        return new Key(a * 0x9E3779B97F4A7C15L, random.nextInt(8) == 0 ? b : a * 0xD1B54A32D192ED03L + b);
    }

    private static int visit(StateTable table, Key key, int sleep) {
        int visit = table.visit(key.low, key.high, sleep);
        while (visit == StateTable.FULL) {
            assertTrue(table.grow());
            visit = table.visit(key.low, key.high, sleep);
        }
        return visit;
    }

    @Test
    void tableAnswersAsAMapOfSleepSets() {
        SplittableRandom random = new SplittableRandom(1);
        StateTable table = new StateTable(Long.MAX_VALUE);
        Map<Key, Integer> sleeps = new HashMap<>();
        for (int i = 0; i < 3_000_000; i++) {
            Key key = key(random, 400_000);
            int sleep = random.nextInt(256);
            int visit = visit(table, key, sleep);
            Integer before = sleeps.get(key);
            assertEquals(before == null, StateTable.isNew(visit));
            int stays = before == null ? sleep : before & sleep;
            int explored = before == null ? ~sleep & 0xFF : before & ~sleep;
            assertEquals(stays, StateTable.sleeps(visit));
            assertEquals(explored, ~StateTable.leavesOut(visit) & 0xFF);
            sleeps.put(key, stays);
            if (table.isTight()) {
                table.grow();
            }
        }
        assertEquals(sleeps.size(), table.size());
        for (Key key : sleeps.keySet()) {
            assertTrue(table.contains(key.low, key.high));
            assertEquals(sleeps.containsKey(new Key(key.low + 256, key.high)), table.contains(key.low + 256, key.high));
        }
    }

    @Test
    void largeTableTakesAtMostTwentyFourBytesAState() {
        SplittableRandom random = new SplittableRandom(2);
        StateTable table = new StateTable(Long.MAX_VALUE);
        long worst = 0;
        for (int i = 0; i < 12_000_000; i++) {
            visit(table, new Key(random.nextLong(), random.nextLong()), 0);
            if (table.isTight()) {
                table.grow();
                if (table.bytes() > 100_000_000) {
                    worst = Math.max(worst, table.bytes() / table.size());
                }
            }
        }
        assertTrue(worst > 0 && worst < StateTable.BYTES_PER_STATE, worst + " bytes a state");
    }

    @Test
    void tableSaysThatItIsFullAndKeepsWhatItHas() {
        SplittableRandom random = new SplittableRandom(3);
        StateTable table = new StateTable(1_000_000);
        int kept = 0;
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            Key key = new Key(random.nextLong(), random.nextLong());
            if (table.visit(key.low, key.high, 0) == StateTable.FULL && !table.grow()) {
                refused++;
                assertFalse(table.contains(key.low, key.high));
            } else {
                kept++;
            }
        }
        assertEquals(table.capacity(), table.size());
        assertTrue(table.bytes() <= 1_000_000);
        assertTrue(kept <= table.size() + 1 && refused > 100_000);
    }

    @Test
    void stateIsNewToExactlyOneOfManyWorkers() throws Exception {
        StateTable table = new StateTable(Long.MAX_VALUE);
        while (table.capacity() < 400_000) {
            table.grow();
        }
        long[] firsts = new long[4];
        try (ExecutorService threads = Executors.newFixedThreadPool(firsts.length)) {
            for (int t = 0; t < firsts.length; t++) {
                int worker = t;
                threads.submit(() -> {
                    SplittableRandom random = new SplittableRandom(4);
                    for (int i = 0; i < 300_000; i++) {
                        int visit = table.visit(random.nextLong(), random.nextLong(), worker);
                        firsts[worker] += StateTable.isNew(visit) ? 1 : 0;
                    }
                    return null;
                });
            }
        }
        assertEquals(300_000, table.size());
        assertEquals(300_000, firsts[0] + firsts[1] + firsts[2] + firsts[3]);
    }
}
