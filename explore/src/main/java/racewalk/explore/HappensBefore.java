package racewalk.explore;

import java.util.Arrays;
import racewalk.machine.Change;

/**
 * The events of the current run with their vector clocks: which event happens before which under a dependence, and
 * which pairs race. Events are numbered from 0 in the order of the run; arrays are kept for the next run.
 *
 * <p>A blocking operation (a lock, an await) races only with an event that it could have preceded. It is disabled
 * before a release, so it races with the acquire before that: events that only opened its guard are passed over and
 * hide nothing.
 */
final class HappensBefore {

    /** One step of the run. */
    private static final class Event {
        int task;
        /** The task's local state before. */
        Node from;

        Footprint print;
        /** The world's undo mark before. */
        int undoMark;
        /** The event before it of the same task, or {@link #NONE}. */
        int previous;
        /** For each task how many of its events happen before this one or are it. */
        final int[] clock;

        Event(int tasks) {
            clock = new int[tasks];
        }

        /** Its place among the events of its task, from 1. */
        int number() {
            return clock[task];
        }
    }

    private static final int NONE = -1;

    private final World world;
    private final Independence independence;
    private final int tasks;
    private final int[] start;
    /** For each task its last event. */
    private final int[] last;
    /** For each task the event that a race is looked for with. */
    private final int[] latest;
    /** For each task the number of its first event in a sequence of which the initials are looked for. */
    private final int[] first;

    private final int[] races;
    private int raceCount;
    private Event[] events = new Event[256];
    private int size;
    private int firstInitial;

    HappensBefore(World world, Independence independence) {
        this.world = world;
        this.independence = independence;
        tasks = world.tasks();
        start = new int[tasks];
        last = new int[tasks];
        latest = new int[tasks];
        first = new int[tasks];
        races = new int[tasks];
        Arrays.fill(last, NONE);
    }

    /** How many races the last call found. */
    int raceCount() {
        return raceCount;
    }

    /** The earlier event of a race that the last call found. */
    int race(int index) {
        return races[index];
    }

    /**
     * Adds the step that {@code task} has just taken, and finds the events that it races with.
     *
     * @param from the task's local state before
     * @param undoMark the world's undo mark before
     */
    void append(int task, Node from, Footprint print, int undoMark) {
        if (size == events.length) {
            events = Arrays.copyOf(events, 2 * size);
        }
        if (events[size] == null) {
            events[size] = new Event(tasks);
        }
        Event event = events[size];
        event.task = task;
        event.from = from;
        event.print = print;
        event.undoMark = undoMark;
        event.previous = last[task];
        int[] before = clockOf(task);
        findLatest(task, before, print, null);
        System.arraycopy(before, 0, event.clock, 0, tasks);
        for (int other = 0; other < tasks; other++) {
            if (latest[other] != NONE) {
                join(event.clock, events[latest[other]].clock);
            }
        }
        event.clock[task] = before[task] + 1;
        if (from.blocking) {
            findLatest(task, before, print, from);
        }
        keepImmediate();
        last[task] = size;
        size++;
    }

    /** Takes the last event back. */
    void removeLast() {
        size--;
        last[events[size].task] = events[size].previous;
    }

    /** Finds the events that the step for which {@code task} is blocked, with footprint {@code print}, races with. */
    void findRaces(int task, Footprint print) {
        findLatest(task, clockOf(task), print, world.node(task));
        keepImmediate();
    }

    /** Whether the last event was {@code task}'s own or does not commute with {@code print}. */
    boolean lastConcerns(int task, Footprint print) {
        Event event = events[size - 1];
        return event.task == task || !independence.commute(print, event.print);
    }

    private int[] clockOf(int task) {
        return last[task] == NONE ? start : events[last[task]].clock;
    }

    private static void join(int[] clock, int[] other) {
        for (int i = 0; i < clock.length; i++) {
            clock[i] = Math.max(clock[i], other[i]);
        }
    }

