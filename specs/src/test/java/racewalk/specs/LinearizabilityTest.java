package racewalk.specs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import racewalk.mm.PhysicalMemory.Allocations;
import racewalk.mm.Protection;
import racewalk.specs.Operation.Dontneed;
import racewalk.specs.Operation.Fork;
import racewalk.specs.Operation.Load;
import racewalk.specs.Operation.Mprotect;
import racewalk.specs.Operation.Munmap;
import racewalk.specs.Operation.Store;

/** What the specification accepts, and what it rejects. */
class LinearizabilityTest {

    /** The invocation of an actor's next operation, or the response of the one in flight. */
    private record Event(int actor, boolean response, long result) {}

    private static Event invoke(int actor) {
        return new Event(actor, false, 0);
    }

    private static Event respond(int actor, long result) {
        return new Event(actor, true, result);
    }

    /** Two mapped and writable pages that hold 1 and 2. */
    private static long memory() {
        return FlatMemory.with(FlatMemory.with(0, 0, Protection.READ_WRITE, 1), 1, Protection.READ_WRITE, 2);
    }

    private static boolean accepts(List<List<Operation>> operations, Event... history) {
        return accepts(operations, List.of(history));
    }

    private static boolean accepts(List<List<Operation>> operations, List<Event> history) {
        List<String> actors = List.of("cpu0", "cpu1", "dev0").subList(0, operations.size());
        Linearizability observer = new Linearizability(memory(), actors, operations);
        Linearizability.Explanations state = observer.initial();
        int[] next = new int[operations.size()];
        for (Event event : history) {
            state = event.response
                    ? observer.responded(state, event.actor, next[event.actor]++, event.result)
                    : observer.invoked(state, event.actor, next[event.actor]);
        }
        return observer.complaint(state) == null;
    }

    private static final List<List<Operation>> UNMAP_AND_TWO_LOADS =
            List.of(List.of(new Munmap(0, 2)), List.of(new Load(0), new Load(1)));

    @Test
    void rangeOperationSeenHalfDoneIsAccepted() {
        assertTrue(accepts(
                UNMAP_AND_TWO_LOADS,
                invoke(0),
                invoke(1),
                respond(1, Operation.DENIED),
                invoke(1),
                respond(1, 2),
                respond(0, Operation.DONE)));
        assertTrue(accepts(
                UNMAP_AND_TWO_LOADS,
                invoke(0),
                invoke(1),
                respond(1, 1),
                invoke(1),
                respond(1, Operation.DENIED),
                respond(0, Operation.DONE)));
    }

    @Test
    void pageThatIsStillThereAfterTheRangeOperationIsRejected() {
        assertEquals(
                false, accepts(UNMAP_AND_TWO_LOADS, invoke(0), respond(0, Operation.DONE), invoke(1), respond(1, 1)));
    }

    private static final List<List<Operation>> EXCHANGE_AND_STORE =
            List.of(List.of(new Store(0, 5), new Load(0)), List.of(), List.of(new Operation.Exchange(0, 7)));

    /** The store and the load while the exchange goes on, with what the load and the exchange gave. */
    private static boolean acceptsExchange(long loaded, long exchanged) {
        return accepts(
                EXCHANGE_AND_STORE,
                invoke(2),
                invoke(0),
                respond(0, Operation.DONE),
                respond(2, exchanged),
                invoke(0),
                respond(0, loaded));
    }

    @Test
    void exchangeIsAtomicOrNothing() {
        assertTrue(acceptsExchange(5, 1));
        assertTrue(acceptsExchange(7, 5));
        assertTrue(acceptsExchange(5, Operation.ENOENT));
        assertEquals(false, acceptsExchange(7, 1));
        assertEquals(false, acceptsExchange(7, Operation.ENOENT));
    }

    private static final List<List<Operation>> DEVICE_THAT_REGISTERS = List.of(
            List.of(new Operation.Exit(0, 2)),
            List.of(new Load(0)),
            List.of(new Load(0), new Operation.Register(0), new Load(0), new Operation.Unregister(0), new Load(0)));

    /** The whole history of the device alone, with what its loads gave. */
    private static List<Event> deviceAlone(long before, long between, long after) {
        List<Event> history = new ArrayList<>();
        for (long result : new long[] {before, Operation.DONE, between, Operation.DONE, after}) {
            history.add(invoke(2));
            history.add(respond(2, result));
        }
        return history;
    }

