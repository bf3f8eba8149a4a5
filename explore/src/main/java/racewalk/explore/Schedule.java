package racewalk.explore;

import java.util.ArrayList;
import java.util.List;

/**
 * Who takes each step of a run, and which way where the environment chooses. As text, a run of steps of task 0 is
 * {@code a} and its length, of task 1 {@code b}, …; a way other than the first is {@code :} and its number: {@code
 * a12b3:1a2}.
 *
 * @param steps the steps in order
 */
public record Schedule(List<Choice> steps) {

    /**
     * One step.
     *
     * @param task whose
     * @param way which answer of the environment, 0 unless it chooses
     */
    public record Choice(int task, int way) {}

    /** A copy of the list is kept. */
    public Schedule {
        steps = List.copyOf(steps);
    }

    /** How many steps. */
    public int length() {
        return steps.size();
    }

    /** The schedule as text, which {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); ) {
            Choice first = steps.get(i);
            int end = i + 1;
            if (first.way == 0) {
                while (end < steps.size() && steps.get(end).equals(first)) {
                    end++;
                }
            }
            text.append((char) ('a' + first.task)).append(end - i);
            if (first.way != 0) {
                text.append(':').append(first.way);
            }
            i = end;
        }
        return text.toString();
    }

    /**
     * Reads the text of a schedule.
     *
     * @throws IllegalArgumentException if it is none, saying where
     */
    public static Schedule parse(String text) {
        List<Choice> steps = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int task = text.charAt(at) - 'a';
            if (task < 0 || task > 25) {
                throw malformed(text, at, "a letter, for a task");
            }
            int countEnd = digits(text, at + 1);
            int count = number(text, at + 1, countEnd);
            int way = 0;
            at = countEnd;
            if (at < text.length() && text.charAt(at) == ':') {
                int wayEnd = digits(text, at + 1);
                way = number(text, at + 1, wayEnd);
                at = wayEnd;
            }
            for (int i = 0; i < count; i++) {
                steps.add(new Choice(task, way));
            }
        }
        return new Schedule(steps);
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int number(String text, int from, int to) {
        if (from == to || to - from > 6) {
            throw malformed(text, from, "a number of at most six digits");
        }
        return Integer.parseInt(text, from, to, 10);
    }

    private static IllegalArgumentException malformed(String text, int at, String expected) {
        return new IllegalArgumentException(
                "'" + text + "' is no schedule: " + expected + " is expected at character " + (at + 1));
    }
}