    /**
     * For each other task its latest event that does not commute with {@code print} and does not happen before {@code
     * before}.
     *
     * @param waiter if not null, only events that the waiting operation could have preceded
     */
    private void findLatest(int task, int[] before, Footprint print, Node waiter) {
        for (int other = 0; other < tasks; other++) {
            latest[other] = NONE;
            if (other == task) {
                continue;
            }
            for (int at = last[other]; at != NONE; at = events[at].previous) {
                Event event = events[at];
                if (event.number() <= before[other]) {
                    break;
                }
                if (!independence.commute(print, event.print) && (waiter == null || isOpenBefore(at, waiter))) {
                    latest[other] = at;
                    break;
                }
            }
        }
    }

    /**
     * Whether the guard of {@code waiter} is open after the run without event {@code at} and all that happens after it.
     */
    private boolean isOpenBefore(int at, Node waiter) {
        Event event = events[at];
        long value = world.valueAt(waiter.word, event.undoMark);
        for (int i = at + 1; i < size; i++) {
            Event later = events[i];
            if (happensBefore(event, later)) {
                continue;
            }
            Node node = later.from;
            if (node.kind == Node.Kind.UNIT && waiter.footprint.conflictsWith(later.print)) {
                return true; // what it did to the value without the event is not known
            }
            if (node.word == waiter.word && isOpen(node, value)) {
                value = Change.apply(node.change, node.operand, value);
            }
        }
        return isOpen(waiter, value);
    }

    private static boolean isOpen(Node node, long value) {
        return ((value & node.guardMask) == node.guardValue) == node.guardEqual;
    }

    private static boolean happensBefore(Event event, Event later) {
        return later.clock[event.task] >= event.number();
    }

    /** Of the latest events keeps those that do not happen before another one. */
    private void keepImmediate() {
        raceCount = 0;
        for (int one = 0; one < tasks; one++) {
            if (latest[one] != NONE && isImmediate(one)) {
                races[raceCount++] = latest[one];
            }
        }
    }

    private boolean isImmediate(int one) {
        Event event = events[latest[one]];
        for (int other = 0; other < tasks; other++) {
            if (other != one && latest[other] != NONE && happensBefore(event, events[latest[other]])) {
                return false;
            }
        }
        return true;
    }

    /**
     * The initials of the sequence that is to be run instead of event {@code race}: the events after it that it does
     * not happen before, and then a step of {@code task} with footprint {@code print}.
     *
     * @param end the number of events in the run before that step
     * @return the tasks that may go first, as bits
     */
    int initials(int race, int end, int task, Footprint print) {
        Event raced = events[race];
        int seen = 0;
        int initials = 0;
        boolean stepIsInitial = true;
        firstInitial = task;
        for (int i = race + 1; i < end; i++) {
            Event event = events[i];
            if (happensBefore(raced, event)) {
                continue;
            }
            if (seen == 0) {
                firstInitial = event.task;
            }
            int bit = 1 << event.task;
            if (event.task == task || stepIsInitial && !independence.commute(print, event.print)) {
                stepIsInitial = false;
            }
            if ((seen & bit) == 0) {
                seen |= bit;
                if (isMinimal(event, initials)) {
                    initials |= bit;
                    first[event.task] = event.number();
                }
            }
        }
        return stepIsInitial ? initials | 1 << task : initials;
    }

    /** The task that goes first in the sequence that {@link #initials} was last asked for. */
    int firstInitial() {
        return firstInitial;
    }

    /** Whether none of the first events of {@code initials} happens before {@code event}. */
    private boolean isMinimal(Event event, int initials) {
        for (int rest = initials; rest != 0; rest &= rest - 1) {
            int other = Integer.numberOfTrailingZeros(rest);
            if (event.clock[other] >= first[other]) {
                return false;
            }
        }
        return true;
    }

    /** How many events there are. */
    int size() {
        return size;
    }
}
