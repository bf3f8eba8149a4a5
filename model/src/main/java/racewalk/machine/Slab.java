package racewalk.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import racewalk.machine.BrokenRule.Rule;

/**
 * Kernel memory for objects of one kind. An object that is freed is given out again by the next allocation, and every
 * use of its words in between is a violation: a stale pointer reads another owner's object or is caught.
 *
 * @param <T> the objects: all of their shared state is words created while they are made
 */
public final class Slab<T> {

    private static final Access ALLOC = Access.attempt(
            "kmem_cache_alloc", Guard.anySet(-1L), new Change(Change.Kind.DROP_LOWEST, 0), Observe.LOWEST, Order.FULL);

    private final Machine machine;
    private final String name;
    private final Word free;
    private final List<T> objects = new ArrayList<>();

    Slab(Machine machine, String name, int count, IntFunction<T> make) {
        if (count < 1 || count > 63) {
            throw new IllegalArgumentException("a slab holds 1 to 63 objects, not " + count);
        }
        this.machine = machine;
        this.name = name;
        this.free = machine.word(name + ".free", (1L << count) - 1, Long::toBinaryString);
        for (int i = 0; i < count; i++) {
            int index = i;
            objects.add(machine.within(free, 1L << index, () -> make.apply(index)));
        }
    }

    /**
     * {@code kmem_cache_alloc}: the free object with the lowest number. Its words hold what its
     * last owner left.
     *
     * @throws ScopeExceeded if all objects are in use
     */
    public T alloc() {
        int index = (int) free.access(ALLOC);
        if (index == Long.SIZE) {
            throw new ScopeExceeded("all " + objects.size() + " objects of " + name + " are in use: provide more");
        }
        return objects.get(index);
    }

    /** {@code kmem_cache_free}: {@code object} may be given out again at once. */
    public void free(T object) {
        long bit = 1L << indexOf(object);
        long was = free.access(Access.always("kmem_cache_free", Change.or(bit), Observe.old(bit), Order.FULL));
        if (was != 0) {
            throw new BrokenRule(
                    Rule.DOUBLE_FREE, machine.current().name() + " frees " + object + " of " + name + " twice");
        }
    }

    /** The object's number, for words that hold a pointer to it. */
    public int indexOf(T object) {
        return objects.indexOf(object);
    }

    /** The object with that number. */
    public T get(int index) {
        return objects.get(index);
    }

    /** Whether the object is allocated now, for invariants. */
    public boolean isAllocated(T object) {
        return (free.peek() & (1L << indexOf(object))) == 0;
    }

    /** The set of free objects, as bits, for invariants. */
    public Word word() {
        return free;
    }

    /** How many objects there are, allocated or free. */
    public int size() {
        return objects.size();
    }
}
