package racewalk.machine;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import racewalk.machine.BrokenRule.Rule;

/**
 * Hands out every piece of shared state, and with it owns the schedule. Model code touches nothing shared that it did
 * not get here; so the same code runs under the explorer, Lincheck, jcstress and jqwik, and the rules of {@link
 * LockDep} hold in all of them.
 *
 * <p>Words, locks and units are created while the model is built; afterwards only {@link #choose}, {@link #current},
 * {@link #loopHead}, {@link #localsAre}, {@link #reach} and {@link #bugOn} are called.
 */
public interface Machine {

    /** A word that is never waited on. */
    Word word(String name, long initial, Word.Format format);

    /** A word that tasks may wait on: under {@link LiveMachine}'s monitors every change of it wakes the waiters. */
    Word gate(String name, long initial, Word.Format format);

    /** A piece of hardware whose steps are indivisible. */
    HardwareUnit unit(String name);

    /** The next task: ids count up from 0 in the order of these calls. */
    Task task(String name);

    /** The task that runs the caller; the boot task while the model is built. */
    Task current();

    /**
     * A choice of the environment: an allocation fails, the hardware evicts an entry. The explorer tries every answer.
     *
     * @param what what is chosen, for traces
     * @param options how many answers there are, at least 1
     * @return 0 to {@code options - 1}
     */
    int choose(String what, int options);

    /**
     * A choice of the environment among named options, such as tasks: traces show the names, and symmetries rename
     * them.
     *
     * @return the number of the option, from 0
     */
    default int choose(String what, List<String> options) {
        return choose(what, options.size());
    }

    /**
     * The head of a loop that tries again until others let it succeed: the promise that no local variable that is still
     * used differs from what it was when this operation first came here with the same locks. The explorer forgets what
     * happened since; a promise that is not kept is unsound.
     *
     * <p>A loop whose rounds are bounded anyway needs no head. One that only waits is an {@code await} instead.
     *
     * @param what the loop's name, unique within an operation
     */
    void loopHead(String what);

    /**
     * The promise that here, in the same operation with the same locks, nothing but {@code locals} tells one run from
     * another: every local variable that is still used, and the place in the code, are a function of it. The explorer
     * forgets how the task came here; a promise that is not kept is unsound. A long operation makes it between its
     * parts.
     *
     * @param locals the place, unique within an operation, and the values
     */
    void localsAre(String locals);

    /** Reports that this branch was reached. */
    void reach(Mark mark);

    /**
     * Words created by {@code make} belong to kernel memory that is free while {@code bit} of {@code free} is set. Such
     * memory holds no other such memory.
     */
    <T> T within(Word free, long bit, Supplier<T> make);

    /** A word shown in decimal. */
    default Word word(String name, long initial) {
        return word(name, initial, Word.Format.DECIMAL);
    }

    /** {@code count} words, named {@code name[0]}, {@code name[1]}, …. */
    default Word[] words(String name, int count, long initial, Word.Format format) {
        Word[] words = new Word[count];
        for (int i = 0; i < count; i++) {
            words[i] = word(name + "[" + i + "]", initial, format);
        }
        return words;
    }

    /** A spinning lock. */
    default SpinLock spinLock(LockClass lockClass, String name) {
        return new SpinLock(this, lockClass, name);
    }

    /** A mutex. */
    default Mutex mutex(LockClass lockClass, String name) {
        return new Mutex(this, lockClass, name);
    }

    /** A page lock. */
    default PageLock pageLock(String name) {
        return new PageLock(this, name);
    }

    /** A reader-writer semaphore. */
    default RwSemaphore rwSemaphore(LockClass lockClass, String name) {
        return new RwSemaphore(this, lockClass, name);
    }

    /** A reference count. */
    default RefCount refCount(String name, long initial) {
        return new RefCount(this, name, initial);
    }

    /** A reference count of which it is known who holds references. */
    default HeldCount heldCount(String name, long initial) {
        return new HeldCount(this, name, initial);
    }

    /** A sequence counter. */
    default SeqCount seqCount(String name) {
        return new SeqCount(this, name);
    }

    /** A queue of sleeping tasks. */
    default WaitQueue waitQueue(String name) {
        return new WaitQueue(this, name);
    }

    /** The interrupts of the CPU with that name. */
    default Interrupts interrupts(String cpu) {
        return new Interrupts(this, cpu);
    }

    /** A domain of read-copy-update. */
    default Rcu rcu(String name) {
        return new Rcu(this, name);
    }

    /** A domain of sleepable read-copy-update. */
    default Srcu srcu(String name) {
        return new Srcu(this, name);
    }

    /** Kernel memory for {@code count} objects of one kind, at most 63. */
    default <T> Slab<T> slab(String name, int count, IntFunction<T> make) {
        return new Slab<>(this, name, count, make);
    }

    /** {@code BUG_ON(condition)}. */
    default void bugOn(boolean condition, String message) {
        if (condition) {
            throw new BrokenRule(Rule.BUG, current().name() + ": " + message);
        }
    }

    /**
     * The end of an operation: no lock is held, and the promise that no local variable is live. The explorer forgets
     * the task's history here; a promise that is not kept is unsound.
     */
    default void quiesce() {
        current().lockDep().assertIdle();
    }
}
