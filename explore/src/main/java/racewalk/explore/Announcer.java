package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import racewalk.machine.Access;
import racewalk.machine.Mark;
import racewalk.machine.ScopeExceeded;
import racewalk.machine.Task;

/**
 * Runs model code up to what it does next: tells it the values that it was told before, and stops it at the first
 * primitive after them. So a trie of told values grows by one node.
 */
class Announcer implements Driver {

    /**
     * Stops the model's code at the operation that it announces. An error, so that no handler of exceptions keeps it
     * from doing so.
     */
    private static final class Announced extends Error {
        private static final long serialVersionUID = 1L;
        private static final Announced INSTANCE = new Announced();

        private Announced() {
            super(null, null, false, false);
        }
    }

    private final Model model;
    private final Task task;
    /** Who the code is, in messages. */
    private final String who;

    private List<Node> path = List.of();
    private List<Long> values = List.of();
    private int told;
    private long marks;
    private Op announced;

    Announcer(Model model, Task task, String who) {
        this.model = model;
        this.task = task;
        this.who = who;
    }

    /**
     * What {@code code} announces when it is told again what led to {@code node}, and then {@code value}; {@code node}
     * is null where the code begins. An announcement that code ends with counts only if it has announced nothing: it
     * may have been stopped on its way.
     */
    final Op after(Node node, long value, Supplier<Op> code) {
        List<Node> nodes = new ArrayList<>();
        List<Long> told = new ArrayList<>();
        long via = value;
        for (Node at = node; at != null; at = at.parent) {
            told.add(via);
            nodes.add(at);
            via = at.via;
        }
        return run(nodes.reversed(), told.reversed(), code);
    }

    private Op run(List<Node> nodes, List<Long> recorded, Supplier<Op> code) {
        path = nodes;
        values = recorded;
        told = 0;
        marks = 0;
        announced = null;
        ExploredMachine machine = model.machine();
        Driver before = machine.driver();
        Task running = machine.current();
        machine.drive(this, task);
        try {
            Op end = end(code);
            return announced == null ? end : announced;
        } finally {
            machine.drive(before, running);
        }
    }

    private Op end(Supplier<Op> code) {
        try {
            return code.get();
        } catch (Announced _) {
            return announced;
        } catch (ScopeExceeded e) {
            return new Op.OutOfScope(e.getMessage());
        } catch (NotDeterministicException | EngineMisuse e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            return Op.Broken.by(task, e);
        }
    }

    /** The marks that the code has reached since it was told the last value, as bits. */
    final long marks() {
        return marks;
    }

    /** The value that {@code op} has told, or the end of the run. */
    final long tell(Op op) {
        if (announced != null) {
            throw Announced.INSTANCE; // a finally block on the way out
        }
        if (told == values.size()) {
            announced = op;
            throw Announced.INSTANCE;
        }
        Op before = path.get(told).op;
        if (!before.matches(op)) {
            throw new NotDeterministicException(who, told, before, op);
        }
        marks = 0;
        return values.get(told++);
    }

    @Override
    public final long access(ExploredWord word, Access access) {
        return tell(new Op.WordOp(word, access));
    }

    @Override
    public long step(String unit, String what, LongSupplier effect) {
        return tell(new Op.UnitOp(unit, what, effect));
    }

    @Override
    public int choose(String what, List<String> options) {
        return (int) tell(new Op.ChooseOp(what, options));
    }

    @Override
    public void loopHead(String what) {
        tell(new Op.LoopHead(what, task.lockDep().held()));
    }

    @Override
    public void localsAre(String locals) {
        tell(new Op.Settled(locals, task.lockDep().held()));
    }

    @Override
    public final long peek(ExploredWord word) {
        throw NotDeterministicException.peek(who, word);
    }

    @Override
    public final void reach(Mark mark) {
        if (announced == null) {
            marks |= model.markBit(mark);
        }
    }
}