    @Test
    void deviceHasAccessOnlyWhileItIsRegistered() {
        assertTrue(accepts(DEVICE_THAT_REGISTERS, deviceAlone(Operation.DENIED, 1, Operation.DENIED)));
        assertEquals(false, accepts(DEVICE_THAT_REGISTERS, deviceAlone(1, 1, Operation.DENIED)));
        assertEquals(false, accepts(DEVICE_THAT_REGISTERS, deviceAlone(Operation.DENIED, 1, 1)));
        assertEquals(
                false,
                accepts(DEVICE_THAT_REGISTERS, deviceAlone(Operation.DENIED, Operation.DENIED, Operation.DENIED)));
    }

    @Test
    void nothingIsMappedAfterAnExit() {
        assertTrue(accepts(DEVICE_THAT_REGISTERS, invoke(0), invoke(1), respond(1, 1), respond(0, Operation.DONE)));
        assertEquals(
                false, accepts(DEVICE_THAT_REGISTERS, invoke(0), respond(0, Operation.DONE), invoke(1), respond(1, 1)));
    }

    private static final List<List<Operation>> ZAP_AND_STORE_AND_LOAD =
            List.of(List.of(new Dontneed(0, 1)), List.of(new Store(0, 7), new Load(0)));

    @Test
    void storeThroughAStaleEntryWhileTheZapIsRunningIsAccepted() {
        // The store goes to the page that is being freed, and is lost with it.
        assertTrue(accepts(
                ZAP_AND_STORE_AND_LOAD,
                invoke(0),
                invoke(1),
                respond(1, Operation.DONE),
                respond(0, Operation.DONE),
                invoke(1),
                respond(1, 0)));
    }

    @Test
    void storeThatIsLostAfterTheZapHasReturnedIsRejected() {
        assertEquals(
                false,
                accepts(
                        ZAP_AND_STORE_AND_LOAD,
                        invoke(0),
                        respond(0, Operation.DONE),
                        invoke(1),
                        respond(1, Operation.DONE),
                        invoke(1),
                        respond(1, 0)));
    }

    @Test
    void oldValueAfterTheZapHasReturnedIsRejected() {
        assertEquals(
                false,
                accepts(
                        List.of(List.of(new Dontneed(0, 1)), List.of(new Load(0))),
                        invoke(0),
                        respond(0, Operation.DONE),
                        invoke(1),
                        respond(1, 1)));
    }

    @Test
    void valueThatNobodyStoredIsRejected() {
        assertEquals(false, accepts(List.of(List.of(new Load(0))), invoke(0), respond(0, 99)));
        assertEquals(false, accepts(List.of(List.of(new Load(0))), invoke(0), respond(0, 0xDEAD)));
    }

    @Test
    void storeAfterWriteProtectionIsRejectedAndDuringItAccepted() {
        List<List<Operation>> operations =
                List.of(List.of(new Mprotect(0, 1, Protection.READ)), List.of(new Store(0, 7)));
        assertTrue(accepts(operations, invoke(0), invoke(1), respond(1, Operation.DONE), respond(0, Operation.DONE)));
        assertEquals(
                false,
                accepts(operations, invoke(0), respond(0, Operation.DONE), invoke(1), respond(1, Operation.DONE)));
    }

    @Test
    void mprotectStopsAtAHole() {
        List<List<Operation>> operations =
                List.of(List.of(new Munmap(0, 1), new Mprotect(0, 2, Protection.READ), new Store(1, 7)));
        assertTrue(accepts(
                operations,
                invoke(0),
                respond(0, Operation.DONE),
                invoke(0),
                respond(0, Operation.HOLE),
                invoke(0),
                respond(0, Operation.DONE)));
        assertEquals(
                false,
                accepts(
                        operations,
                        invoke(0),
                        respond(0, Operation.DONE),
                        invoke(0),
                        respond(0, Operation.HOLE),
                        invoke(0),
                        respond(0, Operation.DENIED)));
    }

    @Test
    void twoInvocationsAndTwoResponsesCommute() {
        Linearizability observer = new Linearizability(memory(), List.of("cpu0", "cpu1"), ZAP_AND_STORE_AND_LOAD);
        Linearizability.Explanations start = observer.initial();
        Linearizability.Explanations forward = observer.invoked(observer.invoked(start, 0, 0), 1, 0);
        Linearizability.Explanations backward = observer.invoked(observer.invoked(start, 1, 0), 0, 0);
        assertEquals(forward, backward);
        assertEquals(
                observer.responded(observer.responded(forward, 0, 0, 0), 1, 0, 0),
                observer.responded(observer.responded(forward, 1, 0, 0), 0, 0, 0));
    }

