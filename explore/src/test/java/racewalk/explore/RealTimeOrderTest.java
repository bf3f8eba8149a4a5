package racewalk.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Machine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;

/** The order of a response and a later invocation is part of the history, though the two touch no common word. */
class RealTimeOrderTest {

    private static final String PROPERTY = "FirstNeverAfterSecond";

    /** Complains when the first task's operation is invoked after the second's has returned. */
    private record After(boolean responded, boolean late) implements Observer.State {
        @Override
        public long hash(long seed) {
            return seed * ((responded ? 3 : 5) + (late ? 8 : 0));
        }
    }

    private static final Observer<After> OBSERVER = new Observer<>() {
        @Override
        public String name() {
            return PROPERTY;
        }

        @Override
        public After initial() {
            return new After(false, false);
        }

        @Override
        public After invoked(After state, int task, int action) {
            return task == 0 && state.responded ? new After(true, true) : state;
        }

        @Override
        public After responded(After state, int task, int action, long result) {
            return task == 1 ? new After(true, state.late) : state;
        }

        @Override
        public String complaint(After state) {
            return state.late ? "the first operation began after the second had ended" : null;
        }
    };

    /** Two tasks, each of which adds to a word of its own. A depth-first search lets the first go first. */
    private static Program strangers(Machine machine) {
        Word a = machine.word("a", 0);
        Word b = machine.word("b", 0);
        Task first = machine.task("first");
        Task second = machine.task("second");
        List<Actor> actors = List.of(
                new Actor(first, List.of(new Action("add", () -> {
                    a.add(1);
                    return 0;
                }))),
                new Actor(second, List.of(new Action("add", () -> {
                    b.add(1);
                    return 0;
                }))));
        List<Word> inFlight = List.of(machine.word("x", 0), machine.word("y", 0));
        return new Program(actors, inFlight, OBSERVER, List.of());
    }

    private static Set<String> found(Independence independence) {
        World world = new World(RealTimeOrderTest::strangers, true);
        return new DepthFirstSearch(world, Budget.unlimited(), Progress.NONE, independence)
                .run()
                .findings()
                .keySet();
    }

    @Test
    void bothOrdersOfTwoOperationsWithoutACommonWordAreExplored() {
        assertEquals(Set.of(PROPERTY), found(Footprint::commutesWith));
    }

    @Test
    void oneOrderIsLostWhenAResponseCommutesWithAnInvocation() {
        assertEquals(Set.of(), found((one, other) -> !one.conflictsWith(other)));
    }
}
