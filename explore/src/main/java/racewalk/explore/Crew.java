package racewalk.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * The workers of one depth-first search, each on a {@link World} of its own, with one table of visited states. A worker
 * that has nothing to do takes a stack that another has left; whoever finds others idle leaves part of his own.
 */
final class Crew {

    private static final long SAMPLE_EVERY_NANOS = 1_000_000_000L;

    private final StateTable table;
    private final Deque<Stack> stacks = new ArrayDeque<>();
    private final List<DepthFirstSearch> members = new ArrayList<>();
    /** How many have work, and how many of these rest while somebody is alone. */
    private int working;

    private int resting;
    private int waiting;
    private boolean alone;

    /** Whether somebody has nothing to do and nothing is left for him. */
    private volatile boolean hungry;

    private boolean over;

    /** Whether everybody has to rest or to stop: the workers look at this after every step. */
    private volatile boolean calling;

    private final Exploration before;
    private final Checkpoints checkpoints;
    private long nextCheckpoint;
    private Coverage coverage;
    private long nextSample = System.nanoTime() + SAMPLE_EVERY_NANOS;
    private double explored = Double.NaN;

    /** A crew that has everything to do. */
    Crew(StateTable table) {
        this(Checkpoint.ofNothing(table), null);
    }

    /** A crew that goes on with what {@code start} has; {@code checkpoints} may be null. */
    Crew(Checkpoint start, Checkpoints checkpoints) {
        this.before = start.done();
        this.table = start.table();
        this.checkpoints = checkpoints;
        this.nextCheckpoint = checkpoints == null
                ? 0
                : System.nanoTime() + checkpoints.every().toNanos();
        stacks.addAll(start.work());
    }

    StateTable table() {
        return table;
    }

    void join(DepthFirstSearch member) {
        members.add(member);
    }

    List<DepthFirstSearch> members() {
        return members;
    }

    /** What all members have found so far, and those of earlier runs of the search. */
    Exploration soFar() {
        List<Exploration> parts = new ArrayList<>(List.of(before));
        members.forEach(member -> parts.add(member.soFar()));
        return Workers.sum(parts);
    }

    /** What to show to whoever waits; the estimate is made anew each second. */
    Status status() {
        Counts counts = soFar().counts();
        if (table == null) {
            return new Status(counts, Double.NaN, Double.NaN);
        }
        if (coverage != null && System.nanoTime() - nextSample >= 0) {
            alone(() -> explored = coverage.sample(table));
            nextSample = System.nanoTime() + SAMPLE_EVERY_NANOS;
        }
        return new Status(counts, table.fill(), explored);
    }

    /** From now on the status has an estimate. */
    void estimate(Supplier<World> worlds) {
        coverage = new Coverage(worlds);
    }

    /** Writes a checkpoint if it is time. */
    void keepIfDue() {
        if (checkpoints != null && System.nanoTime() - nextCheckpoint >= 0) {
            alone(this::keep);
            nextCheckpoint = System.nanoTime() + checkpoints.every().toNanos();
        }
    }

    /** Keeps what a limit has left undone; deletes the file if nothing is left. */
    void close() {
        if (checkpoints == null) {
            return;
        }
        if (!soFar().isExhaustive()) {
            keep();
            return;
        }
        try {
            Files.deleteIfExists(checkpoints.file());
        } catch (IOException e) {
            throw new CheckpointException("the checkpoint " + checkpoints.file() + " cannot be deleted: " + e, e);
        }
    }

    /** Whether something is left to do: with no limit met, only a fault of this class leaves anything. */
    boolean hasWork() {
        return !stacks.isEmpty()
                || members.stream().anyMatch(member -> !member.stacks().isEmpty());
    }

    private void keep() {
        List<Stack> work = new ArrayList<>(stacks);
        members.forEach(member -> work.addAll(member.stacks()));
        new Checkpoint(soFar(), table, work).write(checkpoints.file(), checkpoints.identity());
    }

    /** Waits for work; null when all is done. */
    synchronized Stack next() {
        waiting++;
        while (true) {
            if (over) {
                return null;
            }
            if (!alone && !stacks.isEmpty()) {
                waiting--;
                working++;
                Stack stack = stacks.poll();
                call();
                return stack;
            }
            if (!alone && working == 0) {
                end();
                return null;
            }
            call();
            await();
        }
    }

    private void call() {
        hungry = waiting > stacks.size();
        calling = alone || over;
    }

    /** A worker has done what he had. */
    synchronized void finished() {
        working--;
        notifyAll();
    }

    /** Whether everybody has to {@link #attend}. */
    boolean isCalling() {
        return calling;
    }

    /**
     * Rests while another worker is alone.
     *
     * @return whether to go on
     */
    synchronized boolean attend() {
        rest();
        return !over;
    }

    /** Whether to {@link #leave} work to others. */
    boolean isHungry() {
        return hungry;
    }

    /** Leaves work to whoever wants it. */
    synchronized void leave(Stack stack) {
        stacks.add(stack);
        call();
        notifyAll();
    }

    /** Nobody takes up any more work, and everybody stops. */
    synchronized void end() {
        over = true;
        call();
        notifyAll();
    }

    private void rest() {
        if (alone) {
            resting++;
            notifyAll();
            while (alone) {
                await();
            }
            resting--;
        }
    }

    /** Runs {@code action} while all other workers rest: it has the table and their stacks for itself. */
    synchronized void alone(Runnable action) {
        rest();
        alone = true;
        call();
        while (working - resting > 1) {
            await();
        }
        try {
            action.run();
        } finally {
            alone = false;
            call();
            notifyAll();
        }
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            throw new IllegalStateException("workers are not interrupted", e);
        }
    }
}
