package racewalk.machine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import racewalk.machine.BrokenRule.Rule;

/**
 * The machine of real threads. Words are fields accessed in the mode of the access's {@link Order}; waiting is either
 * spinning, for jcstress on real CPUs, or the monitors of Java, for Lincheck, whose search explodes on spin loops.
 *
 * <p>A thread says which task it is by {@link #run}; any other thread is the boot task.
 */
public final class LiveMachine implements Machine {

    /** Some ten seconds of a CPU: no lock of a model is held for as long. */
    private static final int TOO_MANY_SPINS = 1 << 28;

    /** What fails so often when nothing else runs will never succeed. */
    private static final int TOO_MANY_ROUNDS = 1_000;

    private final boolean monitors;
    private final IntUnaryOperator chooser;
    private final Runnable noise;
    private final Witness witness;
    /** After how many looks at a word a waiter gives up. */
    private final int patience;

    private final ThreadLocal<Running> running;
    private int rounds;
    private int tasks;
    private Word free;
    private long freeBit;

    /** Whether a task has failed: what it holds it will never release. */
    private volatile boolean failed;

    private LiveMachine(boolean monitors, IntUnaryOperator chooser, Runnable noise, Witness witness, int patience) {
        this.monitors = monitors;
        this.chooser = chooser;
        this.noise = noise;
        this.witness = witness;
        this.patience = patience;
        Task boot = new Task(Task.BOOT, "boot");
        this.running = ThreadLocal.withInitial(() -> new Running(boot));
    }

    /** Which task a thread is, and whether it is within a step: what it then does is a part of that. */
    private static final class Running {
        private Task task;
        private boolean inStep;

        Running(Task task) {
            this.task = task;
        }
    }

    /** A machine whose waiters spin; {@code chooser} answers {@link #choose} from the number of options. */
    public static LiveMachine spinning(IntUnaryOperator chooser) {
        return spinning(chooser, () -> {});
    }

    /**
     * A machine whose waiters spin and that calls {@code noise} before every access of a task: noise that lets other
     * threads run brings about interleavings that are rare by themselves.
     */
    public static LiveMachine spinning(IntUnaryOperator chooser, Runnable noise) {
        return new LiveMachine(false, chooser, noise, Witness.NONE, TOO_MANY_SPINS);
    }

    /**
     * A machine for one thread, on which nobody else would end a wait: whoever would have to wait breaks the rule
     * {@link Rule#DEADLOCK} at once, and {@link Rule#LIVELOCK} whoever tries again and again.
     */
    public static LiveMachine alone(IntUnaryOperator chooser) {
        return new LiveMachine(false, chooser, () -> {}, Witness.NONE, 1);
    }

    /**
     * A machine whose waiters sleep on monitors; {@code chooser} answers {@link #choose} from the number of options.
     */
    public static LiveMachine monitors(IntUnaryOperator chooser) {
        return monitors(chooser, Witness.NONE);
    }

    /** The same, every step of which {@code witness} sees. */
    public static LiveMachine monitors(IntUnaryOperator chooser, Witness witness) {
        return new LiveMachine(true, chooser, () -> {}, witness, TOO_MANY_SPINS);
    }

