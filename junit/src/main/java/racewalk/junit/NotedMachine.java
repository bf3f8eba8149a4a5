package racewalk.junit;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.ForwardingMachine;
import racewalk.machine.Machine;
import racewalk.machine.Task;
import racewalk.machine.Word;

/** A machine that notes every word that is made on it, so that nobody has to say which of them an invariant reads. */
final class NotedMachine extends ForwardingMachine {

    private final List<Word> words = new ArrayList<>();

    NotedMachine(Machine machine) {
        super(machine);
    }

    /** The words made so far. */
    List<Word> words() {
        return words;
    }

    @Override
    protected void made(Word word) {
        words.add(word);
    }

    @Override
    public Task task(String name) {
        throw new IllegalStateException("a test's tasks are made by Tasks.task: " + name);
    }
}
