package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import racewalk.machine.Access;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Change;
import racewalk.machine.Program;
import racewalk.machine.ScopeExceeded;

/**
 * Runs the real code once, each task on a thread of its own, one step at a time as a schedule says. Nothing is memoised
 * here: state that the machine does not know of shows as a difference from the {@link World}.
 */
final class Lockstep implements AutoCloseable {

    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final List<String> ENGINES = List.of("racewalk.machine.", "racewalk.explore.", "java.");

    /**
     * Ends a task's thread that will not be granted another step. An error, so that no handler of exceptions keeps it
     * from doing so.
     */
    private static final class Abandoned extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** One task: its thread, and what it has announced. */
    private static final class Runner {
        private final Actor actor;
        private final Semaphore granted = new Semaphore(0);
        private Thread thread;
        private int action;
        private boolean begins = true;
        private Op pending;
        private StackWalker.StackFrame where;
        private int way;
        private boolean abandoned;

        Runner(Actor actor) {
            this.actor = actor;
        }
    }

    private final ExploredMachine machine = new ExploredMachine();
    private final Semaphore handedBack = new Semaphore(0);
    private final List<Runner> runners = new ArrayList<>();
    private final TaskDriver driver = new TaskDriver();
    private final Program program;
    private Runner running;
    private String seen;

    Lockstep(Program.Factory factory) {
        machine.drive(driver, machine.boot());
        program = factory.build(machine);
        for (Actor actor : program.actors()) {
            Runner runner = new Runner(actor);
            runners.add(runner);
            runner.thread =
                    Thread.ofPlatform().daemon().name("replay " + actor.task()).unstarted(() -> body(runner));
            running = runner;
            machine.drive(driver, actor.task());
            runner.thread.start();
            handedBack.acquireUninterruptibly();
        }
    }

    int tasks() {
        return runners.size();
    }

    /** What the task has announced. */
    Op pending(int task) {
        return runners.get(task).pending;
    }

    /** The values of all words. */
    long[] values() {
        return driver.values();
    }

    /** Takes the announced step of {@code task} and runs its code to the next. */
    StepRecord step(int task, int way) {
        Runner runner = runners.get(task);
        Op op = runner.pending;
        StackWalker.StackFrame where = runner.where;
        Action action = runner.actor.actions().get(runner.action);
        boolean begins = runner.begins;
        String result = null;
        seen = "";
        runner.begins = false;
        if (!(op instanceof Op.Respond)) {
            runner.way = way;
            grant(runner);
        }
        if (runner.pending instanceof Op.Respond(long value)) {
            result = action.result().show(value);
            runner.action++;
            runner.begins = true;
            grant(runner);
        }
        String object = switch (op) {
            case Op.WordOp word -> word.word().name();
            case Op.UnitOp unit -> unit.unit();
            default -> "";
        };
        return new StepRecord(
                task,
                runner.actor.task().name(),
                action.label(),
                where == null ? "" : function(where.getMethodName()),
                where == null ? "" : where.getFileName(),
                where == null ? 0 : where.getLineNumber(),
                object,
                op instanceof Op.WordOp(ExploredWord _, Access access) ? access.verb() : Describe.op(op),
                op instanceof Op.ChooseOp(String _, List<String> options) ? options.get(way) : seen,
                begins,
                result,
                runner.actor.task().lockDep().held());
    }

    private void grant(Runner runner) {
        running = runner;
        machine.drive(driver, runner.actor.task());
        runner.granted.release();
        handedBack.acquireUninterruptibly();
    }

    /** The method that a lambda stands in: {@code lambda$access$0} is part of {@code access}. */
    private static String function(String method) {
        return method.startsWith("lambda$") ? method.split("\\$")[1] : method;
    }

