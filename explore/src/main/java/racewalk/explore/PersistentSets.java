package racewalk.explore;

import java.util.Arrays;

/**
 * Chooses in each state a persistent set (Godefroid 1996): tasks such that whatever the others do without them commutes
 * with what these do next. It is enough to explore those, for deadlocks, for local states, and for invariants, since
 * two steps that change what one invariant reads are taken not to commute either.
 *
 * <p>What the others may do is read off the automata ({@link Futures}), as far as they are known; a search
 * whose news would have changed that is repeated. A first step that nobody has foreseen is always announced in some
 * state that the search visits, because all that leads to it is foreseen; so what a search without such news has used
 * was right. Where a task is in a local state that is not known, all tasks are explored.
 *
 * <p>A cycle of states goes through the head of a loop, and where a task that is at one would be in the set, all tasks
 * are explored: so nobody is left out for ever.
 */
class PersistentSets {

    private final World world;
    /** What the next steps of hardware units touch in the current state, as far as {@link #tried} tells. */
    private final Footprint[] prints;

    private int tried;
    private Futures futures;

    PersistentSets(World world) {
        this.world = world;
        this.prints = new Footprint[world.tasks()];
        Arrays.setAll(prints, _ -> new Footprint());
    }

    /** Reads off the automata as they are now. */
    void learn() {
        futures = new Futures(world);
    }

    /** Whether all that was used since {@link #learn} is as it would be by what is known now. */
    boolean stillAgree() {
        return new Futures(world, futures).agreesWith(futures);
    }

    /** Which of the {@code enabled} tasks to explore in the world's state. */
    int of(int enabled) {
        if ((enabled & enabled - 1) == 0) {
            return enabled;
        }
        for (int t = 0; t < world.tasks(); t++) {
            if (!futures.isKnown(t, world.node(t))) {
                return enabled;
            }
        }
        tried = 0;
        long closed = futures.closedGuards();
        int best = enabled;
        for (int rest = enabled; rest != 0; rest &= rest - 1) {
            int set = closure(Integer.lowestOneBit(rest), closed, enabled) & enabled;
            if (Integer.bitCount(set) < Integer.bitCount(best)) {
                best = set;
            }
            if ((best & best - 1) == 0) {
                break;
            }
        }
        return best;
    }

    /** The smallest persistent set with the tasks of {@code seed}; all tasks if one of them goes round. */
    private int closure(int seed, long closed, int enabled) {
        int set = seed;
        while ((set & enabled) != enabled) {
            long cut = guardsThatStayClosed(set, closed);
            int more = 0;
            for (int rest = set; rest != 0; rest &= rest - 1) {
                int member = Integer.numberOfTrailingZeros(rest);
                Node.Kind kind = world.node(member).kind;
                if (kind == Node.Kind.LOOP || kind == Node.Kind.SETTLED) {
                    return enabled;
                }
                more |= conflicting(member, set | more, cut);
            }
            if (more == 0) {
                return set;
            }
            set |= more;
        }
        return set;
    }

    /** The closed guards that nobody outside {@code set} opens, who himself waits wherever he meets one of them. */
    private long guardsThatStayClosed(int set, long closed) {
        long cut = closed;
        long before;
        do {
            before = cut;
            for (int t = 0; t < world.tasks() && cut != 0; t++) {
                if ((set & 1 << t) == 0) {
                    cut &= ~futures.openedBy(futures.of(t, world.node(t), cut), cut);
                }
            }
        } while (cut != before);
        return cut;
    }

    /** The tasks outside {@code set} that may do something which does not commute with the next step of a member. */
    private int conflicting(int member, int set, long cut) {
        Node node = world.node(member);
        Footprint print = node.kind == Node.Kind.UNIT ? tried(member) : node.footprint;
        if (print == null) {
            return ~set & (1 << world.tasks()) - 1;
        }
        boolean mayRespond = futures.mayRespond(member, node);
        long watchers = futures.watchers(print);
        if (node.begins || mayRespond) {
            watchers |= world.model().watchersOfFlight(member);
        }
        boolean begins = node.begins && world.model().ordersOperations();
        boolean ends = mayRespond && world.model().ordersOperations();
        int conflicting = 0;
        for (int t = 0; t < world.tasks(); t++) {
            if ((set & 1 << t) == 0 && futures.of(t, world.node(t), cut).conflictsWith(print, begins, ends, watchers)) {
                conflicting |= 1 << t;
            }
        }
        return conflicting;
    }

    /** What the hardware unit's step would touch in this state, which it is made to tell; null if it breaks a rule. */
    private Footprint tried(int task) {
        if ((tried & 1 << task) != 0) {
            return prints[task];
        }
        Node node = world.node(task);
        int mark = world.undoMark();
        int observed = world.observed();
        long low = world.low();
        long high = world.high();
        if (world.step(task, 0, prints[task]) != World.Step.MADE) {
            return null;
        }
        world.undo(mark, task, node, observed, low, high);
        tried |= 1 << task;
        return prints[task];
    }
}
