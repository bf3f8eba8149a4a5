package racewalk.explore;

import java.util.ArrayList;
import java.util.List;

/** Explains a state in which nobody can go on. */
final class Deadlock {

    private Deadlock() {}

    /** Whether nobody can take a step, and someone has not finished and is not out of scope. */
    static boolean isOne(World world) {
        if (world.enabled() != 0 || world.isBroken() || world.outOfScope() != null) {
            return false;
        }
        for (int t = 0; t < world.tasks(); t++) {
            if (!world.isDone(t)) {
                return true;
            }
        }
        return false;
    }

    /** Who waits for what, and who holds it: first along a cycle of owners, if there is one. */
    static String explain(World world) {
        List<String> parts = new ArrayList<>();
        for (int task : cycleFirst(world)) {
            parts.add(waits(world, task));
        }
        return String.join("; ", parts);
    }

    private static List<Integer> cycleFirst(World world) {
        List<Integer> stuck = new ArrayList<>();
        for (int t = 0; t < world.tasks(); t++) {
            if (!world.isDone(t)) {
                stuck.add(t);
            }
        }
        List<Integer> path = new ArrayList<>();
        for (int at = stuck.getFirst(); at >= 0 && !path.contains(at); at = firstHolder(world, at)) {
            path.add(at);
        }
        int last = firstHolder(world, path.getLast());
        List<Integer> order =
                last >= 0 ? new ArrayList<>(path.subList(path.indexOf(last), path.size())) : new ArrayList<>();
        stuck.removeAll(order);
        order.addAll(stuck);
        return order;
    }

    /** A task other than {@code task} that holds what it waits for, or -1. */
    private static int firstHolder(World world, int task) {
        if (!(world.node(task).op instanceof Op.WordOp wait)) {
            return -1;
        }
        long holders = wait.word().holders(wait.word().peek()) & ~(1L << task) & ((1L << world.tasks()) - 1);
        return holders == 0 ? -1 : Long.numberOfTrailingZeros(holders);
    }

    private static String waits(World world, int task) {
        String name = name(world, task);
        if (!(world.node(task).op instanceof Op.WordOp wait)) {
            return name + " is stuck";
        }
        int holder = firstHolder(world, task);
        String held = holder >= 0
                ? ", held by " + name(world, holder) + (world.isDone(holder) ? ", which has ended" : "")
                : ", which nobody will change";
        return name + " waits in " + wait.access().verb() + " for "
                + wait.word().name() + held;
    }

    private static String name(World world, int task) {
        return world.program().actors().get(task).task().name();
    }
}