    /** Another task has failed, and whoever waits or tries again might do so for ever. */
    public static final class Abandoned extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("another task has failed");
        }
    }

    /**
     * Runs one operation as {@code task} on the calling thread and returns its result.
     *
     * @throws Abandoned if the task would have to wait and another has failed; only on a machine whose waiters spin
     * @throws BrokenRule also if it waits for so long that it must be a deadlock; as above
     */
    public long run(Task task, Action action) {
        Running on = running.get();
        Task before = on.task;
        on.task = task;
        try {
            long result = action.body().getAsLong();
            quiesce();
            return result;
        } catch (RuntimeException | Error e) {
            failed = true;
            throw e;
        } finally {
            task.lockDep().reset();
            on.task = before;
        }
    }

    @Override
    public Word word(String name, long initial, Word.Format format) {
        return monitors
                ? new MonitorWord(this, name, initial, format)
                : new LiveWord(this, name, initial, format, free, freeBit);
    }

    @Override
    public Word gate(String name, long initial, Word.Format format) {
        return monitors ? new MonitorWord(this, name, initial, format) : word(name, initial, format);
    }

    @Override
    public HardwareUnit unit(String name) {
        return monitors ? new MonitorUnit(this, name) : new SpinUnit(noise);
    }

    @Override
    public Task task(String name) {
        return new Task(tasks++, name);
    }

    @Override
    public Task current() {
        return running.get().task;
    }

    @Override
    public int choose(String what, int options) {
        return chooser.applyAsInt(options);
    }

    @Override
    public void localsAre(String locals) {
        loopHead(locals); // a thread keeps its locals, and may come here again and again
    }

    @Override
    public void loopHead(String what) {
        if (failed && !monitors) {
            throw new Abandoned();
        }
        if (patience == 1 && ++rounds == TOO_MANY_ROUNDS) {
            throw new BrokenRule(Rule.LIVELOCK, current() + " tries for ever: " + what);
        }
        Thread.onSpinWait();
    }

    @Override
    public void reach(Mark mark) {
        // Marks say what a search has covered; real threads cover nothing for certain.
    }

    @Override
    public <T> T within(Word owner, long bit, Supplier<T> make) {
        if (free != null) {
            throw new IllegalStateException("memory inside memory: " + owner.name() + " inside " + free.name());
        }
        free = owner;
        freeBit = bit;
        try {
            return make.get();
        } finally {
            free = null;
            freeBit = 0;
        }
    }

    private static final class LiveWord extends Word {

        private static final VarHandle VALUE = valueOf(LiveWord.class);

        private final LiveMachine machine;
        private final Word free;
        private final long freeBit;
        private volatile long value;

        LiveWord(LiveMachine machine, String name, long initial, Format format, Word free, long freeBit) {
            super(name, format);
            this.machine = machine;
            this.free = free;
            this.freeBit = freeBit;
            this.value = initial;
        }

        @Override
        public long peek() {
            return value;
        }

        @Override
        protected long access(Access access) {
            machine.noise.run();
            refuseIfFree(this, access, free, freeBit);
            Change change = access.change();
            Observe observe = access.observe();
            if (access.guard() == Guard.ALWAYS) {
                switch (change.kind()) {
                    case KEEP -> {
                        long old = load(access.order());
                        return observe.of(old, old, true);
                    }
                    case SET -> {
                        if (observe.kind() == Observe.Kind.NOTHING) {
                            store(change.operand(), access.order());
                            return 0;
                        }
                    }
                    case ADD -> {
                        long old = (long) VALUE.getAndAdd(this, change.operand());
                        return observe.of(old, old + change.operand(), true);
                    }
                    case OR -> {
                        long old = (long) VALUE.getAndBitwiseOr(this, change.operand());
                        return observe.of(old, old | change.operand(), true);
                    }
                    case AND -> {
                        long old = (long) VALUE.getAndBitwiseAnd(this, change.operand());
                        return observe.of(old, old & change.operand(), true);
                    }
                    default -> {}
                }
            }
            return update(access);
        }

        private long load(Order order) {
            return switch (order) {
                case PLAIN -> (long) VALUE.get(this);
                case ONCE, RELEASE -> (long) VALUE.getOpaque(this);
                case ACQUIRE -> (long) VALUE.getAcquire(this);
                case FULL -> (long) VALUE.getVolatile(this);
            };
        }

        private void store(long next, Order order) {
            switch (order) {
                case PLAIN -> VALUE.set(this, next);
                case ONCE, ACQUIRE -> VALUE.setOpaque(this, next);
                case RELEASE -> VALUE.setRelease(this, next);
                case FULL -> VALUE.setVolatile(this, next);
            }
        }

        private long update(Access access) {
            for (int spins = 1; ; spins++) {
                long old = value;
                if (!access.guard().open(old)) {
                    if (!access.blocking()) {
                        return access.observe().of(old, old, false);
                    }
                    machine.pause(spins, access, this);
                    continue;
                }
                long next = access.change().apply(old);
                // What changes nothing needs no exchange, but a full barrier is one even so.
                boolean reads = next == old && access.order() != Order.FULL;
                if (reads || VALUE.compareAndSet(this, old, next)) {
                    return access.observe().of(old, next, true);
                }
            }
        }
    }

    /** A word whose every access is one step on a monitor of its own. */
    private static final class MonitorWord extends Word {

        private final LiveMachine machine;
        private final Word free;
        private final long freeBit;
        private final Monitor monitor = new Monitor();
        private boolean waiting;
        private volatile long value;

        MonitorWord(LiveMachine machine, String name, long initial, Format format) {
            super(name, format);
            this.machine = machine;
            this.free = machine.free;
            this.freeBit = machine.freeBit;
            this.value = initial;
        }

        @Override
        public long peek() {
            return value;
        }

        @Override
        protected long access(Access access) {
            Running on = machine.running.get();
            if (!on.inStep) { // a part of a step is no place to be preempted
                monitor.preempt();
            }
            Attempt attempt = new Attempt(access, on);
            boolean taken;
            synchronized (monitor) {
                taken = attempt.attempt();
            }
            if (!taken) {
                if (on.inStep) {
                    throw new IllegalStateException("a hardware unit waits for " + name());
                }
                monitor.await(attempt);
            }
            if (attempt.wakes) {
                monitor.wake();
            }
            return attempt.told;
        }

        private final class Attempt implements Monitor.Step {

            private final Access access;
            private final Running on;
            private long told;
            private boolean wakes;

            Attempt(Access access, Running on) {
                this.access = access;
                this.on = on;
            }

            @Override
            public boolean attempt() {
                boolean open = access.guard().open(value);
                if (!open && access.blocking()) {
                    waiting = true;
                    return false;
                }
                boolean within = on.inStep;
                on.inStep = true;
                try {
                    take(open);
                } finally {
                    on.inStep = within;
                }
                return true;
            }

            private void take(boolean open) {
                machine.witness.begins(on.task);
                refuseIfFree(MonitorWord.this, access, free, freeBit);
                long old = value;
                if (open) {
                    value = access.change().apply(old);
                }
                if (waiting && value != old) {
                    waiting = false;
                    wakes = true;
                }
                told = access.observe().of(old, value, open);
                machine.witness.accessed(on.task, MonitorWord.this, access, old, told);
            }
        }
    }

    private static final class SpinUnit implements HardwareUnit {

        private static final VarHandle BUSY = valueOf(SpinUnit.class);

        private final Runnable noise;

        @SuppressWarnings("unused") // by BUSY
        private volatile long value;

        SpinUnit(Runnable noise) {
            this.noise = noise;
        }

        @Override
        public long step(String what, LongSupplier effect) {
            noise.run();
            for (int spins = 1; !BUSY.compareAndSet(this, 0L, 1L); spins++) {
                pause(spins);
            }
            try {
                return effect.getAsLong();
            } finally {
                BUSY.setRelease(this, 0L);
            }
        }
    }

    private static final class MonitorUnit implements HardwareUnit {

        private final LiveMachine machine;
        private final String name;
        private final Monitor monitor = new Monitor();

        MonitorUnit(LiveMachine machine, String name) {
            this.machine = machine;
            this.name = name;
        }

        @Override
        public long step(String what, LongSupplier effect) {
            Running on = machine.running.get();
            if (!on.inStep) {
                monitor.preempt();
            }
            synchronized (monitor) {
                return perform(on, what, effect);
            }
        }

        private long perform(Running on, String what, LongSupplier effect) {
            boolean within = on.inStep;
            on.inStep = true;
            try {
                machine.witness.begins(on.task);
                long told = effect.getAsLong();
                machine.witness.stepped(on.task, name, what);
                return told;
            } finally {
                on.inStep = within;
            }
        }
    }

    private static void refuseIfFree(Word word, Access access, Word free, long freeBit) {
        if (free != null && (free.peek() & freeBit) != 0) {
            throw new BrokenRule(Rule.USE_AFTER_FREE, access.verb() + " of " + word.name() + ", which is free");
        }
    }

    private static VarHandle valueOf(Class<?> owner) {
        try {
            return MethodHandles.lookup().findVarHandle(owner, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** As below; gives up where it would wait for ever. */
    private void pause(int spins, Access access, Word word) {
        if (failed) {
            throw new Abandoned();
        }
        if (spins == patience) {
            throw new BrokenRule(Rule.DEADLOCK, current() + " waits for ever: " + access.verb() + " " + word.name());
        }
        pause(spins);
    }

    /** Lets the other hardware thread run; now and then lets the operating system run another thread. */
    private static void pause(int spins) {
        if (spins % 64 == 0) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }
}