    @Test
    void refusalForWantOfMemoryIsAcceptedWhereAllocationsMayFailAndHasNoEffect() {
        List<List<Operation>> operations = List.of(List.of(new Store(0, 7), new Load(0)), List.of(new Store(1, 7)));
        for (long value : new long[] {1, 7}) {
            for (Allocations allocations : Allocations.values()) {
                Linearizability observer = new Linearizability(
                        memory(), Processes.single(2), List.of("cpu0", "dev0"), operations, allocations);
                Linearizability.Explanations state = observer.invoked(observer.initial(), 0, 0);
                state = observer.responded(state, 0, 0, Operation.OUT_OF_MEMORY);
                state = observer.responded(observer.invoked(state, 0, 1), 0, 1, value);
                assertEquals(allocations == Allocations.MAY_FAIL && value == 1, observer.complaint(state) == null);
            }
        }
    }

    @Test
    void deviceIsDeniedWhereAllocationsMayFail() {
        List<List<Operation>> operations = List.of(List.of(new Store(1, 7)), List.of(new Store(1, 7)));
        Linearizability observer = new Linearizability(
                memory(), Processes.single(2), List.of("cpu0", "dev0"), operations, Allocations.MAY_FAIL);
        Linearizability.Explanations both = observer.invoked(observer.invoked(observer.initial(), 0, 0), 1, 0);
        assertEquals(null, observer.complaint(observer.responded(both, 1, 0, Operation.DENIED)));
        assertNotNull(observer.complaint(observer.responded(both, 1, 0, Operation.OUT_OF_MEMORY)));
        assertNotNull(observer.complaint(observer.responded(both, 0, 0, Operation.DENIED)));
    }

    @Test
    void deviceAloneIsDeniedWhereOnlyMappingsForDmaMayFail() {
        List<List<Operation>> operations = List.of(List.of(new Store(1, 7)), List.of(new Store(1, 7)));
        Linearizability observer = new Linearizability(
                memory(), Processes.single(2), List.of("cpu0", "dev0"), operations, Allocations.DMA_MAY_FAIL);
        Linearizability.Explanations both = observer.invoked(observer.invoked(observer.initial(), 0, 0), 1, 0);
        assertEquals(null, observer.complaint(observer.responded(both, 1, 0, Operation.DENIED)));
        assertNotNull(observer.complaint(observer.responded(both, 0, 0, Operation.OUT_OF_MEMORY)));
    }

    @Test
    void resultThatTheScenarioDoesNotExpectIsRefused() {
        List<List<Operation>> operations = List.of(List.of(new Load(0), new Load(0)));
        for (String expected : List.of("1", "2", "any", "2|1", "denied")) {
            Linearizability observer = new Linearizability(
                    memory(),
                    Processes.single(2),
                    List.of("cpu0"),
                    operations,
                    Allocations.SUCCEED,
                    new ExpectedResults(Map.of("cpu0", List.of(List.of("any"), List.of(expected.split("\\|"))))));
            Linearizability.Explanations state = observer.invoked(observer.initial(), 0, 0);
            state = observer.invoked(observer.responded(state, 0, 0, 1), 0, 1);
            String complaint = observer.complaint(observer.responded(state, 0, 1, 1));
            assertEquals(List.of("1", "any", "2|1").contains(expected), complaint == null, expected);
        }
    }

    /** The child's two pages come after the parent's. */
    private static final List<List<Operation>> FORK_AND_STORE = List.of(
            List.of(new Fork("child", 0, 2, 2), new Store(0, 7), new Load(0)), List.of(new Load(2), new Load(3)));

    @Test
    void forkedProcessKeepsWhatItWasGiven() {
        assertTrue(accepts(
                FORK_AND_STORE,
                invoke(0),
                respond(0, Operation.DONE),
                invoke(0),
                respond(0, Operation.DONE),
                invoke(1),
                respond(1, 1),
                invoke(1),
                respond(1, 2)));
        assertEquals(
                false,
                accepts(
                        FORK_AND_STORE,
                        invoke(0),
                        respond(0, Operation.DONE),
                        invoke(0),
                        respond(0, Operation.DONE),
                        invoke(1),
                        respond(1, 7)));
    }

    @Test
    void forkIsNotAtomicOverPagesAndNoPageIsThereBefore() {
        List<List<Operation>> operations = List.of(
                List.of(new Fork("child", 0, 2, 2)),
                List.of(new Store(0, 7), new Store(1, 8)),
                List.of(new Load(2), new Load(3)));
        for (long[] seen : new long[][] {{1, 8}, {7, 2}, {7, 8}, {1, 2}}) {
            assertTrue(accepts(
                    operations,
                    invoke(0),
                    invoke(1),
                    respond(1, Operation.DONE),
                    invoke(1),
                    respond(1, Operation.DONE),
                    respond(0, Operation.DONE),
                    invoke(2),
                    respond(2, seen[0]),
                    invoke(2),
                    respond(2, seen[1])));
        }
        assertTrue(accepts(operations, invoke(2), respond(2, Operation.DENIED), invoke(0), respond(0, Operation.DONE)));
        assertEquals(false, accepts(operations, invoke(2), respond(2, 1)));
    }

