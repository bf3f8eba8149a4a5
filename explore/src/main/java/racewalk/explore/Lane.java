package racewalk.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A run that a depth-first search is on, in a world of its own: its states, the first one first, and what is still to
 * be explored from each.
 */
final class Lane {

    /** A state of the run. */
    static final class Place extends Frame {
        /** The tasks that are still to be explored, as bits, or {@link Stack#ARRIVING}. */
        int todo;

        /** The next way of the first of them. */
        int nextWay;

        Place(World world) {
            super(world);
        }
    }

    final World world;
    private Place[] places = new Place[256];
    private int depth = -1;

    Lane(World world) {
        this.world = world;
    }

    /** Whether anything is left to do. */
    boolean isBusy() {
        return depth >= 0;
    }

    /** How many steps the run has. */
    int depth() {
        return depth;
    }

    /** The current state. */
    Place top() {
        return places[depth];
    }

    /** Room for the state after the current one. */
    Place next() {
        return place(depth + 1);
    }

    /** The step to {@link #next} has been taken. */
    void descend() {
        depth++;
    }

    /** Goes back to the state before the current one. */
    void ascend() {
        if (depth > 0) {
            places[depth].takeBack(world);
        }
        depth--;
    }

    private Place place(int at) {
        if (at == places.length) {
            places = Arrays.copyOf(places, 2 * at);
        }
        if (places[at] == null) {
            places[at] = new Place(world);
        }
        return places[at];
    }

    /** The run. */
    Schedule path() {
        return Frame.path(places, depth, world);
    }

    /** Gives away one task that is still to be explored, as early in the run as possible; null if there is none. */
    Stack split() {
        for (int at = 0; at <= depth; at++) {
            Place place = places[at];
            if (place.todo == Stack.ARRIVING) {
                return null;
            }
            int free = place.nextWay == 0 ? place.todo : place.todo & place.todo - 1;
            if (free != 0) {
                int given = Integer.highestOneBit(free);
                List<Stack.Level> levels = new ArrayList<>();
                for (int i = 0; i < at; i++) {
                    levels.add(level(places[i], 0));
                }
                levels.add(new Stack.Level(place.task, place.way, given, 0, null, place.sleep, prints(place)));
                place.todo &= ~given;
                return new Stack(levels);
            }
        }
        return null;
    }

    /** What is left to do. */
    Stack stack() {
        List<Stack.Level> levels = new ArrayList<>();
        for (int i = 0; i <= depth; i++) {
            levels.add(level(places[i], places[i].todo));
        }
        return new Stack(levels);
    }

    private static Stack.Level level(Place place, int todo) {
        if (todo == 0) {
            return new Stack.Level(place.task, place.way, 0, 0, null, 0, List.of());
        }
        Footprint begun = place.nextWay == 0 ? null : place.recorded[Integer.numberOfTrailingZeros(todo)].copy();
        return new Stack.Level(place.task, place.way, todo, place.nextWay, begun, place.sleep, prints(place));
    }

    private static List<Footprint> prints(Place place) {
        Footprint[] prints = new Footprint[place.prints.length];
        for (int rest = place.sleep; rest != 0; rest &= rest - 1) {
            int sleeper = Integer.numberOfTrailingZeros(rest);
            prints[sleeper] = place.prints[sleeper].copy();
        }
        return Arrays.asList(prints);
    }

    /** Goes where {@code stack} is. */
    void takeUp(Stack stack) {
        world.restart();
        for (depth = 0; depth < stack.levels().size(); depth++) {
            Stack.Level level = stack.levels().get(depth);
            Place place = place(depth);
            if (depth > 0) {
                place.before(world, level.task(), level.way());
                world.step(level.task(), level.way(), new Footprint());
            }
            place.todo = level.todo();
            place.nextWay = level.nextWay();
            place.sleep = level.sleep();
            level.prints().toArray(place.prints);
            if (level.begun() != null) {
                place.recorded[Integer.numberOfTrailingZeros(level.todo())] =
                        level.begun().copy();
            }
        }
        depth--;
    }
}
