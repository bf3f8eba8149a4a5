package racewalk.cli.bench;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Action;
import racewalk.machine.Actor;
import racewalk.machine.Machine;
import racewalk.machine.Observer;
import racewalk.machine.Program;
import racewalk.machine.Task;
import racewalk.machine.Word;

/**
 * The smallest program of which the number of states is known beforehand: tasks that add to a counter of their own,
 * which commutes with what the others do, and write to a word that all share, which does not.
 *
 * @param tasks how many tasks
 * @param rounds how many rounds each of them has
 * @param own how many additions there are in a round
 * @param shared how many writes there are in a round
 */
record Counters(int tasks, int rounds, int own, int shared) implements Program.Factory {

    @Override
    public Program build(Machine machine) {
        Word all = machine.word("shared", 0);
        List<Actor> actors = new ArrayList<>();
        List<Word> inFlight = new ArrayList<>();
        for (int t = 0; t < tasks; t++) {
            Task task = machine.task("t" + t);
            Word counter = machine.word("counter" + t, 0);
            long mark = t + 1L;
            actors.add(new Actor(task, List.of(new Action("count", () -> count(counter, all, mark)))));
            inFlight.add(machine.word(task.name() + " in flight", 0));
        }
        return new Program(actors, inFlight, Observer.accepting(), List.of());
    }

    private long count(Word counter, Word all, long mark) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < own; i++) {
                counter.add(1);
            }
            for (int i = 0; i < shared; i++) {
                all.writeOnce(mark);
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return "counters: %d tasks, %d rounds of %d own, %d shared".formatted(tasks, rounds, own, shared);
    }
}