    // ---- against brute force -------------------------------------------------------------------------------------

    /** An operation between its invocation and its response, at which it gave {@code result}. */
    private record Interval(Operation operation, int from, int to, long result) {}

    /**
     * Tries every order of all parts, each placed between its operation's invocation and response; shares only {@link
     * FlatMemory} with the automaton. An operation that has not returned may take effect in part.
     */
    private static boolean explains(List<Interval> operations, long memory, long[] told, int[] done) {
        boolean complete = true;
        for (int i = 0; i < operations.size(); i++) {
            Interval interval = operations.get(i);
            int all = (1 << FlatMemory.parts(interval.operation)) - 1;
            complete &= interval.to == Integer.MAX_VALUE || done[i] == all && told[i] == interval.result;
        }
        if (complete) {
            return true;
        }
        for (int i = 0; i < operations.size(); i++) {
            Interval interval = operations.get(i);
            for (int part = 0; part < FlatMemory.parts(interval.operation); part++) {
                boolean due = (done[i] & 1 << part) == 0
                        && FlatMemory.isPossible(interval.operation, part, done[i], memory)
                        && mayFollow(operations, done, interval);
                if (!due) {
                    continue;
                }
                long toldBefore = told[i];
                int doneBefore = done[i];
                told[i] |= FlatMemory.tell(interval.operation, part, memory);
                done[i] |= FlatMemory.completes(interval.operation, part, memory);
                boolean explained =
                        explains(operations, FlatMemory.apply(interval.operation, part, memory), told, done);
                told[i] = toldBefore;
                done[i] = doneBefore;
                if (explained) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Every operation that had returned before this one was invoked has taken effect. */
    private static boolean mayFollow(List<Interval> operations, int[] done, Interval interval) {
        for (int i = 0; i < operations.size(); i++) {
            int all = (1 << FlatMemory.parts(operations.get(i).operation)) - 1;
            if (operations.get(i).to < interval.from && done[i] != all) {
                return false;
            }
        }
        return true;
    }

    private static Operation randomOperation(SplittableRandom random) {
        int page = random.nextInt(2);
        return switch (random.nextInt(7)) {
            case 0, 1 -> new Load(page);
            case 2, 3 -> new Store(page, 3 + random.nextInt(2));
            case 4 -> new Dontneed(0, 1 + random.nextInt(2));
            case 5 -> new Munmap(page, 2);
            default -> new Mprotect(0, 2, random.nextBoolean() ? Protection.READ : Protection.READ_WRITE);
        };
    }

    private static long randomResult(SplittableRandom random, Operation operation) {
        return switch (operation) {
            case Load _ -> List.of(0L, 1L, 2L, 3L, 4L, -1L).get(random.nextInt(6));
            case Store _ -> random.nextInt(3) == 0 ? Operation.DENIED : Operation.DONE;
            case Mprotect _, Dontneed _ -> random.nextInt(3) == 0 ? Operation.HOLE : Operation.DONE;
            default -> Operation.DONE;
        };
    }

    @Test
    void automatonAgreesWithBruteForceOnRandomHistories() {
        int accepted = 0;
        int rejected = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<List<Operation>> operations = new ArrayList<>();
            for (int actor = 0; actor < 3; actor++) {
                operations.add(List.of(randomOperation(random), randomOperation(random)));
            }
            List<Event> history = new ArrayList<>();
            List<Interval> intervals = new ArrayList<>();
            int[] next = new int[3];
            int[] open = {-1, -1, -1};
            for (int time = 0; time < 9; time++) {
                int actor = random.nextInt(3);
                if (open[actor] >= 0) {
                    Interval interval = intervals.get(open[actor]);
                    long result = randomResult(random, interval.operation);
                    intervals.set(open[actor], new Interval(interval.operation, interval.from, time, result));
                    history.add(respond(actor, result));
                    open[actor] = -1;
                } else if (next[actor] < 2) {
                    Operation operation = operations.get(actor).get(next[actor]++);
                    open[actor] = intervals.size();
                    intervals.add(new Interval(operation, time, Integer.MAX_VALUE, 0));
                    history.add(invoke(actor));
                }
            }
            boolean expected = explains(intervals, memory(), new long[intervals.size()], new int[intervals.size()]);
            assertEquals(expected, accepts(operations, history), "seed " + seed + ": " + operations + history);
            accepted += expected ? 1 : 0;
            rejected += expected ? 0 : 1;
        }
        assertTrue(accepted > 1_000 && rejected > 1_000, accepted + " accepted, " + rejected + " rejected");
    }
}
