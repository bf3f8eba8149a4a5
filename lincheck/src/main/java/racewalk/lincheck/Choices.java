package racewalk.lincheck;

import java.util.ArrayList;
import java.util.List;
import racewalk.machine.Task;

/**
 * The environment's answers to {@link racewalk.machine.Machine#choose} in one search. Lincheck chooses nothing but the
 * schedule, so a case is searched again for each combination of answers to the choices that were met: the n-th choice
 * of each task has one answer, the same in all runs of a search.
 */
final class Choices {

    /** The n-th choice of a task. */
    private record Place(int task, int number) {}

    private final List<Place> places = new ArrayList<>();
    private final List<Integer> options = new ArrayList<>();
    private final List<Integer> answers = new ArrayList<>();
    private int[] asked = new int[Task.MAX];

    /** A new run begins. */
    synchronized void restart() {
        asked = new int[asked.length];
    }

    /** The answer to the next choice of {@code task}. */
    synchronized int answer(int task, int among) {
        if (task == Task.BOOT) {
            return 0;
        }
        Place place = new Place(task, asked[task]++);
        int index = places.indexOf(place);
        if (index < 0) {
            places.add(place);
            options.add(among);
            answers.add(0);
            return 0;
        }
        if (options.get(index) < among) {
            options.set(index, among);
        }
        return Math.min(answers.get(index), among - 1);
    }

    /** Goes to the next combination of answers; false if there is none. */
    synchronized boolean next() {
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) + 1 < options.get(i)) {
                answers.set(i, answers.get(i) + 1);
                return true;
            }
            answers.set(i, 0);
        }
        return false;
    }
}
