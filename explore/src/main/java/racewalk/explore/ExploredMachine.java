package racewalk.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * The machine of the explorer: words are places of a {@link World}, and each primitive is one operation that the
 * current {@link Driver} performs or announces.
 */
final class ExploredMachine implements Machine {

    private final List<ExploredWord> words = new ArrayList<>();
    private final List<Long> initial = new ArrayList<>();
    private final Task boot = new Task(Task.BOOT, "boot");
    private Driver driver;
    private Task current = boot;
    private int tasks;
    private ExploredWord free;
    private long freeBit;

    Driver driver() {
        return driver;
    }

    /** From now on primitives are for {@code next}, and {@code task} is who calls them. */
    void drive(Driver next, Task task) {
        driver = next;
        current = task;
    }

    Task boot() {
        return boot;
    }

    /** The words made so far. */
    List<ExploredWord> words() {
        return words;
    }

    /** What a word made so far was made with. */
    long initial(int index) {
        return initial.get(index);
    }

    @Override
    public Word word(String name, long value, Word.Format format) {
        ExploredWord word = new ExploredWord(this, words.size(), name, format, free, freeBit);
        words.add(word);
        initial.add(value);
        return word;
    }

    @Override
    public Word gate(String name, long value, Word.Format format) {
        return word(name, value, format);
    }

    @Override
    public HardwareUnit unit(String name) {
        return (what, effect) -> driver.step(name, what, effect);
    }

    @Override
    public Task task(String name) {
        return new Task(tasks++, name);
    }

    @Override
    public Task current() {
        return current;
    }

    @Override
    public int choose(String what, int options) {
        if (options < 1 || options > Short.MAX_VALUE) {
            throw new EngineMisuse("choose '" + what + "' among " + options);
        }
        return choose(
                what, IntStream.range(0, options).mapToObj(Integer::toString).toList());
    }

    @Override
    public int choose(String what, List<String> options) {
        return driver.choose(what, options);
    }

    @Override
    public void loopHead(String what) {
        driver.loopHead(what);
    }

    @Override
    public void localsAre(String locals) {
        driver.localsAre(locals);
    }

    @Override
    public void reach(Mark mark) {
        driver.reach(mark);
    }

    @Override
    public <T> T within(Word owner, long bit, Supplier<T> make) {
        if (free != null) {
            throw new EngineMisuse("memory inside memory: " + owner.name() + " inside " + free.name());
        }
        free = (ExploredWord) owner;
        freeBit = bit;
        try {
            return make.get();
        } finally {
            free = null;
            freeBit = 0;
        }
    }
}
