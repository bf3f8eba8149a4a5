package racewalk.machine;

/**
 * Someone who takes steps: a CPU, a device's driver, the boot code. Words hold its id where they hold an owner.
 *
 * <p>Obtained from {@link Machine#task}.
 */
public final class Task {

    /** How many tasks a machine can have, the boot task included: sets of them fit into 32 bits. */
    public static final int MAX = 32;

    /** The id of the boot task, which sets up the model alone before the others start. */
    public static final int BOOT = MAX - 1;

    private final int id;
    private final String name;
    private final LockDep lockDep;

    /** For engines. */
    public Task(int id, String name) {
        if (id < 0 || id >= MAX) {
            throw new ScopeExceeded("a machine has at most " + (MAX - 1) + " tasks: leave out some actors");
        }
        this.id = id;
        this.name = name;
        this.lockDep = new LockDep(name);
    }

    /** 0, 1, … in the order of creation. */
    public int id() {
        return id;
    }

    /** The name in traces: {@code cpu0}, {@code dev0}. */
    public String name() {
        return name;
    }

    /** What the task holds, and whether it may do what it does. */
    public LockDep lockDep() {
        return lockDep;
    }

    /** The value of an exclusive lock's word while this task holds it: never 0. */
    long ownerMark() {
        return id + 1L;
    }

    /** This task's bit in a word that holds a set of tasks. */
    long bit() {
        return 1L << id;
    }

    /**
     * This task's number in a word that holds sets of tasks in its bytes: the boot task is the last.
     *
     * @throws ScopeExceeded if a byte has no bit for this task
     */
    int placeInByte() {
        if (id == BOOT) {
            return Byte.SIZE - 1;
        }
        if (id >= Byte.SIZE - 1) {
            throw new ScopeExceeded(name + " is beyond the " + (Byte.SIZE - 1) + " tasks that may use this lock");
        }
        return id;
    }

    /** This task's bit in a byte that holds a set of tasks. */
    long bitInByte() {
        return 1L << placeInByte();
    }

    @Override
    public String toString() {
        return name;
    }
}
