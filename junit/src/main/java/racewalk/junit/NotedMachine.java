package racewalk.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import racewalk.machine.HardwareUnit;
import racewalk.machine.Machine;
import racewalk.machine.Mark;
import racewalk.machine.Task;
import racewalk.machine.Word;

/** A machine that notes every word that is made on it, so that nobody has to say which of them an invariant reads. */
final class NotedMachine implements Machine {

    private final Machine machine;
    private final List<Word> words = new ArrayList<>();

    NotedMachine(Machine machine) {
        this.machine = machine;
    }

    /** The words made so far. */
    List<Word> words() {
        return words;
    }

    private Word noted(Word word) {
        words.add(word);
        return word;
    }

    @Override
    public Word word(String name, long initial, Word.Format format) {
        return noted(machine.word(name, initial, format));
    }

    @Override
    public Word gate(String name, long initial, Word.Format format) {
        return noted(machine.gate(name, initial, format));
    }

    @Override
    public HardwareUnit unit(String name) {
        return machine.unit(name);
    }

    @Override
    public Task task(String name) {
        throw new IllegalStateException("a test's tasks are made by Tasks.task: " + name);
    }

    @Override
    public Task current() {
        return machine.current();
    }

    @Override
    public int choose(String what, int options) {
        return machine.choose(what, options);
    }

    @Override
    public void loopHead(String what) {
        machine.loopHead(what);
    }

    @Override
    public void reach(Mark mark) {
        machine.reach(mark);
    }

    @Override
    public <T> T within(Word free, long bit, Supplier<T> make) {
        return machine.within(free, bit, make);
    }
}
