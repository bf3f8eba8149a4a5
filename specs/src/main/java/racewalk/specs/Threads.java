package racewalk.specs;

import java.util.LinkedHashMap;
import java.util.Map;
import racewalk.machine.Guard;
import racewalk.machine.Machine;
import racewalk.machine.Word;

/**
 * {@code mm_users} of a process that exits: whom {@code exit_mmap} waits for. Each actor is a thread of the process, or
 * has it by {@code get_task_mm}, while it does something in it. The exit kills all others, and goes on when they have
 * left; whoever comes later finds no process.
 */
final class Threads {

    private static final long OUTSIDE = 0;
    private static final long INSIDE = 1;
    private static final long KILLED = 2;

    private final Map<String, Word> states = new LinkedHashMap<>();

    /** Of the process whose names in traces begin with {@code prefix}. */
    Threads(Machine machine, String prefix, Iterable<String> actors) {
        for (String actor : actors) {
            states.put(actor, machine.gate(prefix + actor + " thread", OUTSIDE, Threads::show));
        }
    }

    private static String show(long state) {
        return (state & KILLED) != 0 ? "killed" : state == INSIDE ? "in the mm" : "outside";
    }

    /** False if the actor has been killed: there is no process any more. */
    boolean enter(String actor) {
        return states.get(actor).cmpxchg(OUTSIDE, INSIDE) == OUTSIDE;
    }

    /** {@code mmput}. */
    void leave(String actor) {
        states.get(actor).andNot(INSIDE);
    }

    /** {@code do_group_exit}: the others get {@code SIGKILL}, and this one is the last that has the mm. */
    void killOthers(String last) {
        states.forEach((_, state) -> state.or(KILLED));
        states.forEach((actor, state) -> {
            if (!actor.equals(last)) {
                state.await("exit_mm", Guard.clear(INSIDE));
            }
        });
    }
}
