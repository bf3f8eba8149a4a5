package racewalk.machine;

import java.util.List;
import java.util.function.Supplier;

/** A machine that has another do everything: the beginning of one that does something of it differently. */
public abstract class ForwardingMachine implements Machine {

    private final Machine machine;

    /** Has {@code machine} do everything. */
    protected ForwardingMachine(Machine machine) {
        this.machine = machine;
    }

    /** Is told of each word that is made. */
    protected void made(Word word) {
        // Most want to know something else.
    }

    private Word told(Word word) {
        made(word);
        return word;
    }

    @Override
    public final Word word(String name, long initial, Word.Format format) {
        return told(machine.word(name, initial, format));
    }

    @Override
    public final Word gate(String name, long initial, Word.Format format) {
        return told(machine.gate(name, initial, format));
    }

    @Override
    public HardwareUnit unit(String name) {
        return machine.unit(name);
    }

    @Override
    public Task task(String name) {
        return machine.task(name);
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
    public int choose(String what, List<String> options) {
        return machine.choose(what, options);
    }

    @Override
    public void loopHead(String what) {
        machine.loopHead(what);
    }

    @Override
    public void localsAre(String locals) {
        machine.localsAre(locals);
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