    private void body(Runner runner) {
        try {
            for (Action action : runner.actor.actions()) {
                long result = action.body().getAsLong();
                machine.quiesce();
                announce(runner, new Op.Respond(result));
            }
            runner.pending = new Op.Done();
        } catch (Abandoned _) {
            return;
        } catch (ScopeExceeded e) {
            runner.pending = new Op.OutOfScope(e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            runner.pending = Op.Broken.by(runner.actor.task(), e);
        }
        handedBack.release();
    }

    /** On the task's thread: hands the baton back and waits until the step is granted. */
    private void announce(Runner runner, Op op) {
        if (runner.abandoned) {
            throw new Abandoned(); // a finally block on the way out
        }
        runner.pending = op;
        runner.where = STACK.walk(frames -> frames.filter(Lockstep::isModel).findFirst())
                .orElse(null);
        handedBack.release();
        runner.granted.acquireUninterruptibly();
        if (runner.abandoned) {
            throw new Abandoned();
        }
    }

    private static boolean isModel(StackWalker.StackFrame frame) {
        return ENGINES.stream().noneMatch(frame.getClassName()::startsWith);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        runners.forEach(runner -> runner.abandoned = true);
        runners.forEach(runner -> runner.granted.release());
    }

    /** Announces the primitives of tasks; performs those of boot code and of hardware steps at once. */
    private final class TaskDriver extends DirectDriver {

        private StringJoiner inside;
        private String before;

        TaskDriver() {
            super(machine);
        }

        private boolean isBoot() {
            return machine.current() == machine.boot();
        }

        @Override
        public long access(ExploredWord word, Access access) {
            if (isBoot()) {
                return super.access(word, access);
            }
            if (inside != null) {
                return perform(word, access);
            }
            announce(running, new Op.WordOp(word, access));
            long told = perform(word, access);
            seen = describe(word, access, told);
            return told;
        }

        private long perform(ExploredWord word, Access access) {
            before = show(word, values()[word.index()]);
            long told = super.access(word, access);
            boolean changes = access.change().kind() != Change.Kind.KEEP;
            if (inside != null && !(changes && before.equals(show(word, values()[word.index()])))) {
                inside.add(word.name() + " " + describe(word, access, told));
            }
            return told;
        }

        private String describe(ExploredWord word, Access access, long told) {
            String now = show(word, values()[word.index()]);
            if (access.change().kind() == Change.Kind.KEEP) {
                return access.observe().mask() == -1L ? word.show(told) : now;
            }
            return before.equals(now) ? now : before + " → " + now;
        }

        @Override
        public long peek(ExploredWord word) {
            if (!isBoot()) {
                throw NotDeterministicException.peek(machine.current().name(), word);
            }
            return super.peek(word);
        }

        /** A lock by the names of its holders, any other word as it says itself. */
        private String show(ExploredWord word, long value) {
            long holders = word.holders(value);
            if (holders == 0) {
                return word.show(value);
            }
            StringJoiner names = new StringJoiner(", ");
            for (Actor actor : program.actors()) {
                if ((holders & 1L << actor.task().id()) != 0) {
                    names.add(actor.task().name());
                }
            }
            return names.toString();
        }

        @Override
        public long step(String unit, String what, LongSupplier effect) {
            if (isBoot()) {
                return effect.getAsLong();
            }
            announce(running, new Op.UnitOp(unit, what, effect));
            inside = new StringJoiner(", ");
            try {
                return effect.getAsLong();
            } finally {
                seen = inside.toString();
                inside = null;
            }
        }

        @Override
        public void loopHead(String what) {
            if (isBoot()) {
                return;
            }
            announce(running, new Op.LoopHead(what, machine.current().lockDep().held()));
            seen = "";
        }

        @Override
        public void localsAre(String locals) {
            if (isBoot()) {
                return;
            }
            announce(running, new Op.Settled(locals, machine.current().lockDep().held()));
            seen = "";
        }

        @Override
        public int choose(String what, List<String> options) {
            if (isBoot()) {
                return 0;
            }
            announce(running, new Op.ChooseOp(what, options));
            return running.way;
        }
    }
}
